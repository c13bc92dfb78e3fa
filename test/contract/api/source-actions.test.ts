import { expect, test } from 'vitest';
import { makeSource, openApi } from './api-under-test.ts';

async function openSource() {
  const api = await openApi();
  await api.store.sources.create(makeSource('shop'));
  const act = (action: string) => api.call('POST', `/v1/sources/shop/${action}`);
  return { api, act, stored: () => api.store.sources.get('shop') };
}

test('a poll is arranged at once', async () => {
  const { api, act } = await openSource();
  const { status, json } = await act('poll');
  expect({ status, json }).toEqual({ status: 202, json: { id: 'shop' } });
  expect(api.pollsWoken).toEqual(['shop']);
});

test('a paused source says so, and whoever polls it hears of it', async () => {
  const { api, act, stored } = await openSource();
  const paused = await act('pause');
  expect(paused).toMatchObject({ status: 200, json: { id: 'shop', state: 'paused' } });
  expect(await stored()).toMatchObject({ paused: true, updatedAt: '2026-06-12T10:00:00.000Z' });
  expect(api.pollsWoken).toEqual(['shop']);
});

test('a resumed source is polled at once, and keeps what it had covered', async () => {
  const { api, act } = await openSource();
  const state = { coveredUntilMs: '1', baselineCompletedAtMs: '1' };
  await api.connection.redis.hset('{source:shop}:state', state);
  await act('pause');
  api.pollsWoken.length = 0;
  expect(await act('resume')).toMatchObject({ status: 200, json: { state: 'watching' } });
  expect(api.pollsWoken).toEqual(['shop']);
  expect(await api.connection.redis.hgetall('{source:shop}:state')).toEqual(state);
});

test('pausing or resuming twice is as good as once', async () => {
  const { api, act, stored } = await openSource();
  await act('pause');
  const before = await stored();
  api.nowMs += 1000;
  expect((await act('pause')).status).toBe(200);
  expect(await stored()).toEqual(before);
  await act('resume');
  expect((await act('resume')).json).toMatchObject({ state: 'baselining' });
});

test('an action takes no body', async () => {
  const { api } = await openSource();
  for (const action of ['poll', 'pause', 'resume']) {
    const body = { now: true };
    const answer = await api.call('POST', `/v1/sources/shop/${action}`, { body });
    expect(answer.status).toBe(400);
  }
  expect(api.pollsWoken).toEqual([]);
});
