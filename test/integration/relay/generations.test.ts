import { expect, test } from 'vitest';
import { type DeliveryRef, refOf } from '#domain/delivery.ts';
import type { SubscriptionId } from '#domain/subscription.ts';
import { createRelay } from '#relay/relay-log.ts';
import { laneKeys, sourceKeys } from '#store/keys.ts';
import {
  makeEvent,
  makeSubscription,
  openConnection,
  openStore,
  silentLog,
} from '../../support/stage.ts';

const connection = await openConnection();
const store = openStore(connection);
const { redis } = connection;
let stages = 0;
let numbers = 0;

/** A source whose log is written under chosen ids, and two lanes that want all of it. */
async function setUp() {
  stages += 1;
  const source = `source-${stages}`;
  const { log, state } = sourceKeys(source);
  const ids: SubscriptionId[] = [`sub_${source}-a`, `sub_${source}-b`];
  for (const id of ids) {
    await store.lanes.create(id, new Map());
    await store.subscriptions.create(makeSubscription(id, { sources: [source] }));
  }
  const relayLog = createRelay({ ...store, wake: async () => {}, log: silentLog });
  const append = async (logId: string): Promise<DeliveryRef> => {
    numbers += 1;
    const event = makeEvent(numbers, source);
    const fields = ['id', event.id, 'type', event.type, 'contact', ''];
    await redis.xadd(log, logId, ...fields, 'body', JSON.stringify(event));
    return refOf(source, logId, event);
  };
  return {
    relay: () => relayLog(source),
    append,
    waiting: (lane: number) => redis.lrange(laneKeys(ids[lane] ?? 'sub_').waiting, 0, -1),
    removeLane: (lane: number) => store.lanes.remove(ids[lane] ?? 'sub_'),
    generation: async () => (await store.eventLog.position(source, '0-0')).generation,
    /** What a replica knew that had seen the source only up to here: log and marks lie together, lanes elsewhere. */
    async failOver(end: string) {
      const kept = await redis.xrange(log, '-', end);
      const relayed = (await redis.hget(state, 'relayedUpTo')) ?? '0-0';
      await redis.del(log, state);
      for (const [logId, fields] of kept) await redis.xadd(log, logId, ...fields);
      const mark = Number.parseInt(relayed, 10) > Number.parseInt(end, 10) ? end : relayed;
      await redis.hset(state, 'relayedUpTo', mark);
    },
    /** What a replica of a lane knew that had seen it only as it was now; the log lies elsewhere and keeps all. */
    async failOverLane(lane: number) {
      const names = Object.values(laneKeys(ids[lane] ?? 'sub_'));
      const contents = await Promise.all(names.map((name) => redis.dumpBuffer(name)));
      return async () => {
        await redis.del(...names);
        for (const [index, name] of names.entries()) {
          const content = contents[index];
          if (content) await redis.restore(name, 0, content);
        }
      };
    },
    reopen: (lane: number, refs: DeliveryRef[]) => store.lanes.reopen(ids[lane] ?? 'sub_', refs),
    /** What a second failover does that comes before the new generation was copied. */
    forgetGeneration: () => redis.hdel(state, 'generation'),
    markRelayed: (logId: string) => store.eventLog.markRelayed(source, logId),
  };
}

test('ids that come again after a log lost its tail are taken, and what came before not again', async () => {
  const { append, relay, failOver, waiting, generation } = await setUp();
  const kept = await append('10-0');
  const lost = await append('20-0');
  await relay();
  await failOver('10-0');
  const later = await append('15-0');
  await relay();
  expect(await waiting(0)).toEqual([kept, lost, later]);
  expect(await waiting(1)).toEqual([kept, lost, later]);
  expect(await generation()).toBe(1);
});

test('a log that lost its tail before it was relayed repeats nothing', async () => {
  const { append, relay, failOver, waiting, generation } = await setUp();
  const kept = await append('10-0');
  await relay();
  await append('20-0');
  await failOver('10-0');
  const later = await append('15-0');
  await relay();
  expect(await waiting(0)).toEqual([kept, later]);
  expect(await generation()).toBe(0);
});

test('a mark above the end of its log starts over from that end', async () => {
  const { append, relay, markRelayed, waiting, generation } = await setUp();
  const before = await append('10-0');
  await relay();
  await markRelayed('20-0');
  expect(await relay()).toBe(0);
  const after = await append('15-0');
  expect(await relay()).toBe(1);
  expect(await waiting(0)).toEqual([before, after]);
  expect(await generation()).toBe(1);
});

test('one generation is enough for one loss, however often the log is relayed', async () => {
  const { append, relay, failOver, waiting, generation } = await setUp();
  const refs = [await append('10-0'), await append('30-0')];
  await relay();
  await failOver('10-0');
  for (const logId of ['11-0', '12-0', '13-0', '31-0']) {
    refs.push(await append(logId));
    await relay();
    await relay();
  }
  expect(await waiting(0)).toEqual(refs);
  expect(await generation()).toBe(1);
});

test('a tail that is lost a second time starts one more generation', async () => {
  const { append, relay, failOver, waiting, generation } = await setUp();
  const refs = [await append('10-0'), await append('30-0')];
  await relay();
  await failOver('10-0');
  refs.push(await append('20-0'));
  await relay();
  // The state that named the generation went with the tail.
  await failOver('10-0');
  refs.push(await append('15-0'));
  await relay();
  refs.push(await append('16-0'));
  await relay();
  expect(await waiting(0)).toEqual(refs);
  expect(await generation()).toBeGreaterThanOrEqual(2);
});

test('a log whose generation was lost takes up that of its lanes, and nothing is refused for ever', async () => {
  const { append, relay, failOver, forgetGeneration, waiting, generation } = await setUp();
  const refs = [await append('10-0'), await append('30-0')];
  await relay();
  await failOver('10-0');
  refs.push(await append('15-0'));
  await relay();
  await forgetGeneration();
  refs.push(await append('40-0'));
  await relay();
  refs.push(await append('50-0'));
  await relay();
  expect(await waiting(0)).toEqual(refs);
  expect(await waiting(1)).toEqual(refs);
  expect(await generation()).toBe(1);
});

test('a lane that is gone says nothing about its log', async () => {
  const { append, relay, failOver, waiting, removeLane, generation } = await setUp();
  await append('10-0');
  await append('20-0');
  await relay();
  await removeLane(0);
  await removeLane(1);
  await failOver('10-0');
  await append('15-0');
  expect(await relay()).toBe(1);
  expect(await generation()).toBe(0);
  expect(await waiting(0)).toEqual([]);
});

test('a lane that lost what it took last takes what comes, and a replay brings what it lost', async () => {
  const { append, relay, failOverLane, waiting, reopen, generation } = await setUp();
  const kept = await append('10-0');
  await relay();
  const failOver = await failOverLane(0);
  const lost = await append('20-0');
  await relay();
  await failOver();
  const later = await append('30-0');
  await relay();
  expect(await waiting(0)).toEqual([kept, later]);
  expect(await waiting(1)).toEqual([kept, lost, later]);
  expect(await generation()).toBe(0);
  await reopen(0, [kept, lost, later]);
  expect((await waiting(0)).sort()).toEqual([kept, lost, later].sort());
});

test('a lane that lost its generation as well goes on with that of its log', async () => {
  const { append, relay, failOver, failOverLane, waiting, generation } = await setUp();
  const refs = [await append('10-0'), await append('30-0')];
  await relay();
  const failOverItsLane = await failOverLane(0);
  await failOver('10-0');
  refs.push(await append('15-0'));
  await relay();
  await failOverItsLane();
  const later = await append('16-0');
  await relay();
  await relay();
  // The other lane has what this one lost; neither has anything twice.
  expect(await waiting(0)).toEqual([...refs.slice(0, 2), later]);
  expect(await waiting(1)).toEqual([...refs, later]);
  expect(await generation()).toBe(1);
});
