import type { Hono } from 'hono';
import { html } from 'hono/html';
import { z } from 'zod';
import { freshnessHistorySchema } from '#api/source-history.ts';
import { sourceSchema } from '#api/source-view.ts';
import { address, answered, withQuery } from './api-client.ts';
import { badge, code, facts, type Html, moment, notice, table } from './components.ts';
import { crumb } from './crumb.ts';
import type { DashboardContext, DashboardEnv } from './env.ts';
import { refusalNotice, showAgain } from './form-answers.ts';
import { actionForm, confirmForm } from './forms.ts';
import { addPage, type Page, type PagePorts } from './page.ts';
import { plot } from './plot.ts';
import { freshnessRows, inboxFacts, sourceAnswer, staleWords, stateWords } from './source-words.ts';
import { mayChange } from './sources-page.ts';
import type { ViewContext } from './view-context.ts';
import { countWords, numberWords } from './words.ts';

type Source = z.output<typeof sourceSchema>;
interface Watched {
  readonly source: Source;
  readonly history: z.output<typeof freshnessHistorySchema>;
}

/** How one inbox is watched: how fresh, at what cost, and what was learned about it. */
const sourcePage: Page<Watched> = {
  path: '/sources/:id',
  section: 'sources',
  load: loadSource,
  plots: true,
  title: ({ source }) => source.id,
  view: (watched, view) => viewSource(watched, view, null),
};

async function loadSource(c: DashboardContext): Promise<Watched> {
  const path = address`/v1/sources/${c.req.param('id') ?? ''}`;
  const api = c.get('api');
  const [source, history] = await Promise.all([
    api.get(path, sourceSchema),
    api.get(`${path}/freshness`, freshnessHistorySchema),
  ]);
  return { source, history };
}

function viewSource({ source, history }: Watched, view: ViewContext, refusal: Html | null): Html {
  return html`${crumb('/sources', 'Sources')}
${view.live('state', standing(source, view))}
${actions(source, view)}
${view.live('fresh', freshness(source))}
<section class="plots" aria-label="The last hour">${view.live('plots', freshnessPlot(history))}</section>
${view.live('figures', figures(source, view))}
${settings(source, view, refusal)}`;
}

function standing(source: Source, { nowMs }: ViewContext): Html {
  const { tone, word } = stateWords(source);
  const { error, warnings, baseline, state } = source;
  const { contacts, expectedContacts } = baseline;
  return html`<div class="title-row"><h1>${source.id}</h1>${badge(tone, word)}</div>
<p class="lead">${sourceAnswer(source)}</p>
${
  state === 'baselining' && expectedContacts !== null
    ? html`<progress class="bar" max="${expectedContacts}" value="${contacts}" aria-label="First reading"></progress>`
    : ''
}
${
  error === undefined
    ? ''
    : notice(
        state === 'failing' ? 'bad' : 'warn',
        html`<p><b>What the inbox last said</b>, since ${moment(error.since, nowMs)}:</p><p>${error.message}</p>`,
      )
}
${warnings.map((warning) => notice('warn', warning))}`;
}

function actions({ id, state }: Source, view: ViewContext): Html {
  if (!mayChange(view.principal)) return html``;
  const isPaused = state === 'paused';
  return html`<div class="actions">
${isPaused ? '' : actionForm(view, { action: address`/sources/${id}/poll`, label: 'Read it now' })}
${actionForm(view, {
  action: isPaused ? address`/sources/${id}/resume` : address`/sources/${id}/pause`,
  label: isPaused ? 'Resume' : 'Pause',
  kind: isPaused ? 'main' : 'plain',
})}
<a class="button" href="${withQuery('/events', { source: id })}">Its events</a>
</div>`;
}

function freshness(source: Source): Html {
  return html`<section aria-labelledby="freshness"><h2 id="freshness">How fresh</h2>
${table({
  caption: 'How old what is known can be, by tier of the reading',
  columns: [{ name: 'Tier' }, { name: 'Who', kind: 'wide' }, { name: 'Everyone was read' }],
  rows: freshnessRows(source),
  empty: '',
})}
</section>`;
}

function figures(source: Source, { nowMs }: ViewContext): Html {
  const { budget, contacts, baseline, freshness, createdAt } = source;
  const { usedLastMinute, limit, limitInForce } = budget;
  const learned = inboxFacts(source);
  return html`<div class="cards">
<section class="card" aria-labelledby="budget"><h2 id="budget">Requests in the last minute</h2>
<p class="answer">${numberWords(usedLastMinute)} <span class="soft">of ${numberWords(limit)}</span></p>
<meter class="bar" max="${limit}" value="${usedLastMinute}" aria-label="Requests used"></meter>
${
  limitInForce < limit
    ? html`<p>Only ${countWords(limitInForce, 'request')} a minute at present, since the inbox refused some.</p>`
    : html`<p class="soft">All sources with this token share them, in all processes.</p>`
}
</section>
<section class="card" aria-labelledby="contacts"><h2 id="contacts">Contacts</h2>
<p class="answer">${numberWords(contacts)}</p>
${facts([
  ['Connected', moment(createdAt, nowMs)],
  ['First reading done', moment(baseline.completedAt, nowMs, 'not yet')],
  ['Requests it took', numberWords(baseline.requests)],
  ['Everyone seen by then was read', moment(freshness.coveredUntil, nowMs, 'not yet')],
])}
</section>
</div>
${
  learned.length === 0
    ? ''
    : html`<section aria-labelledby="learned"><h2 id="learned">What its answers have shown of the inbox</h2>
<div class="card settings">${facts(learned)}</div></section>`
}`;
}

function freshnessPlot({ minutes }: Watched['history']): Html {
  return plot({
    id: 'plot-freshness',
    title: 'How old it was, in seconds',
    kind: 'lines',
    times: minutes.map(({ at }) => Date.parse(at) / 1000),
    series: [
      { name: 'Hot', tone: 'accent', values: minutes.map((each) => each.hotSeconds) },
      { name: 'Active', tone: 'good', values: minutes.map((each) => each.activeSeconds) },
      { name: 'Cold', tone: 'warn', values: minutes.map((each) => each.coldSeconds) },
    ],
    summary: staleWords(minutes),
  });
}

function settings(source: Source, view: ViewContext, refusal: Html | null): Html {
  const { id, provider, baseUrl, requestsPerMinute, scope, hintUrl } = source;
  const scopeText = scope === undefined ? '' : JSON.stringify(scope, null, 2);
  const shown = html`${facts([
    ['Provider', provider],
    ['Address', baseUrl],
    ...(hintUrl === undefined ? [] : [['Hint address', html`<code>${hintUrl}</code>`] as const]),
  ])}
${scope === undefined ? html`<p class="soft">Everyone in this inbox is watched.</p>` : html`<p>Only who passes these filters is watched:</p>${code(scopeText)}`}`;
  if (!mayChange(view.principal)) {
    return html`<section><h2>Settings</h2><div class="card settings">${shown}</div></section>`;
  }
  const fields = html`<div class="stack">
<label for="rate">Requests a minute</label>
<input id="rate" name="requestsPerMinute" type="number" min="1" value="${requestsPerMinute}" required>
<label for="token">New API token</label>
<input id="token" name="token" type="password" autocomplete="off" aria-describedby="token-help">
<p class="help" id="token-help">Left empty, the token stays.</p>
</div>`;
  return html`<section aria-labelledby="settings"><h2 id="settings">Settings</h2><div class="card settings">${shown}</div>
<details class="panel"${refusal === null ? '' : html` open`}><summary>Change the token or the rate</summary>
${refusal ?? ''}${actionForm(view, { action: address`/sources/${id}`, label: 'Save', kind: 'main', fields })}</details>
${confirmForm(view, {
  title: 'Disconnect this inbox',
  warning:
    'What is known of its contacts is forgotten. Its events stay for the retention, and those that wait are delivered.',
  action: address`/sources/${id}/delete`,
  label: `Disconnect ${id}`,
})}
</section>`;
}

export function addSourcePage(app: Hono<DashboardEnv>, ports: PagePorts): void {
  addPage(app, ports, sourcePage);
  const done = { poll: 'source-polled', pause: 'source-paused', resume: 'source-resumed' };
  for (const [action, word] of Object.entries(done)) {
    app.post(`/sources/:id/${action}`, async (c) => {
      const id = c.req.param('id') ?? '';
      const path = `${address`/v1/sources/${id}`}/${action}`;
      answered(await c.get('api').ask('POST', path, z.unknown()));
      return c.redirect(withQuery(address`/sources/${id}`, { done: word }), 303);
    });
  }

  app.post('/sources/:id/delete', async (c) => {
    const path = address`/v1/sources/${c.req.param('id')}`;
    answered(await c.get('api').ask('DELETE', path, z.undefined()));
    return c.redirect('/sources?done=deleted', 303);
  });

  app.post('/sources/:id', async (c) => {
    const id = c.req.param('id');
    const { token, requestsPerMinute } = await c.req.parseBody();
    const change = { requestsPerMinute: Number(requestsPerMinute), ...(token ? { token } : {}) };
    const path = address`/v1/sources/${id}`;
    const answer = await c.get('api').ask('PATCH', path, sourceSchema, change);
    if (answer.kind === 'answered') {
      return c.redirect(withQuery(address`/sources/${id}`, { done: 'saved' }), 303);
    }
    const watched = await loadSource(c);
    return showAgain(c, ports, answer.problem, {
      title: id,
      section: 'sources',
      body: (view) => viewSource(watched, view, refusalNotice(answer.problem)),
    });
  });
}
