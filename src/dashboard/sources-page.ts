import type { Hono } from 'hono';
import { html } from 'hono/html';
import type { z } from 'zod';
import { pageOf } from '#api/cursor.ts';
import { sourceSchema } from '#api/source-view.ts';
import { hasScope, type Principal } from '#domain/api-key.ts';
import { providers } from '#domain/source.ts';
import { address, withQuery } from './api-client.ts';
import { badge, type Html, pager, table } from './components.ts';
import type { DashboardContext, DashboardEnv } from './env.ts';
import { refusalNotice, showAgain } from './form-answers.ts';
import { actionForm } from './forms.ts';
import { addPage, type Page, type PagePorts } from './page.ts';
import { sourceAnswer, stateWords } from './source-words.ts';
import type { ViewContext } from './view-context.ts';
import { numberWords } from './words.ts';

const listSchema = pageOf(sourceSchema);
interface Listed {
  readonly list: z.output<typeof listSchema>;
  readonly isStart: boolean;
}

/** Which inboxes are watched, and how well. */
const sourcesPage: Page<Listed> = {
  path: '/sources',
  section: 'sources',
  load: loadSources,
  title: () => 'Sources',
  view: (data, view) => viewSources(data, view, null),
};

async function loadSources(c: DashboardContext): Promise<Listed> {
  const cursor = c.req.query('cursor');
  const list = await c.get('api').get(withQuery('/v1/sources', { cursor }), listSchema);
  return { list, isStart: cursor === undefined };
}

function viewSources({ list, isStart }: Listed, view: ViewContext, refusal: Html | null): Html {
  const next = list.next === null ? null : withQuery('/sources', { cursor: list.next });
  return html`<h1>Sources</h1>
<p class="lead">Each source is one inbox that is watched.</p>
${view.live('sources', sourceTable(list.data))}
${pager(next, isStart ? null : '/sources')}
${connectForm(view, refusal)}`;
}

function sourceTable(sources: Listed['list']['data']): Html {
  return table({
    caption: 'Sources, by id',
    columns: [
      { name: 'Source' },
      { name: 'State' },
      { name: 'Is everything seen?' },
      { name: 'Contacts', kind: 'number wide' },
      { name: 'Requests a minute', kind: 'number wide' },
    ],
    rows: sources.map((source) => {
      const { tone, word } = stateWords(source);
      const { usedLastMinute, limit } = source.budget;
      return [
        html`<a href="${address`/sources/${source.id}`}">${source.id}</a>`,
        badge(tone, word),
        sourceAnswer(source),
        numberWords(source.contacts),
        `${numberWords(usedLastMinute)} of ${numberWords(limit)}`,
      ];
    }),
    empty: 'No inbox is connected yet. Connect one below, or set INBOX_API_TOKEN and restart.',
  });
}

function connectForm(view: ViewContext, refusal: Html | null): Html {
  if (!mayChange(view.principal)) return html``;
  const fields = html`<div class="stack">
<label for="token">API token of the inbox</label>
<input id="token" name="token" type="password" required autocomplete="off" aria-describedby="token-help">
<p class="help" id="token-help">It goes in, and never out again.</p>
<label for="provider">Provider</label>
<select id="provider" name="provider">${providers.map((name) => html`<option>${name}</option>`)}</select>
<label for="new-id">Id</label>
<input id="new-id" name="id" pattern="[a-z0-9\\-]{1,32}" maxlength="32" autocomplete="off" aria-describedby="id-help">
<p class="help" id="id-help">Lower-case letters, digits and hyphens. Made up if left empty.</p>
<label for="baseUrl">Address of its API</label>
<input id="baseUrl" name="baseUrl" type="url" placeholder="The provider’s own" autocomplete="off">
<label for="rate">Requests a minute</label>
<input id="rate" name="requestsPerMinute" type="number" min="1" placeholder="As configured">
</div>`;
  return html`<details class="panel"${refusal === null ? '' : html` open`}><summary>Connect an inbox</summary>
${refusal ?? ''}${actionForm(view, { action: '/sources', label: 'Connect it', kind: 'main', fields })}</details>`;
}

/** Sources are for admins alone. */
export function mayChange(principal: Principal): boolean {
  return hasScope(principal, ['admin']);
}

export function addSourcesPage(app: Hono<DashboardEnv>, ports: PagePorts): void {
  addPage(app, ports, sourcesPage);

  app.post('/sources', async (c) => {
    const body = await readSource(c);
    const answer = await c.get('api').ask('POST', '/v1/sources', sourceSchema, body);
    if (answer.kind === 'answered') {
      const path = address`/sources/${answer.value.id}`;
      return c.redirect(withQuery(path, { done: 'source-connected' }), 303);
    }
    const listed = await loadSources(c);
    return showAgain(c, ports, answer.problem, {
      title: 'Sources',
      section: 'sources',
      body: (view) => viewSources(listed, view, refusalNotice(answer.problem)),
    });
  });
}

/** What is left empty is left out. */
async function readSource(c: DashboardContext): Promise<Record<string, unknown>> {
  const { token, provider, id, baseUrl, requestsPerMinute } = await c.req.parseBody();
  const texts = { token, provider, id, baseUrl };
  const given = Object.entries(texts).filter(([, value]) => value !== undefined && value !== '');
  return {
    ...Object.fromEntries(given),
    ...(requestsPerMinute ? { requestsPerMinute: Number(requestsPerMinute) } : {}),
  };
}
