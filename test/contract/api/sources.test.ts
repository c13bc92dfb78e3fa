import { expect, test } from 'vitest';
import { createBudget } from '#store/budget.ts';
import { expectProblem, makeSource, openApi } from './api-under-test.ts';

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
    warnings: [],
    baseline: {
      contacts: 0,
      expectedContacts: null,
      requests: 0,
      secondsLeft: null,
      startedAt: null,
      completedAt: null,
    },
    freshness: {
      hotSeconds: null,
      coveredUntil: null,
      oldestUnverifiedSeconds: null,
      tiers: {
        active: { oldestUnverifiedSeconds: null },
        cold: { oldestUnverifiedSeconds: null },
      },
    },
    budget: { usedLastMinute: 0, limit: 90, limitInForce: 90 },
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

test('what is known of the inbox before it was changed is not shown as of the new one', async () => {
  const api = await openApi();
  await api.store.sources.create({ ...makeSource('a'), inboxId: 'new' });
  await api.connection.redis.hset('{source:a}:state', { inboxId: 'old', contacts: 40 });
  expect((await api.call('GET', '/v1/sources/a')).json.contacts).toBe(0);
  await api.connection.redis.hset('{source:a}:state', { inboxId: 'new' });
  expect((await api.call('GET', '/v1/sources/a')).json.contacts).toBe(40);
});

test.each([
  [{}, 'http://localhost/hints/the-hint'],
  [{ 'x-forwarded-proto': 'https' }, 'https://localhost/hints/the-hint'],
  [
    { 'x-forwarded-proto': 'https, http', 'x-forwarded-host': 'inbox.example:8443, inner' },
    'https://inbox.example:8443/hints/the-hint',
  ],
  [{ 'x-forwarded-proto': 'gopher', 'x-forwarded-host': 'a b' }, 'http://localhost/hints/the-hint'],
  [{ 'x-forwarded-host': '[' }, 'http://localhost/hints/the-hint'],
])('the address for hints is the one that was asked, case %#', async (headers, expected) => {
  const api = await openApi();
  await api.store.sources.create({ ...makeSource('a'), hintSecret: 'the-hint' });
  const { json } = await api.call('GET', '/v1/sources/a', { headers });
  expect(json.hintUrl).toBe(expected);
});

test('an unknown source is a 404 everywhere, and nothing is arranged', async () => {
  const api = await openApi();
  expectProblem(await api.call('GET', '/v1/sources/nobody'), 404);
  expectProblem(await api.call('PATCH', '/v1/sources/nobody', { body: { token: 'x' } }), 404);
  expectProblem(await api.call('DELETE', '/v1/sources/nobody'), 404);
  for (const action of ['poll', 'pause', 'resume']) {
    expectProblem(await api.call('POST', `/v1/sources/nobody/${action}`), 404);
  }
  expect(api.pollsWoken).toEqual([]);
  expect(await api.connection.redis.keys('*source*')).toEqual([]);
});

test('the metrics show every source, also of many, and none while Redis is away', async () => {
  let isReady = true;
  const api = await openApi({ isReady: async () => isReady });
  for (const id of ['a', 'b']) await api.store.sources.create(makeSource(id));
  const { text } = await api.call('GET', '/metrics');
  for (const id of ['a', 'b']) {
    expect(text).toContain(`inbox_notifier_source_state{source="${id}",state="baselining"} 1`);
    expect(text).toContain(`inbox_notifier_source_budget_limit_requests{source="${id}"} 90`);
  }
  isReady = false;
  const away = await api.call('GET', '/metrics');
  expect(away.status).toBe(200);
  expect(away.text).not.toContain('source="a"');
});
