import { expect, test } from 'vitest';
import type { DeliveryRef } from '#domain/delivery.ts';
import type { SubscriptionId } from '#domain/subscription.ts';
import { laneKeys } from '#store/keys.ts';
import { openConnection, openStore } from '../../support/stage.ts';

const connection = await openConnection();
const { lanes } = openStore(connection);
const { redis } = connection;
let created = 0;

const ref = (name: string | number): DeliveryRef => `inbox 1-0 evt_${name}`;

async function newLane() {
  created += 1;
  const id: SubscriptionId = `sub_${created}`;
  const names = laneKeys(id);
  await lanes.create(id, new Map());
  return { id, names, waiting: () => redis.lrange(names.waiting, 0, -1) };
}

test('what has ended is put behind what waits, and is no longer among what has ended', async () => {
  const { id, names, waiting } = await newLane();
  await redis.rpush(names.waiting, ref('first'));
  for (const ending of ['failed', 'expired', 'skipped'] as const) {
    await redis.zadd(names[ending], 1, ref(ending));
  }
  const refs = ['skipped', 'failed', 'expired', 'delivered'].map(ref);
  expect(await lanes.reopen(id, refs)).toBe(4);
  expect(await waiting()).toEqual([ref('first'), ...refs]);
  expect(await redis.exists(names.failed, names.expired, names.skipped)).toBe(0);
});

test('what is reopened has not ended: it is no longer counted as failed, expired or skipped', async () => {
  const { id, names } = await newLane();
  for (const ending of ['failed', 'expired', 'skipped'] as const) {
    await redis.zadd(names[ending], 1, ref(ending));
    await redis.hset(names.state, ending, 2);
  }
  await lanes.reopen(id, ['failed', 'expired', 'skipped', 'delivered'].map(ref));
  const [shown] = await lanes.summarize([id]);
  expect(shown?.counts).toMatchObject({ pending: 4, failed: 1, expired: 1, skipped: 1 });
});

test('what is still to be delivered is not reopened, and nothing is reopened twice', async () => {
  const { id, names, waiting } = await newLane();
  await redis.rpush(names.waiting, ref('waiting'));
  await redis.zadd(names.retries, 1, ref('retried'));
  const refs = ['waiting', 'retried', 'ended', 'ended'].map(ref);
  expect(await lanes.reopen(id, refs)).toBe(1);
  expect(await lanes.reopen(id, refs)).toBe(0);
  expect(await waiting()).toEqual([ref('waiting'), ref('ended')]);
});

test('thousands are reopened, in their order', async () => {
  const { id, waiting } = await newLane();
  const refs = Array.from({ length: 2500 }, (_, index) => ref(index));
  expect(await lanes.reopen(id, refs)).toBe(2500);
  expect(await waiting()).toEqual(refs);
});

test('a lane that is paused keeps what is reopened; one that was removed takes nothing and leaves nothing behind', async () => {
  const paused = await newLane();
  await lanes.pause(paused.id);
  expect(await lanes.reopen(paused.id, [ref('a')])).toBe(1);
  expect(await paused.waiting()).toEqual([ref('a')]);
  const removed = await newLane();
  await lanes.remove(removed.id);
  expect(await lanes.reopen(removed.id, [ref('a')])).toBe(0);
  expect(await redis.exists(...Object.values(removed.names))).toBe(0);
});

test('a dry run counts what would be reopened, and changes nothing', async () => {
  const { id, names, waiting } = await newLane();
  await redis.rpush(names.waiting, ref('waiting'));
  await redis.rpush(names.tests, ref('tested'));
  await redis.zadd(names.failed, 1, ref('failed'));
  const refs = ['waiting', 'tested', 'failed', 'delivered', 'delivered'].map(ref);
  expect(await lanes.reopening(id, { dryRun: true })(refs)).toBe(2);
  expect(await waiting()).toEqual([ref('waiting')]);
  expect(await redis.zrange(names.failed, 0, '-1')).toEqual([ref('failed')]);
  expect(await lanes.reopen(id, refs)).toBe(2);
});

test('what others reopen meanwhile is not reopened twice', async () => {
  const { id, waiting } = await newLane();
  const one = lanes.reopening(id, { dryRun: false });
  const other = lanes.reopening(id, { dryRun: false });
  expect(await one([ref(1)])).toBe(1);
  expect(await other([ref(1), ref(2)])).toBe(1);
  expect(await lanes.reopen(id, [ref(3)])).toBe(1);
  expect(await one([ref(2), ref(3), ref(4)])).toBe(1);
  expect(await other([ref(4), ref(5)])).toBe(1);
  expect(await waiting()).toEqual([1, 2, 3, 4, 5].map(ref));
});

test('of many who reopen the same at once, each delivery is counted by one', async () => {
  const { id, waiting } = await newLane();
  const refs = Array.from({ length: 200 }, (_, index) => ref(index));
  const counts = await Promise.all(
    Array.from({ length: 5 }, async () => {
      const reopen = lanes.reopening(id, { dryRun: false });
      let count = 0;
      for (let from = 0; from < refs.length; from += 20) {
        count += await reopen(refs.slice(from, from + 20));
      }
      return count;
    }),
  );
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(200);
  expect((await waiting()).sort()).toEqual([...refs].sort());
});

test('a lane that is reopened bit by bit is looked through once', async () => {
  const { id, names, waiting } = await newLane();
  await redis.rpush(names.waiting, ref('waiting'));
  const reopen = lanes.reopening(id, { dryRun: false });
  expect(await reopen([ref(1)])).toBe(1);
  await redis.del(names.waiting);
  expect(await reopen([ref('waiting'), ref(2)])).toBe(1);
  expect(await waiting()).toEqual([ref(2)]);
});
