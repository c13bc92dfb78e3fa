import { expect, test } from 'vitest';
import type { Subscription } from '#domain/subscription.ts';
import { SealError } from '#store/sealed.ts';
import { openKeyedStore } from '../../support/keyed-store.ts';
import { setUpLane } from '../../support/lane.ts';
import { openConnection, openStore } from '../../support/stage.ts';
import { startSubscriber } from '../../support/subscriber.ts';

const connection = await openConnection();
const store = openStore(connection);
const { subscriptions } = store;

/**
 * A lane of three that sends one at a time. During the first request `change` is made and the lane's clock moves on, and
 * that request is answered once the lane has read of it.
 */
async function setUpSlowLane(change: (id: Subscription['id']) => Promise<unknown>) {
  const reading = Promise.withResolvers<void>();
  let isChanged = false;
  const subscriber = await startSubscriber(async (_webhook, response) => {
    if (!isChanged) {
      await change(lane.id);
      lane.clock.nowMs += 1000;
      isChanged = true;
      await reading.promise;
    }
    response.writeHead(204).end();
  });
  const get: typeof subscriptions.get = async (...args) => {
    try {
      return await subscriptions.get(...args);
    } finally {
      if (isChanged) reading.resolve();
    }
  };
  const wrap = { subscriptions: { ...subscriptions, get } };
  const lane = await setUpLane(store, { events: 3, url: subscriber.url, maxInFlight: 1, wrap });
  return { ...lane, subscriber };
}

test('what the owner of a slow lane changes holds for its next request', async () => {
  const { drain, subscriber } = await setUpSlowLane((id) =>
    subscriptions.update(id, (before) => ({ ...before, headers: { 'x-changed': 'yes' } })),
  );
  await drain();
  const sent = subscriber.received.map(({ headers }) => headers['x-changed']);
  expect(sent).toEqual([undefined, 'yes', 'yes']);
});

test('a slow lane whose subscription is removed sends nothing more', async () => {
  const { drain, subscriber } = await setUpSlowLane((id) => subscriptions.remove(id));
  expect(await drain()).toEqual({ kind: 'nothing' });
  expect(subscriber.received).toHaveLength(1);
});

test('a subscription that can no longer be read stops its lane, with what was on its way recorded', async () => {
  // As a process that was started with another key writes it.
  const newer = openKeyedStore(connection, 'new', 'old');
  const { drain, summary, subscriber } = await setUpSlowLane((id) =>
    newer.subscriptions.update(id, (before) => ({ ...before, description: 'changed' })),
  );
  await expect(drain()).rejects.toThrow(SealError);
  expect(subscriber.received).toHaveLength(1);
  expect((await summary())?.counts).toMatchObject({ delivered: 1, pending: 2 });
});
