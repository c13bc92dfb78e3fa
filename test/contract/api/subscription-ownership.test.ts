import { expect, test } from 'vitest';
import type { KeyScope } from '#domain/api-key.ts';
import { makeSubscription, subscribe } from '../../support/stage.ts';
import { expectProblem, openApi } from './api-under-test.ts';

const api = await openApi();

interface Caller {
  readonly id: string;
  readonly headers: Readonly<Record<string, string>>;
}

async function keyWith(...scopes: KeyScope[]): Promise<Caller> {
  const body = { name: scopes.join(' '), scopes };
  const { json } = await api.call('POST', '/v1/keys', { body });
  return { id: json.id, headers: { authorization: `Bearer ${json.key}` } };
}

const mine = await keyWith('subscriptions');
const theirs = await keyWith('subscriptions');
const both = await keyWith('read', 'subscriptions');
const reader = await keyWith('read');
const admin = await keyWith('admin');

async function make({ headers }: Caller): Promise<string> {
  const body = { url: 'https://example.com/hook', events: ['contact.created'] };
  api.nowMs += 1000;
  const { json } = await api.call('POST', '/v1/subscriptions', { body, headers });
  return json.id;
}

async function listFor({ headers }: Caller, query = ''): Promise<string[]> {
  const { json } = await api.call('GET', `/v1/subscriptions${query}`, { headers });
  return (json.data as { id: string }[]).map(({ id }) => id);
}

const changes = [
  ['PATCH', '', { description: 'mine now' }],
  ['POST', '/pause', undefined],
  ['POST', '/resume', undefined],
  ['POST', '/test', undefined],
  ['POST', '/rotate-secret', undefined],
  ['POST', '/replay', { status: 'failed' }],
  ['DELETE', '', undefined],
] as const;

test('a subscription says which key made it', async () => {
  const id = await make(mine);
  const { json } = await api.call('GET', `/v1/subscriptions/${id}`, mine);
  expect(json.createdBy).toBe(mine.id);
});

test.each(changes)('%s …%s: only of what the key itself made', async (method, action, body) => {
  const id = await make(mine);
  const address = `/v1/subscriptions/${id}${action}`;
  const attempt = ({ headers }: Caller) => api.call(method, address, { body, headers });
  const before = await api.store.subscriptions.get(id as `sub_${string}`);
  expectProblem(await attempt(theirs), 404);
  const refused = await attempt(both);
  expectProblem(refused, 403);
  expect(refused.json.detail).toContain('Another API key');
  expectProblem(await attempt(reader), 403);
  expect(await api.store.subscriptions.get(id as `sub_${string}`)).toEqual(before);
  expect((await attempt(mine)).status).toBeLessThan(300);
});

test.each(changes)('%s …%s: an admin may do it to each', async (method, action, body) => {
  const address = `/v1/subscriptions/${await make(mine)}${action}`;
  expect((await api.call(method, address, { body, headers: admin.headers })).status).toBeLessThan(
    300,
  );
});

test.each(['', '/deliveries'])('GET …%s: what another key made is not there', async (action) => {
  const address = `/v1/subscriptions/${await make(mine)}${action}`;
  expectProblem(await api.call('GET', address, theirs), 404);
  for (const caller of [mine, both, reader, admin]) {
    expect((await api.call('GET', address, caller)).status).toBe(200);
  }
});

test('what another key made answers as what never was', async () => {
  const id = await make(mine);
  const never = 'sub_neverneverneverneverne';
  const found = await api.call('GET', `/v1/subscriptions/${id}`, theirs);
  const missing = await api.call('GET', `/v1/subscriptions/${never}`, theirs);
  expect(found.text.replaceAll(id, never)).toBe(missing.text);
});

test('lists hold what the key made, page by page, and all for who may read', async () => {
  const own = await keyWith('subscriptions');
  const made: string[] = [];
  for (let round = 0; round < 3; round += 1) {
    made.push(await make(own));
    await make(theirs);
  }
  expect(await listFor(own)).toEqual(made);
  const first = await api.call('GET', '/v1/subscriptions?limit=2', own);
  expect(first.json.data).toHaveLength(2);
  expect(await listFor(own, `?limit=2&cursor=${first.json.next}`)).toEqual(made.slice(2));
  for (const caller of [both, reader, admin]) {
    expect(await listFor(caller, '?limit=200')).toEqual(expect.arrayContaining(made));
  }
});

test('what was made before there were keys is for admins to change, and for readers to see', async () => {
  await subscribe(api.store, makeSubscription('sub_old'));
  const address = '/v1/subscriptions/sub_old';
  expectProblem(await api.call('GET', address, mine), 404);
  const { json } = await api.call('GET', address, reader);
  expect(json.id).toBe('sub_old');
  expect(json.createdBy).toBe(undefined);
  const body = { maxInFlight: 2 };
  expectProblem(await api.call('PATCH', address, { body, headers: both.headers }), 403);
  expect((await api.call('PATCH', address, { body, headers: admin.headers })).status).toBe(200);
});
