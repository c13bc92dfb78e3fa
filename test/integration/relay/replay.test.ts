import { expect, test } from 'vitest';
import { type DeliveryRef, parseDeliveryRef } from '#domain/delivery.ts';
import { laneKeys } from '#store/keys.ts';
import {
  appendAt,
  eventLog,
  failedOnes,
  redis,
  reopeningBy,
  setUp,
} from '../../support/replaying.ts';

test('svix (by reading): all that has failed is opened again, the oldest first, and waits behind what waits', async () => {
  const { subscribe, commit, replay, relay, fail, waiting, woken, east } = setUp();
  const subscription = await subscribe('a');
  const refs = await commit(east, 3);
  await relay(east);
  await fail(subscription, refs);
  const [later] = await commit(east, 1);
  await relay(east);
  expect(await replay(subscription, failedOnes)).toBe(3);
  expect(await waiting(subscription.id)).toEqual([later, ...refs]);
  expect(await redis.exists(laneKeys(subscription.id).failed)).toBe(0);
  expect(woken).toEqual([{ lane: subscription.id, failing: false }]);
});

test('svix (by reading): thousands that failed are opened again, each once', async () => {
  const { subscribe, replay, fail, waiting, east } = setUp();
  const subscription = await subscribe('a');
  const [first] = [await appendAt(east, '1-1')];
  const refs = Array.from(
    { length: 2500 },
    (_, index): DeliveryRef => `${east} ${String(index + 2)}-0 evt_${index}`,
  );
  await fail(subscription, [first, ...refs]);
  expect(await replay(subscription, failedOnes, { dryRun: true })).toBe(2501);
  expect(await replay(subscription, failedOnes)).toBe(2501);
  expect(await waiting(subscription.id)).toEqual([first, ...refs]);
  expect(await replay(subscription, failedOnes)).toBe(0);
});

test('what has failed and whose event has outlived the retention stays failed', async () => {
  const { subscribe, replay, fail, waiting, east, west } = setUp();
  const subscription = await subscribe('a');
  const there = await appendAt(east, '2000-0');
  const gone: DeliveryRef[] = [`${east} 1999-9 evt_gone`, `${west} 2000-0 evt_of-an-empty-log`];
  await fail(subscription, [...gone, there]);
  expect(await replay(subscription, failedOnes, { dryRun: true })).toBe(1);
  expect(await replay(subscription, failedOnes)).toBe(1);
  expect(await waiting(subscription.id)).toEqual([there]);
  expect(await redis.zrange(laneKeys(subscription.id).failed, 0, '-1')).toEqual(gone);
});

test('what fails again while others are opened is left for the next time', async () => {
  const { subscribe, commit, replay, fail, waiting, east } = setUp();
  const subscription = await subscribe('a');
  const refs = await commit(east, 2);
  await fail(subscription, refs);
  const { failed } = laneKeys(subscription.id);
  let calls = 0;
  const failsAtOnce = reopeningBy(async (reopen, some) => {
    calls += 1;
    const count = await reopen(some);
    await redis.del(laneKeys(subscription.id).waiting);
    for (const ref of some) await redis.zadd(failed, 9, ref);
    return count;
  });
  expect(await replay(subscription, failedOnes, { changes: failsAtOnce })).toBe(2);
  expect(calls).toBe(1);
  expect(await waiting(subscription.id)).toEqual([]);
});

test('one event goes again to those that are named, not where it still waits', async () => {
  const { subscribe, commit, replays, relay, empty, waiting, woken, east } = setUp();
  const [one, other, third] = [await subscribe('1'), await subscribe('2'), await subscribe('3')];
  const [ref, another] = await commit(east, 2);
  await relay(east);
  await empty(one);
  await empty(third);
  const { logId, eventId } = parseDeliveryRef(ref ?? '');
  const entry = await eventLog.find(east, eventId);
  if (entry === null) throw new Error('It was committed just now.');
  expect(entry.logId).toBe(logId);
  expect(await replays().redeliver(east, entry, [one.id, other.id])).toBe(1);
  expect(await waiting(one.id)).toEqual([ref]);
  expect(await waiting(other.id)).toEqual([ref, another]);
  expect(await waiting(third.id)).toEqual([]);
  expect(woken).toEqual([{ lane: one.id, failing: false }]);
});

test('an event that the relay has not passed yet is not queued twice by asking for it', async () => {
  const { subscribe, commit, replays, relay, waiting, east } = setUp();
  const subscription = await subscribe('a');
  const [ref] = await commit(east, 1);
  const entry = await eventLog.find(east, parseDeliveryRef(ref ?? '').eventId);
  if (entry === null) throw new Error('It was committed just now.');
  expect(await replays().redeliver(east, entry, [subscription.id])).toBe(0);
  await relay(east);
  expect(await waiting(subscription.id)).toEqual([ref]);
});
