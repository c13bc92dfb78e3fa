import { expect, test } from 'vitest';
import { createTend } from '#relay/tend.ts';
import { laneKeys } from '#store/keys.ts';
import type { Subscriptions } from '#store/subscriptions.ts';
import { setUpLane } from '../../support/lane.ts';
import { openConnection, openStore, silentLog } from '../../support/stage.ts';
import { startSubscriber } from '../../support/subscriber.ts';

const connection = await openConnection();
const store = openStore(connection);

/** As the service does between drains, with no logs to relay. */
const tend = createTend({
  ...store,
  relay: async () => 0,
  logIds: async () => [],
  wake: async () => {},
  onExpired: () => {},
  retention: { retentionMs: 1_000_000_000_000, retentionMax: 1000 },
  now: Date.now,
  log: silentLog,
});

/** A lane of a hook whose platform answers with this status, once it is asked; after `first`, if that is given. */
async function hookAnswering(
  status: number,
  wrap: Parameters<typeof setUpLane>[1] = {},
  first = status,
) {
  let next = first;
  const subscriber = await startSubscriber((_webhook, response) => {
    response.writeHead(next).end();
    next = status;
  });
  const lane = await setUpLane(store, {
    events: 3,
    url: subscriber.url,
    maxInFlight: 1,
    subscription: { hook: true },
    ...wrap,
  });
  return { ...lane, subscriber };
}

async function announcedOf(id: string) {
  const logged = await store.eventLog.readAfter('service', '0-0', 1000);
  return logged.map(({ event }) => event).filter(({ data }) => data.subscription === id);
}

test('a hook that answers 410 is announced as gone, and removed with all that waits for it', async () => {
  const { id, drain, subscriber } = await hookAnswering(410);
  await drain();
  // What is announced is what a drain finds after it was recorded.
  await drain('probe');
  expect(subscriber.received).toHaveLength(1);
  expect(await store.subscriptions.get(id)).toBeNull();
  expect(await announcedOf(id)).toMatchObject([
    { type: 'subscription.disabled', data: { reason: 'gone' } },
  ]);
  await tend(new AbortController().signal);
  expect(await connection.redis.exists(...Object.values(laneKeys(id)))).toBe(0);
  expect(await store.subscriptions.leaving()).toEqual([]);
});

test('a drain that dies before a gone hook is removed leaves it to the next', async () => {
  const dying: Subscriptions = {
    ...store.subscriptions,
    remove: () => Promise.reject(new Error('Redis is away.')),
  };
  const { id, drain } = await hookAnswering(410, { wrap: { subscriptions: dying } });
  await drain();
  await expect(drain('probe')).rejects.toThrow('Redis is away.');
  expect(await store.lanes.summarize([id])).toMatchObject([{ status: 'disabled' }]);
  expect(await store.lanes.tend([id], Date.now(), 0)).toMatchObject([{ lane: id }]);

  dying.remove = store.subscriptions.remove;
  await drain('probe');
  expect(await store.subscriptions.get(id)).toBeNull();
  expect(await announcedOf(id)).toHaveLength(1);
});

test.each([404, 500])('a hook that answers %i stays, and is tried again', async (status) => {
  const { id, drain, summary } = await hookAnswering(status);
  await drain();
  expect(await store.subscriptions.get(id)).toMatchObject({ hook: true });
  expect(await summary()).toMatchObject({ status: 'active', counts: { retrying: 1 } });
});

test('a subscription that is no hook is kept when it answers 410', async () => {
  const { id, drain } = await hookAnswering(410, { subscription: {} });
  await drain();
  await drain('probe');
  expect(await store.subscriptions.get(id)).toMatchObject({ id });
  expect(await announcedOf(id)).toHaveLength(1);
});

test('a hook that was subscribed again right after its 410 is announced, and stays', async () => {
  const { id, drain, summary } = await hookAnswering(200, {}, 410);
  await drain();
  await store.lanes.resume(id, 'deliver', Date.now());
  await drain();
  expect(await announcedOf(id)).toHaveLength(1);
  expect(await store.subscriptions.get(id)).toMatchObject({ id });
  expect(await summary()).toMatchObject({ status: 'active', counts: { delivered: 3 } });
});
