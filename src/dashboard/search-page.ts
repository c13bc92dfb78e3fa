import type { Hono } from 'hono';
import { html } from 'hono/html';
import { type Html, moment, table } from './components.ts';
import { calmText } from './contact-words.ts';
import type { DashboardEnv } from './env.ts';
import { eventSentence } from './event-words.ts';
import { showPage } from './layout.ts';
import type { PagePorts } from './page.ts';
import { type Finding, search } from './search.ts';
import { searchForm } from './search-form.ts';
import { countWords } from './words.ts';

const mostSought = 200;

/** Leads from an id, a name or a word to the right page, or says plainly that there is none. */
export function addSearchPage(app: Hono<DashboardEnv>, ports: Pick<PagePorts, 'now'>): void {
  app.get('/search', async (c) => {
    const sought = (c.req.query('q') ?? '').trim().slice(0, mostSought);
    const finding = sought === '' ? null : await search(c.get('api'), sought);
    if (finding?.kind === 'page') return c.redirect(finding.path, 303);
    const body = html`<h1>Search</h1>
${searchForm(sought)}
${finding === null ? help() : viewFinding(finding, sought, ports.now())}`;
    return showPage(c, { title: 'Search', section: null, body });
  });
}

function help(): Html {
  return html`<p class="lead">An event, a subscription, a source or a contact is found by its id. Any other text is looked for among the latest 1,000 events: in names, e-mail addresses, phone numbers, tags, statuses and messages.</p>`;
}

function viewFinding(
  finding: Exclude<Finding, { kind: 'page' }>,
  sought: string,
  nowMs: number,
): Html {
  if (finding.kind === 'nothing') {
    return html`<p class="empty">Nothing was found. ${finding.because}</p>${help()}`;
  }
  const { contacts, lookedAt } = finding;
  const summary = `${countWords(contacts.length, 'contact')} with “${calmText(sought, 80)}” in the latest ${countWords(lookedAt, 'event')}.`;
  return html`<p role="status">${summary}</p>${table({
    caption: 'Contacts that were found',
    columns: [
      { name: 'Contact' },
      { name: 'Source', kind: 'wide' },
      { name: 'What happened' },
      { name: 'Noticed', kind: 'number wide' },
    ],
    rows: contacts.map(({ path, name, source, event }) => [
      html`<a href="${path}">${name}</a>`,
      html`<span class="short">${source}</span>`,
      eventSentence(event),
      moment(event.timestamp, nowMs),
    ]),
    empty: '',
  })}`;
}
