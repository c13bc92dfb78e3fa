import { expect, test } from 'vitest';
import { refOf } from '#domain/delivery.ts';
import type { SubscriptionId } from '#domain/subscription.ts';
import { createRelay } from '#relay/relay-log.ts';
import { createTend } from '#relay/tend.ts';
import { laneKeys } from '#store/keys.ts';
import type { LaneWake } from '#store/lanes.ts';
import type { Store } from '#store/open-store.ts';
import { openKeyedStore } from '../../support/keyed-store.ts';
import { setUpLane } from '../../support/lane.ts';
import {
  makeEvent,
  makeSubscription,
  openConnection,
  openStore,
  silentLog,
  subscribe,
} from '../../support/stage.ts';
import { startSubscriber } from '../../support/subscriber.ts';

const connection = await openConnection();
const { redis } = connection;
const never = new AbortController().signal;
const wake = async () => {};

/** One process sealed `sub_new` with a key that the other, which made `sub_old`, does not have. */
async function setUp() {
  await redis.flushdb();
  const behind = openKeyedStore(connection, 'old');
  const ahead = openKeyedStore(connection, 'new', 'old');
  await subscribe(behind, makeSubscription('sub_old'));
  await subscribe(ahead, makeSubscription('sub_new'));
  const relay = (store: Store) => createRelay({ ...store, wake, log: silentLog });
  const commit = async (number: number) => {
    const event = makeEvent(number, 'a');
    return refOf('a', await ahead.eventLog.append('a', event), event);
  };
  const waiting = (id: SubscriptionId) => redis.lrange(laneKeys(id).waiting, 0, -1);
  return { behind, ahead, relay, commit, waiting };
}

test('a subscription that one process cannot open is hidden from nobody else, nor are the others from it', async () => {
  const { behind, ahead } = await setUp();
  expect((await behind.subscriptions.get('sub_old'))?.id).toBe('sub_old');
  await expect(behind.subscriptions.get('sub_new')).rejects.toMatchObject({ name: 'SealError' });
  await expect(behind.subscriptions.list()).rejects.toMatchObject({ name: 'SealError' });
  expect((await behind.subscriptions.ids()).sort()).toEqual(['sub_new', 'sub_old']);
  expect(await ahead.subscriptions.list()).toHaveLength(2);
});

test('a process that lacks a key relays nothing rather than leave someone out, and one that has it relays all', async () => {
  const { behind, ahead, relay, commit, waiting } = await setUp();
  const refs = [await commit(1), await commit(2)];
  await expect(relay(behind)('a')).rejects.toMatchObject({ name: 'SealError' });
  expect([await waiting('sub_old'), await waiting('sub_new')]).toEqual([[], []]);
  expect(await relay(ahead)('a')).toBe(2);
  expect([await waiting('sub_old'), await waiting('sub_new')]).toEqual([refs, refs]);
});

test('a tend that lacks a key still wakes every lane and removes who is leaving', async () => {
  const { behind, ahead, relay, commit } = await setUp();
  await subscribe(ahead, makeSubscription('sub_leaving'));
  await ahead.subscriptions.remove('sub_leaving');
  await commit(1);
  await relay(ahead)('a');
  await commit(2);
  const woken: LaneWake[] = [];
  const tend = createTend({
    ...behind,
    relay: relay(behind),
    logIds: async () => ['a'],
    wake: async (wakes) => void woken.push(...wakes),
    onExpired: () => {},
    retention: { retentionMs: 3_600_000, retentionMax: 100 },
    now: Date.now,
    log: silentLog,
  });
  await tend(never);
  expect(woken.map(({ lane }) => lane).sort()).toEqual(['sub_new', 'sub_old']);
  expect(await redis.exists(laneKeys('sub_leaving').state)).toBe(0);
  // What it could not relay waits for a process that can.
  expect(await relay(ahead)('a')).toBe(1);
});

test('drains of those that can be opened go on beside one that cannot', async () => {
  await redis.flushdb();
  const store = openStore(connection);
  const subscriber = await startSubscriber();
  const { drain } = await setUpLane(store, { url: subscriber.url });
  const stranger = await setUpLane(openKeyedStore(connection, 'new'), {
    url: subscriber.url,
    wrap: { subscriptions: store.subscriptions },
  });
  await expect(stranger.drain()).rejects.toMatchObject({ name: 'SealError' });
  await drain();
  expect(subscriber.received).toHaveLength(1);
  // It stays where it was, and the lane is free for a process with the key.
  expect(await stranger.list()).toMatchObject([{ status: 'pending', attempts: [] }]);
});
