import { expect, test } from 'vitest';
import { deliveries, heldLane, redis, ref } from '../../support/held-lane.ts';

test.each([
  ['active', 3],
  ['paused', 1],
])(
  'while the subscriber asked for silence nothing goes out, nor does a test: %s',
  async (status, found) => {
    const state = { status, holdUntilMs: 150_000 };
    const waiting = await heldLane({ tests: ['t'], waiting: ['w'], retries: { r: 1 }, state });
    expect(await waiting.claim()).toEqual({ found: [], nextDueMs: 150_000 });
    expect((await waiting.claim(10, 150_000)).found).toHaveLength(found);
  },
);

test('after the silence that the subscriber asked for everything goes on by its schedule', async () => {
  const state = { holdUntilMs: 150_000 };
  const waiting = await heldLane({ waiting: ['w'], retries: { r: 170_000 }, state });
  expect(await waiting.claim()).toEqual({ found: [], nextDueMs: 150_000 });
  expect((await waiting.claim(10, 150_000)).found).toEqual(['waiting w 0']);
  const retrying = await heldLane({ retries: { r: 170_000 }, state });
  expect(await retrying.claim()).toEqual({ found: [], nextDueMs: 170_000 });
  const empty = await heldLane({ state });
  expect(await empty.claim()).toEqual({ found: [], nextDueMs: null });
});

test('an unreachable subscriber is tried with one delivery, the same until it is done', async () => {
  const { claim, names } = await heldLane({
    waiting: ['w'],
    retries: { first: 98_000, second: 99_000 },
    state: { unreachable: 5 },
  });
  expect(await claim()).toEqual({ found: ['retries first 1'], nextDueMs: null });
  await redis.zadd(names.retries, 120_000, ref('first'));
  expect(await claim()).toEqual({ found: [], nextDueMs: 120_000 });
  expect((await claim(10, 120_000)).found).toEqual(['retries first 1']);
  await redis.zrem(names.retries, ref('first'));
  expect((await claim()).found).toEqual(['retries second 1']);
});

test('an unreachable subscriber is tried before its schedule where that is far off, but not in the silence it asked for', async () => {
  const retries = { first: 900_000, second: 950_000 };
  const state = { unreachable: 5, probeByMs: 400_000 };
  const far = await heldLane({ retries, state });
  expect(await far.claim()).toEqual({ found: [], nextDueMs: 400_000 });
  expect((await far.claim(10, 400_000)).found).toEqual(['retries first 1']);
  const near = await heldLane({ retries: { ...retries, first: 300_000 }, state });
  expect(await near.claim()).toEqual({ found: [], nextDueMs: 300_000 });
  const held = await heldLane({ retries, state: { ...state, holdUntilMs: 500_000 } });
  expect(await held.claim(10, 400_000)).toEqual({ found: [], nextDueMs: 500_000 });
});

test('an unreachable subscriber gets tests at once, but not in the silence it asked for', async () => {
  const content = { tests: ['t'], retries: { r: 900_000 } };
  const open = await heldLane({ ...content, state: { unreachable: 5, probeByMs: 400_000 } });
  expect(await open.claim()).toEqual({ found: ['tests t 0'], nextDueMs: 400_000 });
  const held = await heldLane({ ...content, state: { unreachable: 5, holdUntilMs: 150_000 } });
  expect(await held.claim()).toEqual({ found: [], nextDueMs: 150_000 });
});

test('while the subscriber cannot be reached only its probe has a next attempt, and none has one in the silence asked for', async () => {
  const retries = { first: 900_000, second: 950_000 };
  const nextOf = async (state: Record<string, string | number>) => {
    const { id } = await heldLane({ retries, state });
    const { deliveries: listed } = await deliveries.list(id, 'retrying', null, 10);
    return listed.map(({ nextAttemptAtMs }) => nextAttemptAtMs);
  };
  expect(await nextOf({ unreachable: 4 })).toEqual([900_000, 950_000]);
  expect(await nextOf({ unreachable: 4, holdUntilMs: 920_000 })).toEqual([920_000, 950_000]);
  const dead = { unreachable: 5, probeByMs: 400_000 };
  expect(await nextOf(dead)).toEqual([400_000, null]);
  expect(await nextOf({ ...dead, holdUntilMs: 500_000 })).toEqual([500_000, null]);
  expect(await nextOf({ ...dead, probe: ref('second') })).toEqual([null, 400_000]);
  expect(await nextOf({ ...dead, probe: ref('ended') })).toEqual([400_000, null]);
});

test('an unreachable subscriber with no retries is tried with what waits', async () => {
  const state = { unreachable: 5 };
  const { claim } = await heldLane({ waiting: ['w1', 'w2'], state });
  expect(await claim()).toEqual({ found: ['waiting w1 0'], nextDueMs: null });
  const held = await heldLane({ waiting: ['w1'], state: { ...state, holdUntilMs: 150_000 } });
  expect(await held.claim()).toEqual({ found: [], nextDueMs: 150_000 });
  const empty = await heldLane({ state });
  expect(await empty.claim()).toEqual({ found: [], nextDueMs: null });
});
