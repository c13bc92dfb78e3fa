import { expect, test } from 'vitest';
import { expectProblem, makeSource, openApi } from './api-under-test.ts';

const api = await openApi();
await api.store.sources.create(makeSource('shop'));

test('how fresh a source was is told minute by minute', async () => {
  const ages = { hotSeconds: 1, activeSeconds: 2.5, coldSeconds: null };
  await api.store.freshness.note('shop', { atMs: api.nowMs - 60_000, ...ages });
  const { status, json } = await api.call('GET', '/v1/sources/shop/freshness');
  expect(status).toBe(200);
  expect(json).toEqual({ minutes: [{ at: '2026-06-12T09:59:00.000Z', ...ages }] });
});

test('of a source that is not there nothing is told', async () => {
  expectProblem(await api.call('GET', '/v1/sources/nobody/freshness'), 404);
});
