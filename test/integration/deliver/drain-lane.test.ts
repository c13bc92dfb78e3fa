import { pino } from 'pino';
import { Webhook } from 'standardwebhooks';
import { expect, test } from 'vitest';
import type { DrainOutcome } from '#deliver/drain-ports.ts';
import { refOf } from '#domain/delivery.ts';
import { answered } from '../../support/answers.ts';
import { setUpLane } from '../../support/lane.ts';
import { readHealth } from '../../support/lane-health.ts';
import { freshRedisUrl } from '../../support/redis.ts';
import { makeEvent, openConnection, openStore } from '../../support/stage.ts';
import { startSubscriber } from '../../support/subscriber.ts';

const url = await freshRedisUrl();
const connection = await openConnection(url);
const store = openStore(connection);

test('outpost (by reading), svix/svix-webhooks#2181: two drains of one lane never run beside each other, and the second leaves nothing undone', async () => {
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

test('rmyndharis/OpenWA#1402, #1614: a drain that was aborted leaves its delivery in the lane as it was', async () => {
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
  const { drain, list } = await setUpLane(store, {
    url: subscriber.url,
    wrap: {
      work: {
        ...store.laneWork,
        async record(lane, epoch, nowMs, outcomes) {
          await connection.redis.hset(`{lane:${lane}}:state`, 'epoch', `after ${epoch}`);
          return store.laneWork.record(lane, epoch, nowMs, outcomes);
        },
      },
    },
  });
  expect(await drain()).toEqual({ kind: 'nothing' });
  expect(await list()).toMatchObject([{ status: 'pending' }]);
});

test('a paused lane sends nothing but tests', async () => {
  const subscriber = await startSubscriber();
  const { id, drain, list } = await setUpLane(store, { events: 2, url: subscriber.url });
  await store.lanes.pause(id);
  const event = makeEvent(99_000, 'service');
  const logId = await store.eventLog.append('service', event);
  await store.lanes.pushTest(id, refOf('service', logId, event));
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

test('a request that hangs does not hold up the others of its lane', async () => {
  const hanging = Promise.withResolvers<void>();
  const subscriber = await startSubscriber(async (_webhook, response) => {
    if (subscriber.received.length === 1) await hanging.promise;
    response.writeHead(200).end();
  });
  const { id, drain, pushed, clock } = await setUpLane(store, { url: subscriber.url });
  const draining = drain();
  while (subscriber.received.length === 0) await new Promise(setImmediate);
  // Longer than a slice: what hangs keeps the slot anyway.
  clock.nowMs += 3000;
  const source = pushed[0]?.event.data.source ?? '';
  const event = makeEvent(99_001, source);
  const logId = await store.eventLog.append(source, event);
  const ref = refOf(source, logId, event);
  await store.lanes.push(source, 0, [{ lane: id, events: [{ logId, ref }] }]);
  await subscriber.arrived(2);
  expect(subscriber.received.at(-1)?.id).toBe(event.id);
  hanging.resolve();
  expect(await draining).toMatchObject({ kind: 'idle', failing: false });
});

test('a lane resumed after a 410 stays so, whatever comes of attempts from before', async () => {
  const slow = Promise.withResolvers<void>();
  const subscriber = await startSubscriber(async (_webhook, response) => {
    const isFirst = subscriber.received.length === 1;
    if (isFirst) await slow.promise;
    response.writeHead(isFirst ? 500 : 410).end();
  });
  const { id, drain, clock, summary } = await setUpLane(store, {
    events: 2,
    url: subscriber.url,
    maxInFlight: 2,
  });
  const draining = drain();
  while ((await summary())?.status !== 'disabled') await new Promise(setImmediate);
  await store.lanes.resume(id, 'deliver', clock.nowMs);
  slow.resolve();
  await draining;
  expect(await summary()).toMatchObject({ status: 'active', disabledReason: null });
  expect((await readHealth(connection, id)).failures).toBe(0);
});

test('a ref that lies in its lane twice is never on its way twice at once', async () => {
  let open = 0;
  let mostOpen = 0;
  const subscriber = await startSubscriber(async (_webhook, response) => {
    open += 1;
    mostOpen = Math.max(mostOpen, open);
    await new Promise(setImmediate);
    open -= 1;
    response.writeHead(200).end();
  });
  const { id, drain, pushed, summary } = await setUpLane(store, { url: subscriber.url });
  await connection.redis.rpush(`{lane:${id}}:waiting`, pushed[0]?.ref ?? '');
  await drain();
  expect(mostOpen).toBe(1);
  expect((await summary())?.counts.pending).toBe(0);
});

test('a lane that is paused while it is drained stops soon', async () => {
  const subscriber = await startSubscriber(async (_webhook, response) => {
    if (subscriber.received.length === 1) await store.lanes.pause(id);
    response.writeHead(200).end();
  });
  const { id, drain, summary } = await setUpLane(store, {
    events: 60,
    url: subscriber.url,
    maxInFlight: 1,
  });
  await drain();
  // What was claimed at first; the next claim finds the lane paused, if no recording did before.
  expect(subscriber.received.length).toBeLessThanOrEqual(50);
  expect((await summary())?.counts.pending).toBe(60 - subscriber.received.length);
});

test('outpost (by reading): what its owner changes of a subscription holds for what is sent next', async () => {
  const other = await startSubscriber();
  const renewed = `whsec_${Buffer.alloc(32, 2).toString('base64')}`;
  const subscriber = await startSubscriber(async (_webhook, response) => {
    if (subscriber.received.length === 1) {
      await store.subscriptions.update(id, (before) => ({
        ...before,
        url: other.url,
        secrets: [{ value: renewed, until: null }],
      }));
    }
    response.writeHead(200).end();
  });
  const { id, drain } = await setUpLane(store, {
    events: 120,
    url: subscriber.url,
    maxInFlight: 1,
  });
  await drain();
  // One window is under way already.
  expect(subscriber.received.length).toBeLessThanOrEqual(50);
  expect(other.received.length).toBe(120 - subscriber.received.length);
  const [{ body, headers } = { body: '', headers: {} }] = other.received;
  expect(new Webhook(renewed).verify(body, { ...headers })).toEqual(JSON.parse(body));
});

test('what was claimed for a subscription as this process knew it is not sent as it is now', async () => {
  const subscriber = await startSubscriber();
  const { id, drain } = await setUpLane(store, { events: 4, url: subscriber.url });
  await store.subscriptions.list();
  const elsewhere = openStore(await openConnection(url)).subscriptions;
  await elsewhere.update(id, (before) => ({ ...before, ratePerSecond: 0.5 }));
  const outcome = await drain();
  expect(subscriber.received).toHaveLength(1);
  expect(outcome).toMatchObject({ kind: 'idle', nextDueMs: expect.any(Number) });
});

test('a subscription that is removed while it is drained gets nothing more', async () => {
  const subscriber = await startSubscriber(async (_webhook, response) => {
    if (subscriber.received.length === 1) await store.subscriptions.remove(id);
    response.writeHead(200).end();
  });
  const { id, drain } = await setUpLane(store, {
    events: 120,
    url: subscriber.url,
    maxInFlight: 1,
  });
  expect(await drain()).toEqual({ kind: 'nothing' });
  expect(subscriber.received.length).toBeLessThanOrEqual(50);
});

test('an attempt is recorded and logged with how long its phases took', async () => {
  const lines: Record<string, unknown>[] = [];
  const log = pino({}, { write: (line) => void lines.push(JSON.parse(line)) });
  const subscriber = await startSubscriber();
  const { drain, list } = await setUpLane(store, { url: subscriber.url, wrap: { log } });
  await drain();
  const [delivery] = await list();
  const phases = { connectMs: expect.any(Number), firstByteMs: expect.any(Number) };
  expect(delivery?.attempts).toMatchObject([{ statusCode: 204, phases }]);
  expect(lines).toMatchObject([
    {
      msg: 'delivery.attempted',
      attempt_number: 1,
      connect_ms: expect.any(Number),
      first_byte_ms: expect.any(Number),
    },
  ]);
});

test('what Slack says of a failed message is told in words', async () => {
  const { drain, list } = await setUpLane(store, {
    subscription: { format: 'slack' },
    wrap: { sender: { send: async () => ({ ...answered(404), response: 'no_service' }) } },
  });
  await drain();
  const [delivery] = await list();
  expect(delivery?.attempts[0]?.message).toContain('no_service');
});
