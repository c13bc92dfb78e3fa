import { Webhook } from 'standardwebhooks';
import { expect, test } from 'vitest';
import { answered } from '../../support/answers.ts';
import { setUpLane } from '../../support/lane.ts';
import { openConnection, openStore, secret } from '../../support/stage.ts';
import { startSubscriber } from '../../support/subscriber.ts';

const connection = await openConnection();
const store = openStore(connection);

test('a drain sends everything that waits, in order, signed so that the reference library verifies it', async () => {
  const subscriber = await startSubscriber();
  const { drain, pushed, summary } = await setUpLane(store, {
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

test('outpost (by reading): a drain keeps no more than maxInFlight deliveries on their way', async () => {
  const waiting: (() => void)[] = [];
  const subscriber = await startSubscriber((_webhook, response) => {
    waiting.push(() => response.writeHead(200).end());
    if (waiting.length === 3) for (const answer of waiting.splice(0)) answer();
  });
  const { drain } = await setUpLane(store, { events: 9, url: subscriber.url, maxInFlight: 3 });
  expect(await drain()).toMatchObject({ kind: 'idle' });
  expect(subscriber.mostOpen).toBe(3);
  expect(subscriber.received).toHaveLength(9);
});

test('a failed attempt is retried when it is due, and not before', async () => {
  const subscriber = await startSubscriber((_webhook, response, attempt) => {
    response.writeHead(attempt === 1 ? 500 : 200).end('so be it');
  });
  const { drain, clock, list } = await setUpLane(store, { url: subscriber.url });
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

test('frain-dev/convoy#1833: a delivery whose schedule is used up is failed and kept', async () => {
  const subscriber = await startSubscriber((_webhook, response) => {
    response.writeHead(503).end();
  });
  const { drain, clock, list } = await setUpLane(store, { url: subscriber.url, schedule: [1000] });
  await drain('probe');
  clock.nowMs += 1000;
  expect(await drain('probe')).toEqual({ kind: 'idle', failing: true, nextDueMs: null });
  const [delivery] = await list();
  expect(delivery).toMatchObject({ status: 'failed', nextAttemptAtMs: null });
  expect(delivery?.attempts).toHaveLength(2);
});

test('outpost, svix, convoy, hook0 (by reading): 410 disables the subscription, and its events wait', async () => {
  const subscriber = await startSubscriber((_webhook, response) => {
    response.writeHead(410).end();
  });
  const { id, drain, clock, summary } = await setUpLane(store, {
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

test('outpost, svix, convoy, hook0 (by reading): Retry-After holds back the whole lane', async () => {
  let requests = 0;
  const subscriber = await startSubscriber((_webhook, response) => {
    requests += 1;
    response.writeHead(requests === 1 ? 429 : 200, { 'retry-after': '60' }).end();
  });
  const { drain, clock } = await setUpLane(store, {
    events: 2,
    url: subscriber.url,
    maxInFlight: 1,
  });
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
  const { drain, clock, list } = await setUpLane(store, {
    events: 8,
    schedule: Array(30).fill(1000),
  });
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

test('a probe that is asked to wait tries nothing else, and the delivery is due after the wait', async () => {
  const subscriber = await startSubscriber((_webhook, response) => {
    response.writeHead(503, { 'retry-after': '60' }).end();
  });
  const { drain, clock, list } = await setUpLane(store, {
    events: 2,
    url: subscriber.url,
    maxInFlight: 1,
  });
  await drain('probe');
  expect(subscriber.received).toHaveLength(1);
  const retrying = (await list()).find(({ status }) => status === 'retrying');
  expect(retrying?.nextAttemptAtMs).toBe(clock.nowMs + 60_000);
});

test.each([
  ['https://new.example/hooks/s3cret?token=1', 'to an address at https://new.example.'],
  ['//new.example:8443/s3cret', 'to an address at http://new.example:8443.'],
  ['/elsewhere/s3cret', 'only what follows the origin differs'],
  ['ftp://new.example/s3cret', 'to the address it redirects to.'],
  ['https://', 'to the address it redirects to.'],
  [null, 'to the address it redirects to.'],
])('a redirect to %s is a failed attempt that says no more than where', async (location, words) => {
  const { drain, list } = await setUpLane(store, {
    wrap: { sender: { send: async () => ({ ...answered(307), location }) } },
  });
  await drain();
  const [delivery] = await list();
  expect(delivery).toMatchObject({ status: 'retrying', attempts: [{ statusCode: 307 }] });
  expect(delivery?.attempts[0]?.message).toContain(words);
  expect(JSON.stringify(delivery)).not.toContain('s3cret');
});
