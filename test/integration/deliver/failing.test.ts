import { expect, test } from 'vitest';
import type { DrainPorts } from '#deliver/drain-ports.ts';
import type { ChangeEvent } from '#domain/change-event.ts';
import { laneKeys } from '#store/keys.ts';
import type { SendResult } from '#webhook/send.ts';
import { answered, unanswered } from '../../support/answers.ts';
import { setUpLane } from '../../support/lane.ts';
import { readHealth } from '../../support/lane-health.ts';
import { openConnection, openStore } from '../../support/stage.ts';

const connection = await openConnection();
const store = openStore(connection);
const hourMs = 3_600_000;

/** A lane whose subscriber answers as `say` holds, and what operators were told of it. */
async function failingLane(
  options: { events?: number; everyMs?: number; wrap?: Partial<DrainPorts> } = {},
) {
  const { events = 1, everyMs = 6 * hourMs, wrap = {} } = options;
  const say: { answer: SendResult } = { answer: answered(500) };
  const told: string[] = [];
  const relayed: string[] = [];
  const lane = await setUpLane(store, {
    events,
    schedule: Array(200).fill(everyMs),
    wrap: {
      sender: { send: async () => say.answer },
      onSubscriptionEvent: (type) => told.push(type),
      relaySoon: (sourceId) => relayed.push(sourceId),
      ...wrap,
    },
  });
  /** Once more whenever its retries are due. */
  const tryTimes = async (times: number) => {
    for (let time = 0; time < times; time += 1) {
      await lane.drain('probe');
      lane.clock.nowMs += everyMs;
    }
  };
  const announced = async (): Promise<ChangeEvent[]> => {
    const logged = await store.eventLog.readAfter('service', '0-0', 1000);
    return logged.map(({ event }) => event).filter(({ data }) => data.subscription === lane.id);
  };
  return { ...lane, say, told, relayed, tryTimes, announced };
}

test('hookdeck/outpost#596, hook0 (by reading): operators are warned half way and three quarters of the way, and told when it is disabled', async () => {
  const { id, clock, tryTimes, announced, told, relayed, summary } = await failingLane();
  const failingSince = new Date(clock.nowMs).toISOString();
  // Twenty failures come soonest after 19 x 6 hours, five days after one more.
  await tryTimes(20);
  expect(await summary()).toMatchObject({ status: 'active' });
  await tryTimes(2);
  expect(await summary()).toMatchObject({ status: 'disabled', disabledReason: 'failing' });
  // What is announced is what a drain finds after it was recorded.
  const events = await announced();
  expect(events.map(({ type, data }) => [type, data.percent ?? data.reason])).toEqual([
    ['subscription.failing', 50],
    ['subscription.failing', 75],
    ['subscription.disabled', 'failing'],
  ]);
  for (const { data } of events) {
    expect(data).toMatchObject({ source: 'service', subscription: id, failingSince });
  }
  expect(told).toEqual(events.map(({ type }) => type));
  expect(relayed).toEqual(['service', 'service', 'service']);
});

test('nothing is lost of a subscription that was disabled, and a resume clears the past', async () => {
  const { id, clock, say, tryTimes, announced, summary } = await failingLane({ events: 3 });
  await tryTimes(22);
  expect(await summary()).toMatchObject({ status: 'disabled', counts: { retrying: 3 } });
  await store.lanes.resume(id, 'deliver', clock.nowMs);
  await tryTimes(1);
  expect(await summary()).toMatchObject({ status: 'active' });
  say.answer = answered(200);
  await tryTimes(1);
  expect(await summary()).toMatchObject({ status: 'active', counts: { delivered: 3 } });
  expect(await announced()).toHaveLength(3);
});

test('a subscription that fails again after it was resumed is warned of again', async () => {
  const { id, clock, tryTimes, announced } = await failingLane();
  await tryTimes(22);
  await store.lanes.resume(id, 'deliver', clock.nowMs);
  await tryTimes(22);
  const events = await announced();
  expect(events.map(({ data }) => data.percent ?? data.reason)).toEqual([
    ...[50, 75, 'failing'],
    ...[50, 75, 'failing'],
  ]);
  expect(new Set(events.map((event) => event.id)).size).toBe(6);
});

test('one success ends the count', async () => {
  const { id, say, tryTimes, announced } = await failingLane({ events: 2 });
  await tryTimes(9);
  expect(await readHealth(connection, id)).toMatchObject({ failures: 18 });
  say.answer = answered(200);
  await tryTimes(1);
  expect(await readHealth(connection, id)).toMatchObject({ failures: 0, failingSinceMs: 0 });
  expect(await announced()).toEqual([]);
});

test('textbee/textbee#191, #192, #195, convoy (by reading): many failures in a short time disable nothing, and neither do few in a long one', async () => {
  const busy = await failingLane({ everyMs: 60_000 });
  await busy.tryTimes(100);
  const quiet = await failingLane({ everyMs: 48 * hourMs });
  await quiet.tryTimes(9);
  for (const lane of [busy, quiet]) {
    expect(await lane.summary()).toMatchObject({ status: 'active' });
    expect(await lane.announced()).toEqual([]);
  }
});

test('outpost (by reading): failures count together however far apart they are', async () => {
  const { tryTimes, summary } = await failingLane({ everyMs: 30 * hourMs });
  await tryTimes(19);
  expect(await summary()).toMatchObject({ status: 'active' });
  await tryTimes(1);
  expect(await summary()).toMatchObject({ status: 'disabled', disabledReason: 'failing' });
});

test('hookdeck/outpost#995: operators are told of a subscription, not of each of its events', async () => {
  const { tryTimes, announced, told } = await failingLane({ events: 10 });
  await tryTimes(22);
  expect((await announced()).map(({ type }) => type)).toEqual(told);
  expect(told).toEqual(['subscription.failing', 'subscription.failing', 'subscription.disabled']);
});

test('hookdeck/outpost#967: two that fail alike, at the same moments, are told of one by one', async () => {
  const alike = [await failingLane(), await failingLane()];
  const well = await failingLane();
  well.say.answer = answered(200);
  for (const lane of [...alike, well]) await lane.tryTimes(22);
  const events = (await Promise.all(alike.map((lane) => lane.announced()))).flat();
  expect(new Set(events.map(({ id }) => id)).size).toBe(6);
  expect(await well.announced()).toEqual([]);
  expect(await well.summary()).toMatchObject({ status: 'active' });
});

test('a 410 is announced, once', async () => {
  const { id, say, drain, announced, summary } = await failingLane({ events: 3 });
  say.answer = answered(410);
  await drain();
  await drain('probe');
  await drain('probe');
  expect(await summary()).toMatchObject({ status: 'disabled', disabledReason: 'gone' });
  const events = await announced();
  expect(events).toMatchObject([
    { type: 'subscription.disabled', data: { subscription: id, reason: 'gone', failures: 1 } },
  ]);
});

test('what a crash left unannounced wakes the lane, and is announced once however often it is tried', async () => {
  let deaths = 2;
  const lane = await failingLane({
    wrap: {
      work: {
        ...store.laneWork,
        async announced(id, notice) {
          deaths -= 1;
          if (deaths >= 0) throw new Error('Dead before the notice was taken off.');
          await store.laneWork.announced(id, notice);
        },
      },
    },
  });
  const { id, say, drain, clock, announced } = lane;
  say.answer = answered(410);
  await drain();
  const wakes = () => store.lanes.tend([id], clock.nowMs, 0);
  for (const _death of [1, 2]) {
    expect(await wakes()).toEqual([{ lane: id, failing: true }]);
    await expect(drain('probe')).rejects.toThrow('Dead');
  }
  await drain('probe');
  expect(await announced()).toHaveLength(1);
  expect(await connection.redis.exists(laneKeys(id).notices)).toBe(0);
  expect(await wakes()).toEqual([]);
});

test('hookdeck/outpost#957: an event that cannot be rendered is retried, and says nothing about the subscriber', async () => {
  let sent = 0;
  const { id, clock, drain, list } = await setUpLane(store, {
    subscription: { format: 'template', template: '{% if %}' },
    wrap: {
      sender: {
        async send() {
          sent += 1;
          return unanswered('timeout');
        },
      },
    },
  });
  expect(await drain()).toMatchObject({ kind: 'idle', failing: false });
  expect(sent).toBe(0);
  expect(await list()).toMatchObject([
    { status: 'retrying', attempts: [{ error: 'format_error', message: expect.any(String) }] },
  ]);
  for (const _retry of [1, 2]) {
    clock.nowMs += 1000;
    await drain();
  }
  expect(sent).toBe(0);
  const [delivery] = await list();
  expect(delivery).toMatchObject({ status: 'failed' });
  expect(delivery?.attempts).toHaveLength(3);
  expect(await readHealth(connection, id)).toMatchObject({ failures: 0, unreachable: 0 });
});
