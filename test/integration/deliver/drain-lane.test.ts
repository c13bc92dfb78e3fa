import { Webhook } from 'standardwebhooks';
import { expect, test } from 'vitest';
import { createDrainLane } from '#deliver/drain-lane.ts';
import type { DrainOutcome, DrainPorts } from '#deliver/drain-ports.ts';
import { deliveryRef } from '#domain/delivery.ts';
import type { SubscriptionId } from '#domain/subscription.ts';
import { createAddressGuard } from '#webhook/address-guard.ts';
import { createSender } from '#webhook/send.ts';
import {
  makeEvent,
  makeSubscription,
  openConnection,
  openStore,
  secret,
  silentLog,
  subscribe,
} from '../../support/stage.ts';
import { startSubscriber } from '../../support/subscriber.ts';

const connection = await openConnection();
const store = openStore(connection);
const guard = createAddressGuard(['127.0.0.0/8']);
let lanes = 0;

/** A lane with so many events waiting, and a drain of it whose clock stands still until it is moved. */
async function setUp(
  options: {
    events?: number;
    url?: string;
    maxInFlight?: number;
    schedule?: number[];
    wrap?: Partial<DrainPorts>;
  } = {},
) {
  lanes += 1;
  const id: SubscriptionId = `sub_${lanes}`;
  const {
    events = 1,
    url = 'http://127.0.0.1:9/',
    maxInFlight = 8,
    schedule = [1000, 1000],
  } = options;
  await subscribe(store, makeSubscription(id, { url, maxInFlight }));
  const clock = { nowMs: Date.parse('2026-06-12T10:00:00Z') };
  const source = `source-${lanes}`;
  const pushed = [];
  for (let number = 1; number <= events; number += 1) {
    const event = makeEvent(lanes * 1000 + number, source);
    const logId = await store.eventLog.append(source, event);
    pushed.push({ logId, ref: deliveryRef(source, logId, event.id), event });
  }
  await store.lanes.push(source, 0, [{ lane: id, events: pushed }]);
  const now = () => clock.nowMs;
  const sender = createSender({ guard, timeoutMs: 2000, now: Date.now, userAgent: 'test' });
  const drainLane = createDrainLane({
    ...store,
    work: store.laneWork,
    sender,
    retryScheduleMs: schedule,
    now,
    random: () => 0.5,
    onAttempt: () => {},
    log: silentLog,
    ...options.wrap,
  });
  const never = new AbortController().signal;
  const drain = (mode: 'drain' | 'probe' = 'drain', signals = { stopping: never, abort: never }) =>
    drainLane(id, mode, signals);
  const list = async () => (await store.deliveries.list(id, null, null, 200)).deliveries;
  const summary = async () => (await store.lanes.summarize([id]))[0];
  return { id, clock, pushed, drain, list, summary, sender };
}

test('a drain sends everything that waits, in order, signed so that the reference library verifies it', async () => {
  const subscriber = await startSubscriber();
  const { drain, pushed, summary } = await setUp({
    events: 5,
    url: subscriber.url,
    maxInFlight: 1,
  });
  expect(await drain()).toEqual({ kind: 'idle', failing: false, nextDueMs: null });
  expect(subscriber.received.map(({ id }) => id)).toEqual(pushed.map(({ event }) => event.id));
  for (const { body, headers } of subscriber.received) {
    expect(new Webhook(secret).verify(body, headers)).toEqual(JSON.parse(body));
  }
  expect((await summary())?.counts).toMatchObject({ pending: 0, retrying: 0, delivered: 5 });
});

test('a drain keeps no more than maxInFlight deliveries on their way', async () => {
  const waiting: (() => void)[] = [];
  const subscriber = await startSubscriber((_webhook, response) => {
    waiting.push(() => response.writeHead(200).end());
    if (waiting.length === 3) for (const answer of waiting.splice(0)) answer();
  });
  const { drain } = await setUp({ events: 9, url: subscriber.url, maxInFlight: 3 });
  expect(await drain()).toMatchObject({ kind: 'idle' });
  expect(subscriber.mostOpen).toBe(3);
  expect(subscriber.received).toHaveLength(9);
});

test('a failed attempt is retried when it is due, and not before', async () => {
  const subscriber = await startSubscriber((_webhook, response, attempt) => {
    response.writeHead(attempt === 1 ? 500 : 200).end('so be it');
  });
  const { drain, clock, list } = await setUp({ url: subscriber.url });
  const dueMs = clock.nowMs + 1000;
  expect(await drain()).toEqual({ kind: 'more', failing: true });
  expect(await drain('probe')).toEqual({ kind: 'idle', failing: true, nextDueMs: dueMs });
  expect(await list()).toMatchObject([
    {
      status: 'retrying',
      nextAttemptAtMs: dueMs,
      attempts: [{ statusCode: 500, response: 'so be it' }],
    },
  ]);
  clock.nowMs = dueMs;
  expect(await drain('probe')).toEqual({ kind: 'idle', failing: false, nextDueMs: null });
  expect(await list()).toMatchObject([
    { status: 'delivered', attempts: [{ statusCode: 500 }, { statusCode: 200 }] },
  ]);
});

test('a delivery whose schedule is used up is failed and kept', async () => {
  const subscriber = await startSubscriber((_webhook, response) => {
    response.writeHead(503).end();
  });
  const { drain, clock, list } = await setUp({ url: subscriber.url, schedule: [1000] });
  await drain('probe');
  clock.nowMs += 1000;
  expect(await drain('probe')).toEqual({ kind: 'idle', failing: true, nextDueMs: null });
  const [delivery] = await list();
  expect(delivery).toMatchObject({ status: 'failed', nextAttemptAtMs: null });
  expect(delivery?.attempts).toHaveLength(2);
});

test('410 disables the subscription, and its events wait', async () => {
  const subscriber = await startSubscriber((_webhook, response) => {
    response.writeHead(410).end();
  });
  const { id, drain, clock, summary } = await setUp({
    events: 3,
    url: subscriber.url,
    maxInFlight: 1,
  });
  await drain();
  expect(subscriber.received).toHaveLength(1);
  const disabled = await summary();
  expect(disabled).toMatchObject({ status: 'disabled', disabledReason: 'gone' });
  expect(disabled?.counts).toMatchObject({ pending: 2, retrying: 1 });
  expect(await drain('probe')).toMatchObject({ kind: 'idle' });
  expect(subscriber.received).toHaveLength(1);
  await store.lanes.resume(id, 'deliver', clock.nowMs);
  await drain();
  expect(subscriber.received).toHaveLength(2);
});

test('Retry-After holds back the whole lane', async () => {
  let requests = 0;
  const subscriber = await startSubscriber((_webhook, response) => {
    requests += 1;
    response.writeHead(requests === 1 ? 429 : 200, { 'retry-after': '60' }).end();
  });
  const { drain, clock } = await setUp({ events: 2, url: subscriber.url, maxInFlight: 1 });
  await drain();
  const heldUntilMs = clock.nowMs + 60_000;
  expect(await drain('probe')).toEqual({ kind: 'idle', failing: true, nextDueMs: heldUntilMs });
  expect(subscriber.received).toHaveLength(1);
  clock.nowMs = heldUntilMs;
  await drain('probe');
  expect(await drain()).toMatchObject({ kind: 'idle', failing: false });
  expect(subscriber.received).toHaveLength(3);
});

test('after five attempts in a row without an answer only one delivery is tried', async () => {
  const { drain, clock, list } = await setUp({ events: 8, schedule: Array(30).fill(1000) });
  for (let round = 0; round < 12; round += 1) {
    await drain('probe');
    clock.nowMs += 1200;
  }
  const deliveries = await list();
  const attempts = deliveries.map((delivery) => delivery.attempts.length).sort();
  const tried = attempts.filter((count) => count > 1);
  expect(tried).toHaveLength(1);
  expect(attempts.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(10);
});

test('two drains of one lane never run beside each other, and the second leaves nothing undone', async () => {
  const held = Promise.withResolvers<void>();
  const subscriber = await startSubscriber(async (_webhook, response) => {
    await held.promise;
    response.writeHead(200).end();
  });
  const { drain } = await setUp({ url: subscriber.url });
  const first = drain();
  while (subscriber.received.length === 0) await new Promise(setImmediate);
  expect(await drain()).toEqual({ kind: 'nothing' });
  held.resolve();
  expect(await first).toEqual({ kind: 'more', failing: false });
  expect(subscriber.received).toHaveLength(1);
});

test('draining a lane twice sends nothing twice', async () => {
  const subscriber = await startSubscriber();
  const { drain } = await setUp({ events: 3, url: subscriber.url });
  await drain();
  await drain();
  expect(subscriber.received).toHaveLength(3);
});

test('a drain that was aborted leaves its delivery in the lane as it was', async () => {
  const abort = new AbortController();
  const subscriber = await startSubscriber(() => abort.abort());
  const { drain, list } = await setUp({ url: subscriber.url });
  const never = new AbortController().signal;
  const outcome: DrainOutcome = await drain('drain', { stopping: never, abort: abort.signal });
  expect(outcome).toEqual({ kind: 'more', failing: false });
  expect(await list()).toMatchObject([{ status: 'pending', attempts: [] }]);
});

test('a drain whose lane was taken over records nothing', async () => {
  const subscriber = await startSubscriber();
  const { id, drain, list } = await setUp({
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
  const { id, drain, list } = await setUp({ events: 2, url: subscriber.url });
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
  const { drain, pushed, summary } = await setUp({ events: 2, url: subscriber.url });
  const source = pushed[0]?.event.data.source ?? '';
  await store.eventLog.trim(source, 1, 1, 100);
  expect(await drain()).toMatchObject({ kind: 'idle' });
  expect(subscriber.received).toHaveLength(1);
  expect((await summary())?.counts).toMatchObject({ delivered: 1, expired: 1 });
});
