import { expect, test } from 'vitest';
import { createBudget } from '#store/budget.ts';
import { errorPaths, expectProblem, makeSource, openApi } from './api-under-test.ts';

async function openSource() {
  const api = await openApi();
  await api.store.sources.create({ ...makeSource('default'), applied: { token: 'digest' } });
  return api;
}

test('a source that nothing is known of yet is baselining', async () => {
  const api = await openSource();
  const { json, text } = await api.call('GET', '/v1/sources/default');
  expect(json).toEqual({
    id: 'default',
    provider: 'botpenguin',
    baseUrl: 'https://inbox.example/v1',
    requestsPerMinute: 90,
    state: 'baselining',
    baseline: { contacts: 0, requests: 0, startedAt: null, completedAt: null },
    freshness: { hotSeconds: null, oldestUnverifiedSeconds: null },
    budget: { usedLastMinute: 0, limit: 90 },
    contacts: 0,
    createdAt: '2026-06-01T08:00:00.000Z',
    updatedAt: '2026-06-01T08:00:00.000Z',
  });
  expect(text).not.toMatch(/token|digest/);
});

test('a source shows its progress, its error and what it has used of its budget', async () => {
  const api = await openSource();
  const budget = createBudget(api.connection, () => 'one-request');
  await budget.take('token-of-default', {
    asker: 'default',
    perMinute: 90,
    timeoutMs: 1000,
    urgent: true,
    patienceMs: 0,
  });
  await api.connection.redis.hset('{source:default}:state', {
    contacts: 40,
    baselineRequests: 3,
    baselineStartedAtMs: Date.parse('2026-06-12T09:00:00.000Z'),
    baselineCompletedAtMs: Date.parse('2026-06-12T09:01:00.000Z'),
    hotReadAtMs: api.nowMs - 2500,
    error: JSON.stringify({
      kind: 'unauthorized',
      message: 'The inbox refused the token.',
      sinceMs: Date.parse('2026-06-12T09:59:59.000Z'),
    }),
  });
  const { json } = await api.call('GET', '/v1/sources/default');
  expect(json).toMatchObject({
    state: 'failing',
    error: {
      kind: 'unauthorized',
      message: 'The inbox refused the token.',
      since: '2026-06-12T09:59:59.000Z',
    },
    baseline: {
      contacts: 40,
      requests: 3,
      startedAt: '2026-06-12T09:00:00.000Z',
      completedAt: '2026-06-12T09:01:00.000Z',
    },
    freshness: { hotSeconds: 2.5 },
    budget: { usedLastMinute: 1, limit: 90 },
    contacts: 40,
  });
});

test('sources are listed by id, over pages', async () => {
  const api = await openApi();
  for (const id of ['b', 'c', 'a']) await api.store.sources.create(makeSource(id));
  const first = await api.call('GET', '/v1/sources?limit=2');
  const second = await api.call('GET', `/v1/sources?limit=2&cursor=${first.json.next}`);
  const all = [...first.json.data, ...second.json.data];
  expect(all.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
  expect(second.json.next).toBeNull();
});

test('a new token goes in and not out, and the rest of the source stays', async () => {
  const api = await openSource();
  const before = await api.store.sources.get('default');
  const changed = await api.call('PATCH', '/v1/sources/default', { body: { token: 'brand-new' } });
  expect(changed.status).toBe(200);
  expect(changed.text).not.toContain('brand-new');
  const after = { ...before, token: 'brand-new', updatedAt: '2026-06-12T10:00:00.000Z' };
  expect(await api.store.sources.get('default')).toEqual(after);
  expect(JSON.stringify(api.logLines)).not.toContain('brand-new');
  expect(await api.connection.redis.hget('sources', 'default')).not.toContain('brand-new');
});

test('a new limit holds without a new token', async () => {
  const api = await openSource();
  const body = { requestsPerMinute: 30 };
  const { json } = await api.call('PATCH', '/v1/sources/default', { body });
  expect(json).toMatchObject({ requestsPerMinute: 30, budget: { limit: 30 } });
  expect((await api.store.sources.get('default'))?.token).toBe('token-of-default');
});

test.each([
  ['token', { token: '' }],
  ['token', { token: 'with space' }],
  ['token', { token: 'line\nbreak' }],
  ['token', { token: null }],
  ['requestsPerMinute', { requestsPerMinute: 0 }],
  ['requestsPerMinute', { requestsPerMinute: 1e12 }],
  ['provider', { provider: 'reekolect' }],
  ['scope', { scope: {} }],
])('a change of %s to what does not fit is refused, case %#', async (path, body) => {
  const api = await openSource();
  const answer = await api.call('PATCH', '/v1/sources/default', { body });
  expectProblem(answer, 400);
  expect(errorPaths(answer)).toEqual([path]);
  expect((await api.store.sources.get('default'))?.updatedAt).toBe('2026-06-01T08:00:00.000Z');
});

test('a poll is arranged at once', async () => {
  const api = await openSource();
  const { status, json } = await api.call('POST', '/v1/sources/default/poll');
  expect({ status, json }).toEqual({ status: 202, json: { id: 'default' } });
  expect(api.pollsWoken).toEqual(['default']);
});

test('an unknown source is a 404 everywhere, and nothing is arranged', async () => {
  const api = await openApi();
  expectProblem(await api.call('GET', '/v1/sources/nobody'), 404);
  expectProblem(await api.call('PATCH', '/v1/sources/nobody', { body: { token: 'x' } }), 404);
  expectProblem(await api.call('POST', '/v1/sources/nobody/poll'), 404);
  expect(api.pollsWoken).toEqual([]);
  expect(await api.store.sources.list()).toEqual([]);
});
