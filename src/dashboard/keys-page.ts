import type { Hono } from 'hono';
import { html } from 'hono/html';
import { z } from 'zod';
import { pageOf } from '#api/cursor.ts';
import { keySchema, keyWithTextSchema } from '#api/key-schema.ts';
import { type KeyScope, keyScopes } from '#domain/api-key.ts';
import { address, answered, withQuery } from './api-client.ts';
import { type Html, moment, notice, pager, table } from './components.ts';
import { copyable } from './copyable.ts';
import type { DashboardContext, DashboardEnv } from './env.ts';
import { refusalNotice, showAgain } from './form-answers.ts';
import { actionForm, confirmForm } from './forms.ts';
import { addPage, type Page, type PagePorts } from './page.ts';
import type { ViewContext } from './view-context.ts';
import { numberWords } from './words.ts';

const listSchema = pageOf(keySchema);
interface Listed {
  readonly list: z.output<typeof listSchema>;
  readonly isStart: boolean;
}
type Key = Listed['list']['data'][number];

const scopeWords: Readonly<Record<KeyScope, string>> = {
  admin: 'Everything, keys included',
  read: 'See everything but keys',
  subscriptions: 'Make subscriptions, and manage those it made',
};

/** Who may ask, for what; for admins. */
const keysPage: Page<Listed> = {
  path: '/keys',
  section: 'keys',
  still: true,
  load: loadKeys,
  title: () => 'Keys',
  view: (data, view) => viewKeys(data, view, null),
};

async function loadKeys(c: DashboardContext): Promise<Listed> {
  const cursor = c.req.query('cursor');
  const list = await c.get('api').get(withQuery('/v1/keys', { cursor }), listSchema);
  return { list, isStart: cursor === undefined };
}

function viewKeys({ list, isStart }: Listed, view: ViewContext, refusal: Html | null): Html {
  const next = list.next === null ? null : withQuery('/keys', { cursor: list.next });
  return html`<h1>Keys</h1>
<p class="lead">Whoever calls the API or signs in here shows a key. The one in <code>ADMIN_API_KEY</code> is not listed.</p>
${table({
  caption: 'API keys, the oldest first',
  columns: [
    { name: 'Key' },
    { name: 'May', kind: 'wide' },
    { name: 'A minute', kind: 'number wide' },
    { name: 'Last used' },
    { name: 'Good until', kind: 'wide' },
    { name: 'Revoke' },
  ],
  rows: list.data.map((key) => keyRow(key, view)),
  empty:
    'No key was made yet. Make one for each program and each person, so that each can be revoked alone.',
})}
${pager(next, isStart ? null : '/keys')}
${newKeyForm(view, refusal)}`;
}

function keyRow({ id, name, start, scopes, ...key }: Key, view: ViewContext) {
  return [
    html`${name}<br><code class="soft">${start}…</code>`,
    scopes.join(', '),
    numberWords(key.requestsPerMinute),
    moment(key.lastUsedAt, view.nowMs),
    moment(key.expiresAt, view.nowMs, 'it is revoked'),
    confirmForm(view, {
      title: 'Revoke',
      warning: `From then on “${name}” opens nothing, and whoever signed in with it is out. Its subscriptions stay.`,
      action: address`/keys/${id}/revoke`,
      label: 'Revoke this key',
    }),
  ];
}

function newKeyForm(view: ViewContext, refusal: Html | null): Html {
  const boxes = keyScopes.map(
    (scope) =>
      html`<label class="choice"><input type="checkbox" name="scopes" value="${scope}"> ${scopeWords[scope]} <code class="soft">${scope}</code></label>`,
  );
  const fields = html`<div class="stack">
<label for="name">What it is for</label>
<input id="name" name="name" required maxlength="100" placeholder="CRM sync" autocomplete="off">
<fieldset><legend>What it may</legend>${boxes}</fieldset>
<label for="rate">Requests a minute</label>
<input id="rate" name="requestsPerMinute" type="number" min="1" placeholder="600">
</div>`;
  return html`<details class="panel"${refusal === null ? '' : html` open`}><summary>Make a key</summary>
${refusal ?? ''}${actionForm(view, { action: '/keys', label: 'Make it', kind: 'main', fields })}</details>`;
}

export function addKeysPage(app: Hono<DashboardEnv>, ports: PagePorts): void {
  addPage(app, ports, keysPage);

  app.post('/keys', async (c) => {
    const { name, requestsPerMinute, scopes = [] } = await c.req.parseBody({ all: true });
    const rate = requestsPerMinute ? { requestsPerMinute: Number(requestsPerMinute) } : {};
    const body = { name, scopes: [scopes].flat(), ...rate };
    const answer = await c.get('api').ask('POST', '/v1/keys', keyWithTextSchema, body);
    const listed = await loadKeys(c);
    const page = { title: 'Keys', section: 'keys' } as const;
    if (answer.kind === 'refused') {
      const again = (view: ViewContext) => viewKeys(listed, view, refusalNotice(answer.problem));
      return showAgain(c, ports, answer.problem, { ...page, body: again });
    }
    const shown = newKey(answer.value.name, answer.value.key);
    const list = (view: ViewContext) => viewKeys(listed, view, null);
    return showAgain(c, ports, { status: 201 }, { ...page, notice: shown, body: list });
  });

  app.post('/keys/:id/revoke', async (c) => {
    const path = address`/v1/keys/${c.req.param('id')}`;
    answered(await c.get('api').ask('DELETE', path, z.undefined()));
    return c.redirect('/keys?done=key-revoked', 303);
  });
}

/** The one time that it is shown. */
function newKey(name: string, text: string): Html {
  return notice(
    'good',
    html`<p><b>${name}</b> is made. Copy its text now: it is kept nowhere and never shown again.</p>${copyable('new-key', text)}`,
  );
}
