import { expect, test } from 'vitest';
import { refOf } from '#domain/delivery.ts';
import type { SubscriptionId } from '#domain/subscription.ts';
import type { SendResult } from '#webhook/send.ts';
import { answered, unanswered } from '../../support/answers.ts';
import { setUpLane } from '../../support/lane.ts';
import { readHealth } from '../../support/lane-health.ts';
import { makeEvent, openConnection, openStore } from '../../support/stage.ts';

const connection = await openConnection();
const store = openStore(connection);
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** A lane whose subscriber answers as `say` holds, and that gave no answer to the first attempt of each delivery. */
async function deadLane(events = 5) {
  const say: { answer: SendResult } = { answer: unanswered('timeout') };
  const lane = await setUpLane(store, {
    events,
    schedule: [hourMs, 10 * hourMs],
    wrap: { sender: { send: async () => say.answer } },
  });
  const attempts = async () => (await lane.list()).map((delivery) => delivery.attempts.length);
  await lane.drain();
  return { ...lane, say, attempts };
}

test('of a subscriber that could not be reached and now answers errors, the others still use up no attempts', async () => {
  const { drain, clock, say, attempts } = await deadLane(8);
  expect(await attempts()).toEqual(Array(8).fill(1));
  say.answer = answered(503);
  clock.nowMs += 2 * hourMs;
  await drain('probe');
  clock.nowMs += minuteMs;
  await drain('probe');
  expect((await attempts()).sort()).toEqual([...Array(7).fill(1), 2]);
});

test('a subscriber that is back is noticed within five minutes, whatever its schedule says', async () => {
  const { drain, clock, say, summary } = await deadLane();
  const nextDueMs = clock.nowMs + 5 * minuteMs;
  expect(await drain('probe')).toEqual({ kind: 'idle', failing: true, nextDueMs });
  clock.nowMs = nextDueMs;
  say.answer = answered(200);
  expect(await drain('probe')).toMatchObject({ kind: 'idle', failing: false });
  expect((await summary())?.counts).toMatchObject({ delivered: 1, retrying: 4 });
});

test('probes before their time are shown, but do not count in the schedule', async () => {
  const { drain, clock, list } = await deadLane();
  const begunMs = clock.nowMs;
  const drainAt = async (ms: number) => {
    clock.nowMs = begunMs + ms;
    await drain('probe');
    const deliveries = await list();
    return deliveries.toSorted((one, other) => other.attempts.length - one.attempts.length)[0];
  };
  for (let minutes = 5; minutes < 60; minutes += 5) await drainAt(minutes * minuteMs);
  const probe = await drainAt(hourMs - 1);
  expect(probe).toMatchObject({ status: 'retrying', nextAttemptAtMs: begunMs + hourMs });
  expect(probe?.attempts).toHaveLength(12);
  // The second of its schedule comes when it was due, the third ten hours later, and is the last.
  for (const ms of [hourMs, 6 * hourMs, 11 * hourMs - 1]) {
    expect(await drainAt(ms)).toMatchObject({ status: 'retrying' });
  }
  const ended = await drainAt(11 * hourMs);
  expect(ended).toMatchObject({ status: 'failed' });
  expect(ended?.attempts).toHaveLength(16);
});

test('an event that cannot be rendered is not tried over and over while its subscriber cannot be reached', async () => {
  const { id, drain, clock, attempts } = await deadLane();
  const broken = { format: 'template', template: '{% if %}' } as const;
  await store.subscriptions.update(id, (before) => ({ ...before, ...broken }));
  clock.nowMs += 5 * minuteMs;
  const nextDueMs = clock.nowMs + 5 * minuteMs;
  expect(await drain('probe')).toEqual({ kind: 'idle', failing: true, nextDueMs });
  expect((await attempts()).reduce((sum, count) => sum + count, 0)).toBe(6);
});

test('a test of a subscriber that cannot be reached goes out at once, and opens its lane when it succeeds', async () => {
  const { id, drain, clock, say, summary } = await deadLane();
  say.answer = answered(200);
  clock.nowMs += minuteMs;
  const event = makeEvent(99_000, 'service');
  const logId = await store.eventLog.append('service', event);
  await store.lanes.pushTest(id, refOf('service', logId, event));
  await drain('probe');
  expect((await summary())?.counts).toMatchObject({ delivered: 1 });
  expect(await readHealth(connection, id)).toMatchObject({ failures: 0, unreachable: 0 });
});

/** A drain with a request on its way while `meanwhile` happens, and what this and the next ones are answered. */
async function drainThrough(
  answers: SendResult[],
  meanwhile: (id: SubscriptionId, nowMs: number) => Promise<void>,
) {
  const begun = Promise.withResolvers<void>();
  const held = Promise.withResolvers<void>();
  let sent = 0;
  const lane = await setUpLane(store, {
    events: 3,
    maxInFlight: 1,
    wrap: {
      sender: {
        async send() {
          sent += 1;
          begun.resolve();
          await held.promise;
          return answers.shift() ?? answered(200);
        },
      },
    },
  });
  const draining = lane.drain('probe');
  await begun.promise;
  await meanwhile(lane.id, lane.clock.nowMs);
  held.resolve();
  return { ...lane, outcome: await draining, sent };
}

test('a drain that outlives a resume ends, and a 410 after it disables', async () => {
  const answers = [answered(500), answered(410)];
  const { drain, outcome, sent, summary } = await drainThrough(answers, (id, nowMs) =>
    store.lanes.resume(id, 'deliver', nowMs),
  );
  expect(outcome).toMatchObject({ kind: 'more' });
  expect(sent).toBe(1);
  await drain('probe');
  expect(await summary()).toMatchObject({ status: 'disabled', disabledReason: 'gone' });
});

test('what one address asked for is not kept for the next one', async () => {
  const answers = [answered(503, hourMs)];
  const { id, drain, outcome, summary } = await drainThrough(answers, (lane) =>
    store.lanes.readdress(lane),
  );
  expect(outcome).toMatchObject({ kind: 'more' });
  expect(await readHealth(connection, id)).toMatchObject({ failures: 0, holdUntilMs: 0 });
  await drain();
  expect((await summary())?.counts).toMatchObject({ delivered: 2, retrying: 1 });
});
