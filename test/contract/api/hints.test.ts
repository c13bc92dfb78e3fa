import { expect, test } from 'vitest';
import { hintDelayMs } from '#api/hints.ts';
import { expectProblem, makeSource, openApi } from './api-under-test.ts';

const secret = 'the-secret-of-this-test';

async function openHints(changes: Parameters<typeof makeSource>[1] = {}) {
  const api = await openApi();
  await api.store.sources.create({ ...makeSource('shop', changes), hintSecret: secret });
  const hint = (init: RequestInit = {}, path = `/hints/${secret}`) =>
    api.app.request(path, { method: 'POST', ...init });
  return { api, hint };
}

test.each<[what: string, init: RequestInit]>([
  ['no body', {}],
  ['an empty body', { body: '', headers: { 'content-type': 'application/json' } }],
  ['JSON', { body: '{"event":"newLeadHook"}', headers: { 'content-type': 'application/json' } }],
  ['broken JSON', { body: '{', headers: { 'content-type': 'application/json' } }],
  ['a form', { body: 'a=1', headers: { 'content-type': 'application/x-www-form-urlencoded' } }],
  ['bytes of no type', { body: new Uint8Array([0, 255]) }],
  ['bytes of a strange type', { body: 'x', headers: { 'content-type': '///' } }],
  ['a mebibyte', { body: 'x'.repeat(1024 * 1024) }],
])('a hint with %s is taken, without a key, and the source is polled at once', async (_, init) => {
  const { api, hint } = await openHints();
  const response = await hint(init);
  expect([response.status, await response.text()]).toEqual([202, '']);
  expect(api.pollsWoken).toEqual(['shop']);
});

test('hooks may add a query of their own', async () => {
  const { api, hint } = await openHints();
  expect((await hint({}, `/hints/${secret}?botId=1&x=2`)).status).toBe(202);
  expect(api.pollsWoken).toEqual(['shop']);
});

test('a body of more than a mebibyte is too large', async () => {
  const { api, hint } = await openHints();
  expect((await hint({ body: 'x'.repeat(1024 * 1024 + 1) })).status).toBe(413);
  expect(api.pollsWoken).toEqual([]);
});

test('an unknown secret is a 404 that says nothing, and so is an address without one', async () => {
  const { api } = await openHints();
  const answers = await Promise.all(
    ['nobody', `${secret}x`, secret.toUpperCase(), '%00', 'x'.repeat(5000)].map((wrong) =>
      api.call('POST', `/hints/${wrong}`),
    ),
  );
  for (const answer of answers) {
    expectProblem(answer, 404);
    expect(answer.json).toEqual(answers[0]?.json);
  }
  expectProblem(await api.call('POST', '/hints/'), 404);
  expectProblem(await api.call('GET', `/hints/${secret}`), 405);
  expect(api.pollsWoken).toEqual([]);
});

test('a paused source takes a hint, and is not polled', async () => {
  const { api, hint } = await openHints({ paused: true });
  expect((await hint()).status).toBe(202);
  expect([api.pollsWoken, api.pollsLater]).toEqual([[], []]);
});

test('a hint right after a hot window waits a little, so that hints do not use up the budget', async () => {
  const { api, hint } = await openHints({ requestsPerMinute: 90 });
  await api.connection.redis.hset('{source:shop}:state', { hotReadAtMs: api.nowMs - 1500 });
  expect((await hint()).status).toBe(202);
  expect([api.pollsWoken, api.pollsLater]).toEqual([[], [['shop', 2500]]]);
});

test.each([
  [90, 0, 4000],
  [90, 4000, 0],
  [90, 60_000, 0],
  [100, 1000, 2600],
  [1, 0, 360_000],
  [1_000_000, 0, 1],
  // The clock of the process that polled is ahead.
  [90, -5000, 4000],
])(
  'with %i requests a minute, %i ms after a hot window, a hint waits %i ms',
  (rate, passedMs, waitMs) => {
    expect(hintDelayMs({ requestsPerMinute: rate }, 1_000_000 - passedMs, 1_000_000)).toBe(waitMs);
  },
);

test('neither the log nor the metrics tell the secret', async () => {
  const { api, hint } = await openHints();
  await hint({ body: 'in the body' });
  await hint({}, '/hints/wrong-one');
  const { text } = await api.call('GET', '/metrics');
  expect(text).toContain('route="/hints/:secret",status="202"');
  for (const hidden of [secret, 'wrong-one', 'in the body']) {
    expect(text).not.toContain(hidden);
    expect(JSON.stringify(api.logLines)).not.toContain(hidden);
  }
});

test('while Redis is away a hint is answered 503', async () => {
  const api = await openApi({ isReady: async () => false });
  expectProblem(await api.call('POST', `/hints/${secret}`), 503);
});
