import { expect, test } from 'vitest';
import { refOf } from '#domain/delivery.ts';
import type { PageCommit } from '#store/contacts.ts';
import { keys, sourceKeys } from '#store/keys.ts';
import { startOwnRedis } from '../../support/own-redis.ts';
import { makeEvent, makeSubscription, openConnection, openStore } from '../../support/stage.ts';

const connection = await openConnection();
const { redis } = connection;
const { contacts, eventLog, sourceLeases, subscriptions } = openStore(connection);
let sources = 0;

/** A source under lease, and what commits of it leave to the relay. */
async function leaseSource() {
  sources += 1;
  const source = `source-${sources}`;
  const grant = await sourceLeases.acquire(source);
  if (grant.kind !== 'acquired') throw new Error('The lease of a new source is free.');
  const { epoch } = grant;
  async function commit(page: Partial<PageCommit>) {
    const all = { epoch, snapshots: [], events: [], state: {}, ...page };
    const outcome = await contacts.commit(source, all);
    if (outcome.kind !== 'committed') throw new Error(`The commit was answered ${outcome.kind}.`);
    return outcome.tail;
  }
  return { source, commit };
}

const snapshot = {
  status: 'OPEN',
  sequence: 1,
  createdAtMs: 1,
  updatedAtMs: null,
  observedAtMs: 1,
  presence: 'listed',
  watched: null,
} as const;

test('a commit tells the relay what it would find: its mark, the log, and how subscriptions stand', async () => {
  await subscriptions.create(makeSubscription('sub_one'));
  const { source, commit } = await leaseSource();
  const events = [makeEvent(1, source), makeEvent(2, source)];
  const tail = await commit({
    snapshots: [{ contactId: 'adam', before: null, after: snapshot }],
    events,
  });
  const logged = await eventLog.readAfter(source, '0-0', 10);
  expect(tail).toStrictEqual({
    position: await eventLog.position(source, '0-0'),
    events: logged,
    subscriptions: await redis.get(keys.subscriptions.version),
  });
  expect(logged.map(({ event }) => event)).toEqual(events);
});

test('a log of which the relay has done its part is told of anew, in its generation', async () => {
  const { source, commit } = await leaseSource();
  await commit({ events: [makeEvent(1, source)] });
  const { end } = await eventLog.position(source, '0-0');
  await eventLog.markRelayed(source, end);
  await redis.hset(sourceKeys(source).state, 'generation', '3');
  expect(await commit({ events: [makeEvent(2, source)] })).toMatchObject({
    position: { generation: 3, relayedUpTo: end },
    events: [{ event: { id: makeEvent(2).id } }],
  });
});

test('the relay has to look itself where more waits than what was just committed', async () => {
  const { source, commit } = await leaseSource();
  await eventLog.append(source, makeEvent(1, source));
  expect(await commit({ events: [makeEvent(2, source)] })).toBeNull();
  const { end } = await eventLog.position(source, '0-0');
  await eventLog.markRelayed(source, end);
  // A log that lost what had been relayed.
  await redis.xtrim(sourceKeys(source).log, 'MAXLEN', 0);
  expect(await commit({ events: [makeEvent(3, source)] })).toBeNull();
});

test('a commit that was sent again, and one without events, leave nothing to do at once', async () => {
  const { source, commit } = await leaseSource();
  const events = [makeEvent(1, source)];
  expect(await commit({ events })).not.toBeNull();
  const { end } = await eventLog.position(source, '0-0');
  await eventLog.markRelayed(source, end);
  expect(await commit({ events })).toBeNull();
  expect(await commit({})).toBeNull();
});

test('what was just committed is delivered as it is logged, to the byte', async () => {
  const { source, commit } = await leaseSource();
  const event = makeEvent(1, source);
  const odd = { ...event, data: { ...event.data, contact: { _id: 'ü', name: 'Zoë 人 \ud800' } } };
  const tail = await commit({ events: [odd] });
  const [first] = tail?.events ?? [];
  if (first === undefined) throw new Error('The commit told of nothing.');
  const ref = refOf(source, first.logId, first.event);
  const [[, fields] = []] = await redis.xrangeBuffer(sourceKeys(source).log, '-', '+');
  expect(await eventLog.bodies([ref])).toEqual([fields?.[7]]);
});

test('where a Cluster stands behind one address, as a proxy puts it, nothing is said of subscriptions', async ({
  skip,
}) => {
  const own = await startOwnRedis({ cluster: true }, skip);
  const node = await openConnection(own.url);
  await node.redis.cluster('ADDSLOTSRANGE', 0, 16_383);
  while (!String(await node.redis.cluster('INFO')).includes('cluster_state:ok'));
  const store = openStore(node);
  const grant = await store.sourceLeases.acquire('default');
  if (grant.kind !== 'acquired') throw new Error('The lease of a new source is free.');
  const { epoch } = grant;
  const snapshots = [{ contactId: 'adam', before: null, after: snapshot }];
  const page = { epoch, snapshots, events: [makeEvent(1)], state: {} };
  const outcome = await store.contacts.commit('default', page);
  expect(outcome).toMatchObject({
    kind: 'committed',
    tail: { events: [{ event: makeEvent(1) }], subscriptions: null },
  });
  await store.lanes.create('sub_one', new Map());
  expect(await store.laneWork.acquire('sub_one')).toMatchObject({
    kind: 'acquired',
    subscriptions: null,
  });
});
