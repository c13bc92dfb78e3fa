import { expect, test } from 'vitest';
import { refOf } from '#domain/delivery.ts';
import { createRelay } from '#relay/relay-log.ts';
import { createTend } from '#relay/tend.ts';
import { laneKeys, sourceKeys } from '#store/keys.ts';
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
const { lanes, eventLog } = store;
const source = 'shop';
const { state, log, ids, contacts } = sourceKeys(source);

/** A source that is known, with a subscription to its events. */
async function setUp(retentionMax = 100) {
  await redis.flushdb();
  const quiet = { ...store, wake: async () => {}, log: silentLog };
  const tend = createTend({
    ...quiet,
    relay: createRelay(quiet),
    logIds: () => store.sources.logIds(),
    onExpired: () => {},
    retention: { retentionMs: 3_600_000, retentionMax },
    now: Date.now,
  });
  const at = '2026-06-12T10:00:00.000Z';
  const document = {
    id: source,
    inboxId: 'inbox-1',
    provider: 'botpenguin' as const,
    baseUrl: 'https://inbox.example',
    token: 'token',
    requestsPerMinute: 90,
    paused: false,
    createdAt: at,
    updatedAt: at,
  };
  await store.sources.create(document);
  await redis.hset(state, { inboxId: 'inbox-1', baselineId: 'b' });
  await redis.hset(contacts(7), 'contact', 'snapshot');
  await subscribe(store, makeSubscription('sub_a'));
  const commit = async (number: number) => {
    const event = makeEvent(number, source);
    return refOf(source, await eventLog.append(source, event), event);
  };
  return {
    document,
    commit,
    tend: () => tend(new AbortController().signal),
    waiting: () => redis.lrange(laneKeys('sub_a').waiting, 0, -1),
    keysOfSource: () => redis.keys('{source:shop}:*'),
  };
}

test('events of a source that was removed are still relayed, and what is known of it is forgotten', async () => {
  const { tend, commit, waiting, keysOfSource } = await setUp();
  const refs = [await commit(1)];
  await store.sources.remove(source);
  await tend();
  await tend();
  expect(await waiting()).toEqual(refs);
  expect((await eventLog.bodies(refs)).every((body) => body !== null)).toBe(true);
  expect((await keysOfSource()).sort()).toEqual([ids, log, state].sort());
});

test('once the retention has emptied its log nothing of a removed source is left', async () => {
  const { tend, commit, keysOfSource } = await setUp(0);
  await commit(1);
  await store.sources.remove(source);
  await tend();
  expect(await keysOfSource()).toEqual([]);
  expect(await store.sources.removedIds()).toEqual([]);
  const [summary] = await lanes.summarize(['sub_a']);
  expect(summary?.counts).toMatchObject({ pending: 0, expired: 1 });
});

test('a source that comes back under its id, before or after its log is empty, delivers its new events', async () => {
  const { tend, commit, waiting, document } = await setUp();
  const refs = [await commit(1)];
  await store.sources.remove(source);
  await tend();
  await store.sources.create(document);
  refs.push(await commit(2));
  await tend();
  expect(await waiting()).toEqual(refs);
  await store.sources.remove(source);
  await eventLog.trim(source, 1, 0, 10);
  await tend();
  await store.sources.create(document);
  const newest = await commit(3);
  await tend();
  // The other two went with the log.
  expect(await waiting()).toEqual([newest]);
});
