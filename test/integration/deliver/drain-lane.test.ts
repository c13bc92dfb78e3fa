import { expect, test } from 'vitest';
import type { DrainOutcome } from '#deliver/drain-ports.ts';
import { deliveryRef } from '#domain/delivery.ts';
import { setUpLane } from '../../support/lane.ts';
import { makeEvent, openConnection, openStore } from '../../support/stage.ts';
import { startSubscriber } from '../../support/subscriber.ts';

const connection = await openConnection();
const store = openStore(connection);

test('two drains of one lane never run beside each other, and the second leaves nothing undone', async () => {
  const held = Promise.withResolvers<void>();
  const subscriber = await startSubscriber(async (_webhook, response) => {
    await held.promise;
    response.writeHead(200).end();
  });
  const { drain } = await setUpLane(store, { url: subscriber.url });
  const first = drain();
  while (subscriber.received.length === 0) await new Promise(setImmediate);
  expect(await drain()).toEqual({ kind: 'nothing' });
  held.resolve();
  expect(await first).toEqual({ kind: 'more', failing: false });
  expect(subscriber.received).toHaveLength(1);
});

test('draining a lane twice sends nothing twice', async () => {
  const subscriber = await startSubscriber();
  const { drain } = await setUpLane(store, { events: 3, url: subscriber.url });
  await drain();
  await drain();
  expect(subscriber.received).toHaveLength(3);
});

test('a drain that was aborted leaves its delivery in the lane as it was', async () => {
  const abort = new AbortController();
  const subscriber = await startSubscriber(() => abort.abort());
  const { drain, list } = await setUpLane(store, { url: subscriber.url });
  const never = new AbortController().signal;
  const outcome: DrainOutcome = await drain('drain', { stopping: never, abort: abort.signal });
  expect(outcome).toEqual({ kind: 'more', failing: false });
  expect(await list()).toMatchObject([{ status: 'pending', attempts: [] }]);
});

test('a drain whose lane was taken over records nothing', async () => {
  const subscriber = await startSubscriber();
  const { id, drain, list } = await setUpLane(store, {
    url: subscriber.url,
    wrap: {
      work: {
        ...store.laneWork,
        async record(lane, epoch, nowMs, outcomes) {
          await connection.redis.hset(`{lane:${lane}}:state`, 'epoch', String(Number(epoch) + 1));
          return store.laneWork.record(lane, epoch, nowMs, outcomes);
        },
      },
    },
  });
  await expect(drain()).rejects.toThrow(`Another drain has taken over the lane of ${id}.`);
  expect(await list()).toMatchObject([{ status: 'pending' }]);
});

test('a paused lane sends nothing but tests', async () => {
  const subscriber = await startSubscriber();
  const { id, drain, list } = await setUpLane(store, { events: 2, url: subscriber.url });
  await store.lanes.pause(id);
  const event = makeEvent(99_000, 'service');
  const logId = await store.eventLog.append('service', event);
  await store.lanes.pushTest(id, deliveryRef('service', logId, event.id));
  expect(await drain()).toMatchObject({ kind: 'idle' });
  expect(subscriber.received.map((webhook) => webhook.id)).toEqual([event.id]);
  expect((await list()).map(({ status }) => status).sort()).toEqual([
    'delivered',
    'pending',
    'pending',
  ]);
});

test('an event that outlived the retention makes its delivery expired, and counts', async () => {
  const subscriber = await startSubscriber();
  const { drain, pushed, summary } = await setUpLane(store, { events: 2, url: subscriber.url });
  const source = pushed[0]?.event.data.source ?? '';
  await store.eventLog.trim(source, 1, 1, 100);
  expect(await drain()).toMatchObject({ kind: 'idle' });
  expect(subscriber.received).toHaveLength(1);
  expect((await summary())?.counts).toMatchObject({ delivered: 1, expired: 1 });
});
