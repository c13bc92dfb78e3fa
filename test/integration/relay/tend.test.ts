import { expect, test } from 'vitest';
import { type DeliveryRef, refOf } from '#domain/delivery.ts';
import type { SubscriptionId } from '#domain/subscription.ts';
import { createRelay } from '#relay/relay-log.ts';
import { createTend, type TendPorts } from '#relay/tend.ts';
import { laneKeys, sourceKeys } from '#store/keys.ts';
import type { LaneWake } from '#store/lanes.ts';
import {
  makeEvent,
  makeSubscription,
  openConnection,
  openStore,
  silentLog,
  subscribe,
} from '../../support/stage.ts';

const connection = await openConnection();
const store = openStore(connection);
const { redis } = connection;
const { lanes, eventLog, subscriptions } = store;
const never = new AbortController().signal;
let stages = 0;

/** An empty fleet and its tend. */
async function setUp(changes: Partial<TendPorts> = {}) {
  await redis.flushdb();
  stages += 1;
  const source = `source-${stages}`;
  const woken: LaneWake[] = [];
  const quiet = { ...store, wake: async () => {}, log: silentLog };
  const tend = createTend({
    ...store,
    relay: createRelay(quiet),
    logIds: async () => [source],
    wake: async (wakes) => {
      woken.push(...wakes);
    },
    onExpired: () => {},
    retention: { retentionMs: 3_600_000, retentionMax: 100 },
    now: Date.now,
    log: silentLog,
    ...changes,
  });
  const commit = async (number: number) => {
    const event = makeEvent(number, source);
    return refOf(source, await eventLog.append(source, event), event);
  };
  const waiting = (id: SubscriptionId) => redis.lrange(laneKeys(id).waiting, 0, -1);
  return { source, woken, tend, commit, waiting };
}

test('a log that nobody relayed is relayed, and its lanes are woken', async () => {
  const { tend, commit, waiting, woken } = await setUp();
  await subscribe(store, makeSubscription('sub_a'));
  const refs = [await commit(1), await commit(2)];
  await tend(never);
  expect(await waiting('sub_a')).toEqual(refs);
  expect(woken).toEqual([{ lane: 'sub_a', failing: false }]);
});

test('svix/svix-webhooks#1511: tending twice relays nothing twice and wakes again whoever still has work', async () => {
  const { tend, commit, waiting, woken } = await setUp();
  await subscribe(store, makeSubscription('sub_a'));
  const refs = [await commit(1)];
  await tend(never);
  await tend(never);
  expect(await waiting('sub_a')).toEqual(refs);
  expect(woken).toHaveLength(2);
});

test('a lane with nothing due is left to sleep', async () => {
  const { tend, commit, woken } = await setUp();
  await subscribe(store, makeSubscription('sub_idle'));
  await subscribe(store, makeSubscription('sub_paused'));
  await lanes.pause('sub_paused');
  await subscribe(store, makeSubscription('sub_later'));
  await redis.zadd(laneKeys('sub_later').retries, Date.now() + 60_000, 'source 1-0 evt_1');
  await tend(never);
  expect(woken).toEqual([]);
  await commit(1);
  await tend(never);
  expect(woken.map(({ lane }) => lane).sort()).toEqual(['sub_idle', 'sub_later']);
});

test('a test whose wake was lost is found, though its log matches nobody', async () => {
  const { tend, woken } = await setUp();
  await subscribe(store, makeSubscription('sub_a'));
  const event = { ...makeEvent(1, 'service'), type: 'subscription.test' } as const;
  const logId = await eventLog.append('service', event);
  await lanes.pushTest('sub_a', refOf('service', logId, event));
  await tend(never);
  expect(woken).toEqual([{ lane: 'sub_a', failing: false }]);
  expect(await redis.llen(laneKeys('sub_a').waiting)).toBe(0);
});

test('the lane of a subscription whose removal died half way is removed', async () => {
  const { tend, commit } = await setUp();
  await subscribe(store, makeSubscription('sub_a'));
  await commit(1);
  await tend(never);
  await subscriptions.remove('sub_a');
  await tend(never);
  expect(await redis.keys('{lane:sub_a}:*')).toEqual([]);
  expect(await subscriptions.leaving()).toEqual([]);
});

test('a subscription that is only about to be removed keeps its lane', async () => {
  const { tend, commit, waiting } = await setUp();
  await subscribe(store, makeSubscription('sub_a'));
  // The remover died after its first step.
  await redis.sadd('{subscriptions}:leaving', 'sub_a');
  const refs = [await commit(1)];
  await tend(never);
  expect(await waiting('sub_a')).toEqual(refs);
  expect(await subscriptions.remove('sub_a')).toBe(true);
  await tend(never);
  expect(await redis.keys('{lane:sub_a}:*')).toEqual([]);
});

test('logs are cut to the retention, that of the service too, and deliveries of old are forgotten', async () => {
  const retention = { retentionMs: 3_600_000, retentionMax: 2 };
  const { source, tend, commit } = await setUp({ retention });
  await subscribe(store, makeSubscription('sub_a'));
  for (const number of [1, 2, 3]) await commit(number);
  for (const number of [4, 5, 6]) await eventLog.append('service', makeEvent(number, 'service'));
  const { failed } = laneKeys('sub_a');
  await redis.zadd(failed, Date.now() - 3_700_000, 'old', Date.now() - 3_500_000, 'young');
  await tend(never);
  expect(await redis.xlen(sourceKeys(source).log)).toBe(2);
  expect(await redis.xlen(sourceKeys('service').log)).toBe(2);
  expect(await redis.zrange(failed, 0, '-1')).toEqual(['young']);
});

test('events older than the retention go, younger ones stay', async () => {
  const { source, tend, commit } = await setUp();
  const { log } = sourceKeys(source);
  const oldId = `${Date.now() - 3_700_000}-0`;
  const old = ['id', 'evt_old', 'type', 'contact.created', 'contact', ''];
  await redis.xadd(log, oldId, ...old, 'body', JSON.stringify(makeEvent(1, source)));
  await commit(2);
  await tend(never);
  expect((await eventLog.readAfter(source, '0-0', 9)).map(({ event }) => event.id)).toEqual([
    makeEvent(2).id,
  ]);
});

test('a tend that was aborted between two logs leaves the rest to the next', async () => {
  const stop = new AbortController();
  const relayed: string[] = [];
  const { tend, woken } = await setUp({
    logIds: async () => ['a', 'b'],
    relay: async (id) => {
      relayed.push(id);
      stop.abort();
      return 0;
    },
  });
  await tend(stop.signal);
  expect([relayed, woken]).toEqual([['a'], []]);
  await tend(never);
  expect(relayed).toEqual(['a', 'a', 'b', 'service']);
});

test('a log that cannot be tended keeps no lane of another from being woken', async () => {
  const relay = async (sourceId: string) => {
    if (sourceId !== 'service') throw new Error(`The log of ${sourceId} is broken.`);
    return 0;
  };
  const { tend, woken } = await setUp({ relay });
  await subscribe(store, makeSubscription('sub_a'));
  await redis.rpush(laneKeys('sub_a').waiting, 'elsewhere 1-0 evt_1');
  await tend(never);
  expect(woken).toEqual([{ lane: 'sub_a', failing: false }]);
});

test('what waits in a paused lane for events that outlived the retention expires, and is counted', async () => {
  let counted = 0;
  const { tend, commit } = await setUp({
    retention: { retentionMs: 3_600_000, retentionMax: 2 },
    onExpired: (deliveries) => {
      counted += deliveries;
    },
  });
  await subscribe(store, makeSubscription('sub_a'));
  await lanes.pause('sub_a');
  for (const number of [1, 2, 3, 4, 5]) await commit(number);
  await tend(never);
  const [summary] = await lanes.summarize(['sub_a']);
  expect(summary?.counts).toMatchObject({ pending: 2, expired: 3 });
  expect(counted).toBe(3);
});

test('what is retried in a paused lane expires with its event, also at a tend that has nothing to trim', async () => {
  const { source, tend, commit } = await setUp();
  await subscribe(store, makeSubscription('sub_a'));
  const gone = await commit(1);
  const there = await commit(2);
  await tend(never);
  const { waiting, retries } = laneKeys('sub_a');
  await redis.del(waiting);
  await redis.zadd(retries, 1, gone, 2, there);
  await lanes.pause('sub_a');
  await eventLog.trim(source, 1, 1, 100);
  await tend(never);
  const [summary] = await lanes.summarize(['sub_a']);
  expect(summary?.counts).toMatchObject({ retrying: 1, expired: 1 });
});

test('an event that comes while its log is empty is not taken for gone', async () => {
  const refs: DeliveryRef[] = [];
  const { source, tend, commit, waiting } = await setUp({
    retention: { retentionMs: 3_600_000, retentionMax: 0 },
    eventLog: {
      ...eventLog,
      // Between the look at the log and that at the lanes an event is committed and relayed.
      async start(sourceId) {
        const start = await eventLog.start(sourceId);
        if (sourceId === source) {
          refs.push(await commit(2));
          await lanes.reopen('sub_a', refs);
        }
        return start;
      },
    },
  });
  await subscribe(store, makeSubscription('sub_a'));
  await commit(1);
  await tend(never);
  expect(await waiting('sub_a')).toEqual(refs);
});
