import { expect, test } from 'vitest';
import { parseDeliveryRef, refOf } from '#domain/delivery.ts';
import { createRelay } from '#relay/relay-log.ts';
import type { LogTail } from '#store/event-log.ts';
import { keys, sourceKeys } from '#store/keys.ts';
import { msOfLogId } from '#store/log-id.ts';
import { connection, relaying, store } from '../../support/relaying.ts';
import { makeEvent, makeSubscription, openStore } from '../../support/stage.ts';

const { redis } = connection;
const { eventLog, lanes } = store;

test('every event goes to every lane that wants it, once and in order, over many batches', async () => {
  const { subscribe, commit, relay, waiting, woken } = relaying();
  const all = await subscribe('all');
  const changes = await subscribe('changes', { events: ['contact.status_changed'] });
  const nothing = await subscribe('nothing', { sources: ['another'] });
  const created = await commit(130);
  const changed = await commit(125, { type: 'contact.status_changed' });
  expect(await relay()).toBe(255);
  expect(await waiting(all)).toEqual([...created, ...changed]);
  expect(await waiting(changes)).toEqual(changed);
  expect(await waiting(nothing)).toEqual([]);
  expect(new Set(woken.map(({ lane }) => lane))).toEqual(new Set([all, changes]));
});

test('svix/svix-webhooks#2058: a subscription with a filter gets what matches it, and one whose filter cannot be read keeps nobody waiting', async () => {
  const { source, subscribe, commit, relay, waiting } = relaying();
  const filter = { 'contact.tags': { $in: ['vip'] }, reason: { $not: { $regex: '(?i)IMPORT' } } };
  const filtered = await subscribe('filtered', { filter });
  const unread = await subscribe('unread', { filter: { reason: { $newer: 1 } } });
  const all = await subscribe('all');
  const data = (tags: string[], reason: 'new' | 'imported') => ({
    data: { source, contact: { tags }, reason },
  });
  const vip = await commit(2, data(['gold', 'vip'], 'new'));
  const others = [
    ...(await commit(2, data(['gold'], 'new'))),
    ...(await commit(1, data(['vip'], 'imported'))),
  ];
  await relay();
  expect(await waiting(filtered)).toEqual(vip);
  expect(await waiting(unread)).toEqual([]);
  expect(await waiting(all)).toEqual([...vip, ...others]);
});

test('relaying a log twice gives no lane anything twice', async () => {
  const { source, subscribe, commit, relay, waiting, woken } = relaying();
  const id = await subscribe('a');
  const refs = await commit(3);
  await relay();
  expect(await relay()).toBe(0);
  // A mark that went back, as a failover can leave it.
  await connection.redis.hset(`{source:${source}}:state`, 'relayedUpTo', '0-0');
  woken.length = 0;
  expect(await relay()).toBe(3);
  expect(await waiting(id)).toEqual(refs);
  expect(woken).toEqual([]);
});

test('the slower of two relays does not move the mark back', async () => {
  const { source, subscribe, commit, relay } = relaying();
  await subscribe('a');
  await commit(3);
  await relay();
  await eventLog.markRelayed(source, '1-0');
  expect(await relay()).toBe(0);
});

test('a relay that was aborted between push and mark is finished by the next, and nothing comes twice', async () => {
  const { subscribe, commit, relay, waiting } = relaying();
  const id = await subscribe('a');
  const refs = await commit(2);
  const markRelayed = () => Promise.reject(new Error('killed before the mark'));
  await expect(relay({ eventLog: { ...eventLog, markRelayed } })).rejects.toThrow('killed');
  const more = await commit(1);
  expect(await relay()).toBe(3);
  expect(await waiting(id)).toEqual([...refs, ...more]);
});

test('svix (by reading): a relay that was aborted between two lanes gives the other its events, and the first none twice', async () => {
  const { subscribe, commit, relay, waiting } = relaying();
  const [first, second] = [await subscribe('a'), await subscribe('b')];
  const refs = await commit(3);
  const push: typeof lanes.push = async (source, generation, pushes) => {
    const toFirst = pushes.filter(({ lane }) => lane === first);
    await lanes.push(source, generation, toFirst);
    throw new Error('killed between two lanes');
  };
  await expect(relay({ lanes: { push } })).rejects.toThrow('killed');
  expect([await waiting(first), await waiting(second)]).toEqual([refs, []]);
  await relay();
  expect([await waiting(first), await waiting(second)]).toEqual([refs, refs]);
});

test('textbee/textbee#111: a relay that was aborted before the wake leaves due work that a tend finds', async () => {
  const { subscribe, commit, relay } = relaying();
  const id = await subscribe('a');
  await commit(1);
  const wake = () => Promise.reject(new Error('killed before the wake'));
  await expect(relay({ wake })).rejects.toThrow('killed');
  expect(await lanes.tend([id], 1, 0)).toEqual([{ lane: id, failing: false }]);
});

test('frain-dev/convoy#2747: many relays at once give every lane every event once and in order', async () => {
  const { subscribe, commit, relay, waiting } = relaying();
  const ids = [await subscribe('a'), await subscribe('b')];
  const refs = await commit(250);
  const relays = Array.from({ length: 5 }, () => relay());
  const late = await commit(120);
  await Promise.all(relays);
  await relay();
  for (const id of ids) expect(await waiting(id)).toEqual([...refs, ...late]);
});

test('hook0 (by its changelog): who subscribes gets what is committed afterwards, also where earlier events are still to be relayed', async () => {
  const { subscribe, commit, relay, waiting } = relaying();
  const early = await subscribe('early');
  const before = await commit(3);
  const late = await subscribe('late');
  const after = await commit(2);
  await relay();
  expect(await waiting(early)).toEqual([...before, ...after]);
  expect(await waiting(late)).toEqual(after);
});

test('who unsubscribes meanwhile gets nothing, and the others get all', async () => {
  const { subscribe, commit, relay, waiting } = relaying();
  const [gone, stays] = [await subscribe('gone'), await subscribe('stays')];
  const refs = await commit(1);
  const list = async () => {
    const all = await store.subscriptions.list();
    await store.subscriptions.remove(gone);
    await lanes.remove(gone);
    return all;
  };
  await relay({ subscriptions: { list } });
  expect(await waiting(stays)).toEqual(refs);
  expect(await redis.keys(`{lane:${gone}}:*`)).toEqual([]);
});

test('what is committed while a relay runs is relayed by it or by the next', async () => {
  const { source, subscribe, commit, relay, waiting } = relaying();
  const id = await subscribe('a');
  const refs = await commit(1);
  const readAfter: typeof eventLog.readAfter = async (...args) => {
    const batch = await eventLog.readAfter(...args);
    refs.push(...(await commit(1)));
    return batch;
  };
  await relay({ eventLog: { ...eventLog, readAfter } });
  await relay();
  expect(await waiting(id)).toEqual(refs);
  expect((await eventLog.position(source, '0-0')).relayedUpTo).toBe(refs.at(-1)?.split(' ')[1]);
});

test('a mark in a log that was trimmed from under it is no obstacle', async () => {
  const { source, subscribe, commit, relay, waiting } = relaying();
  const id = await subscribe('a');
  await commit(3);
  await eventLog.trim(source, Date.now() + 60_000, 10, 10);
  expect(await relay()).toBe(0);
  const refs = await commit(1);
  expect(await relay()).toBe(1);
  expect(await waiting(id)).toEqual(refs);
  expect(await redis.xlen(sourceKeys(source).log)).toBe(1);
});

test('each batch is told with when its oldest event was committed, and a log without news is not', async () => {
  const { subscribe, commit, ports, source } = relaying();
  await subscribe('a');
  const refs = await commit(101);
  const told: [events: number, committedAtMs: number][] = [];
  const onRelayed = (...batch: [number, number]) => void told.push(batch);
  const relay = createRelay(ports({ onRelayed }));
  await relay(source);
  await relay(source);
  const atMs = (ref = '') => msOfLogId(parseDeliveryRef(ref).logId);
  expect(told).toEqual([
    [100, atMs(refs[0])],
    [1, atMs(refs[100])],
  ]);
});

test('what a commit tells is relayed without a look at the log, to whoever had subscribed by then', async () => {
  const { source, subscribe, ports, waiting } = relaying();
  const never = async () => {
    throw new Error('There is nothing to look at.');
  };
  const relay = createRelay(
    ports({ eventLog: { ...eventLog, position: never, readAfter: never } }),
  );
  const first = await subscribe('first');
  // As this process knows them, before the next one subscribes elsewhere.
  await store.subscriptions.list();
  await openStore(connection).subscriptions.create(
    makeSubscription('sub_late', { sources: [source] }),
  );
  await lanes.create('sub_late', new Map());
  const event = makeEvent(1, source);
  const logId = await eventLog.append(source, event);
  const tail: LogTail = {
    position: { generation: 0, relayedUpTo: '0-0', end: logId },
    events: [{ logId, event }],
    subscriptions: await redis.get(keys.subscriptions.version),
  };
  expect(await relay(source, tail)).toBe(1);
  const ref = refOf(source, logId, event);
  expect(await Promise.all([waiting(first), waiting('sub_late')])).toEqual([[ref], [ref]]);
  expect(await eventLog.position(source, '0-0')).toMatchObject({ relayedUpTo: logId });
});

test('what was told of a log that has lost its tail since is looked up again', async () => {
  const { source, subscribe, commit, ports, waiting } = relaying();
  const id = await subscribe('a');
  await commit(2);
  const relay = createRelay(ports());
  await relay(source);
  await redis.del(sourceKeys(source).log);
  await redis.hdel(sourceKeys(source).state, 'relayedUpTo');
  const event = makeEvent(1, source);
  await redis.xadd(
    sourceKeys(source).log,
    '1-1',
    'id',
    event.id,
    'type',
    event.type,
    'contact',
    '',
    'body',
    JSON.stringify(event),
  );
  const position = { generation: 0, relayedUpTo: '0-0', end: '1-1' };
  await relay(source, { position, events: [{ logId: '1-1', event }], subscriptions: null });
  expect(await waiting(id)).toHaveLength(3);
});
