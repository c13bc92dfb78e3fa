import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import {
  type Answer,
  adminKey,
  buildApi,
  errorPaths,
  expectProblem,
  openApi,
} from './api-under-test.ts';

const api = await openApi();

async function makeKey(changes: object = {}): Promise<Answer> {
  const body = { name: 'CRM sync', scopes: ['subscriptions'], ...changes };
  return api.call('POST', '/v1/keys', { body });
}

function as(key: string) {
  return { headers: { authorization: `Bearer ${key}` } };
}

test('a new key comes back with its text this one time, and only its hash is kept', async () => {
  const { status, json, headers } = await makeKey();
  expect(status).toBe(201);
  const { key, ...shown } = json;
  expect(key).toMatch(/^ink_[\w-]{43}$/);
  expect(shown).toEqual({
    id: expect.stringMatching(/^key_[\w-]{22}$/),
    name: 'CRM sync',
    scopes: ['subscriptions'],
    requestsPerMinute: 600,
    start: key.slice(0, 8),
    createdAt: '2026-06-12T10:00:00.000Z',
    updatedAt: '2026-06-12T10:00:00.000Z',
    lastUsedAt: null,
    expiresAt: null,
  });
  expect(headers.get('location')).toBe(`/v1/keys/${json.id}`);
  expect((await api.call('GET', `/v1/keys/${json.id}`)).json).toEqual(shown);
  const hash = createHash('sha256').update(key).digest('hex');
  const kept = await api.connection.redis.hget('{keys}:documents', json.id);
  expect(kept).toContain(hash);
  expect(kept).not.toContain(key.slice(8));
});

test('no two keys are alike', async () => {
  const [one, other] = [await makeKey(), await makeKey()];
  expect(one.json.key).not.toBe(other.json.key);
  expect(one.json.id).not.toBe(other.json.id);
});

test('a key says whose it is, and so does the one of the environment', async () => {
  const { json } = await makeKey({ name: ' Zapier ', scopes: ['subscriptions', 'read', 'read'] });
  expect((await api.call('GET', '/v1/me', as(json.key))).json).toEqual({
    id: json.id,
    name: 'Zapier',
    scopes: ['read', 'subscriptions'],
  });
  expect((await api.call('GET', '/v1/me', as(adminKey))).json).toMatchObject({
    id: 'key_bootstrap',
    scopes: ['admin'],
  });
});

test.each([
  ['no name', { name: ' ' }, ['name']],
  ['a name without end', { name: 'x'.repeat(101) }, ['name']],
  ['no scope', { scopes: [] }, ['scopes']],
  ['a scope of another world', { scopes: ['root'] }, ['scopes.0']],
  ['no requests', { requestsPerMinute: 0 }, ['requestsPerMinute']],
  ['too many requests', { requestsPerMinute: 60_001 }, ['requestsPerMinute']],
  ['an end that was', { expiresAt: '2026-06-12T10:00:00.000Z' }, ['expiresAt']],
  ['a day', { expiresAt: '2026-07-01' }, ['expiresAt']],
  ['a key of its own', { key: 'ink_mine' }, ['key']],
])('a key with %s is refused', async (_, changes, paths) => {
  const answer = await makeKey(changes);
  expectProblem(answer, 400);
  expect(errorPaths(answer)).toEqual(paths);
});

test('a revoked key opens nothing from the answer on, also in another process, and its subscriptions go on', async () => {
  const { json } = await makeKey();
  const body = { url: 'https://example.com/hook', events: ['contact.created'] };
  const made = await api.call('POST', '/v1/subscriptions', { body, ...as(json.key) });
  expect(made.json.createdBy).toBe(json.id);
  expect((await api.call('DELETE', `/v1/keys/${json.id}`)).status).toBe(204);
  const refused = await api.call('GET', '/v1/me', as(json.key));
  expectProblem(refused, 401);
  expect(refused.json.detail).toBe('This API key is not valid.');
  expectProblem(await buildApi(api.connection).call('GET', '/v1/me', as(json.key)), 401);
  expectProblem(await api.call('DELETE', `/v1/keys/${json.id}`), 404);
  expectProblem(await api.call('GET', `/v1/keys/${json.id}`), 404);
  expect((await api.call('GET', `/v1/subscriptions/${made.json.id}`)).json.status).toBe('active');
});

test('a key is good until its end', async () => {
  const { json } = await makeKey({ expiresAt: '2026-06-12T10:00:01.000Z' });
  expect((await api.call('GET', '/v1/me', as(json.key))).status).toBe(200);
  api.nowMs += 1000;
  expectProblem(await api.call('GET', '/v1/me', as(json.key)), 401);
  const body = { expiresAt: null };
  const changed = await api.call('PATCH', `/v1/keys/${json.id}`, { body });
  expect(changed.json.expiresAt).toBe(null);
  expect((await api.call('GET', '/v1/me', as(json.key))).status).toBe(200);
  api.nowMs -= 1000;
});

test('name, rate and end can be changed, scopes cannot', async () => {
  const { json } = await makeKey({ scopes: ['read'] });
  const path = `/v1/keys/${json.id}`;
  const body = { name: 'BI', requestsPerMinute: 7 };
  expect((await api.call('PATCH', path, { body })).json).toMatchObject({
    ...body,
    scopes: ['read'],
  });
  const refused = await api.call('PATCH', path, { body: { scopes: ['admin'] } });
  expectProblem(refused, 400);
  expect(errorPaths(refused)).toEqual(['scopes']);
  const past = await api.call('PATCH', path, { body: { expiresAt: '2026-01-01T00:00:00Z' } });
  expect(errorPaths(past)).toEqual(['expiresAt']);
  expectProblem(await api.call('PATCH', '/v1/keys/key_nobody', { body }), 404);
});

test('it is shown when a key was last used', async () => {
  const { json } = await makeKey();
  await api.call('GET', '/v1/me', as(json.key));
  const { lastUsedAt } = (await api.call('GET', `/v1/keys/${json.id}`)).json;
  expect(Math.abs(Date.parse(lastUsedAt) - Date.now())).toBeLessThan(60_000);
});

test('pages of keys hold each once, the oldest first, and never the text or the hash', async () => {
  const own = await openApi();
  const ids: string[] = [];
  for (const name of ['a', 'b', 'c']) {
    own.nowMs += 1000;
    const body = { name, scopes: ['read'] };
    ids.push((await own.call('POST', '/v1/keys', { body })).json.id);
  }
  const first = await own.call('GET', '/v1/keys?limit=2');
  const second = await own.call('GET', `/v1/keys?limit=2&cursor=${first.json.next}`);
  const listed = [...first.json.data, ...second.json.data] as { id: string }[];
  expect(listed.map(({ id }) => id)).toEqual(ids);
  expect(second.json.next).toBe(null);
  for (const each of listed) expect(Object.keys(each)).not.toContain('hash');
});

test('texts that look like keys, or are the hash or the start of one, open nothing', async () => {
  const { json } = await makeKey();
  const hash = createHash('sha256').update(json.key).digest('hex');
  const almost = `${json.key.slice(0, -1)}${json.key.endsWith('A') ? 'B' : 'A'}`;
  for (const text of [json.id, json.start, hash, almost, `${json.key}A`, 'ink_']) {
    expectProblem(await api.call('GET', '/v1/me', as(text)), 401);
  }
});

test('a key stands in no log line, its id does', async () => {
  const { json } = await makeKey();
  api.logLines.length = 0;
  await api.call('GET', '/v1/me', as(json.key));
  expect(api.logLines).toMatchObject([{ msg: 'request.completed', key_id: json.id }]);
  expect(JSON.stringify(api.logLines)).not.toContain(json.key);
});
