import { expect, test } from 'vitest';
import { createRelay } from '#relay/relay-log.ts';
import type { EventLog } from '#store/event-log.ts';
import { laneKeys } from '#store/keys.ts';
import type { LaneWork } from '#store/lane-work.ts';
import type { OutgoingWebhook, SendResult } from '#webhook/send.ts';
import { answered, unanswered } from '../../support/answers.ts';
import { setUpLane } from '../../support/lane.ts';
import { makeEvent, openConnection, openStore, silentLog } from '../../support/stage.ts';
import { until } from '../../support/until.ts';

const connection = await openConnection();
const store = openStore(connection);

/** A lane whose subscriber answers as `say` holds, and the ids that it was sent. */
async function answeringLane(options: Parameters<typeof setUpLane>[1] = {}) {
  const say = { answer: answered(500), whileSent: () => {} };
  const sent: string[] = [];
  const sender = {
    async send({ eventId }: OutgoingWebhook) {
      sent.push(eventId);
      say.whileSent();
      return say.answer;
    },
  };
  const wrap = { sender, ...options.wrap };
  const lane = await setUpLane(store, { maxInFlight: 1, ...options, wrap });
  const statuses = async () => (await lane.list()).map(({ status }) => status);
  const dueLanes = (nowMs: number) => store.lanes.tend([lane.id], nowMs, 0);
  return { ...lane, say, sent, statuses, dueLanes };
}

test('hookdeck/outpost#611, svix, convoy, hook0 (by reading): what happens while a subscription is disabled is kept, shown, and sent when it is resumed', async () => {
  const lane = await answeringLane();
  const { id, pushed, say, sent, drain, clock, statuses, summary } = lane;
  const [refused] = pushed.map(({ event }) => event);
  const source = refused?.data.source ?? '';
  say.answer = answered(410);
  await drain();
  const missed = [91_001, 91_002, 91_003].map((number) => makeEvent(number, source));
  for (const event of missed) await store.eventLog.append(source, event);
  await createRelay({ ...store, wake: async () => {}, log: silentLog })(source);
  await drain();
  expect(sent).toEqual([refused?.id]);
  expect((await summary())?.status).toBe('disabled');
  expect(await statuses()).toEqual(['pending', 'pending', 'pending', 'retrying']);
  await store.lanes.resume(id, 'deliver', clock.nowMs);
  say.answer = answered(200);
  await drain();
  expect(sent.slice(1)).toEqual([refused?.id, ...missed.map((event) => event.id)]);
  expect(await statuses()).toEqual(Array(4).fill('delivered'));
});

test('hookdeck/outpost#663: a retry whose event has outlived its log ends, and comes back no more', async () => {
  // As another process, which has not read the event just now.
  const bodies: EventLog['bodies'] = (refs) => openStore(connection).eventLog.bodies(refs);
  const lane = await answeringLane({ wrap: { eventLog: { ...store.eventLog, bodies } } });
  const { drain, clock, pushed, sent, statuses, dueLanes } = lane;
  await drain();
  await store.eventLog.trim(pushed[0]?.event.data.source ?? '', Date.now() + 1000, 1, 100);
  clock.nowMs += 1000;
  expect(await drain('probe')).toEqual({ kind: 'idle', failing: true, nextDueMs: null });
  expect(sent).toHaveLength(1);
  expect(await statuses()).toEqual(['expired']);
  expect(await dueLanes(clock.nowMs + 1e9)).toEqual([]);
});

test('outpost (by reading): a retry is made although nothing is left of the attempt before it', async () => {
  const { id, drain, clock, say, sent, statuses } = await answeringLane();
  await drain();
  await connection.redis.del(laneKeys(id).records);
  clock.nowMs += 1000;
  say.answer = answered(200);
  await drain('probe');
  expect(sent).toHaveLength(2);
  expect(await statuses()).toEqual(['delivered']);
});

test('convoy (by reading): a retry that is cut off, or whose outcome cannot be written, is made again', async () => {
  let canWrite = true;
  const record: LaneWork['record'] = async (...call) => {
    if (!canWrite) throw new Error('Not written.');
    return store.laneWork.record(...call);
  };
  const lane = await answeringLane({ wrap: { work: { ...store.laneWork, record } } });
  const { drain, clock, say, sent, statuses, dueLanes, id } = lane;
  await drain();
  clock.nowMs += 1000;
  say.answer = unanswered('aborted');
  const ended = new AbortController();
  say.whileSent = () => ended.abort();
  await drain('probe', { stopping: new AbortController().signal, abort: ended.signal });
  say.answer = answered(200);
  canWrite = false;
  await expect(drain('probe')).rejects.toThrow('Not written.');
  expect(await statuses()).toEqual(['retrying']);
  expect(await dueLanes(clock.nowMs)).toEqual([{ lane: id, failing: true }]);
  canWrite = true;
  await drain('probe');
  expect(await statuses()).toEqual(['delivered']);
  expect(sent).toHaveLength(4);
  expect(new Set(sent).size).toBe(1);
});

test('frain-dev/convoy#1667, #1977, #1833: a retry whose wake was lost is found when it is due, counted, and the last of them is the end', async () => {
  const schedule = [1000, 60_000, 3_600_000, 86_400_000];
  const { id, drain, clock, say, list, statuses, dueLanes } = await answeringLane({ schedule });
  say.answer = answered(403);
  await drain();
  for (const made of schedule.keys()) {
    const [delivery] = await list();
    expect(delivery?.attempts).toHaveLength(made + 1);
    const dueMs = delivery?.nextAttemptAtMs ?? 0;
    expect(dueMs).toBeGreaterThan(clock.nowMs);
    expect(await dueLanes(dueMs - 1)).toEqual([]);
    expect(await dueLanes(dueMs)).toEqual([{ lane: id, failing: true }]);
    clock.nowMs = dueMs;
    await drain('probe');
  }
  expect(await statuses()).toEqual(['failed']);
  expect((await list())[0]?.attempts).toHaveLength(schedule.length + 1);
  expect(await dueLanes(clock.nowMs + 1e12)).toEqual([]);
});

test('textbee/textbee#191, convoy (by reading): deliveries that fail for good disable nothing, and can be made again', async () => {
  const lane = await answeringLane({ events: 3, schedule: [1000] });
  const { id, drain, clock, say, pushed, statuses, summary } = lane;
  await drain('probe');
  clock.nowMs += 1000;
  await drain('probe');
  expect(await statuses()).toEqual(['failed', 'failed', 'failed']);
  expect(await summary()).toMatchObject({ status: 'active', disabledReason: null });
  const refs = pushed.map(({ ref }) => ref);
  expect(await store.lanes.reopen(id, refs)).toBe(refs.length);
  say.answer = answered(200);
  await drain('probe');
  expect(await statuses()).toEqual(['delivered', 'delivered', 'delivered']);
});

test('svix/svix-webhooks#2181, hookdeck/outpost#869: a lane stays its drain’s for as long as a request takes', async () => {
  const answering = Promise.withResolvers<SendResult>();
  let sent = 0;
  const sender = {
    send() {
      sent += 1;
      return answering.promise;
    },
  };
  const { id, drain } = await setUpLane(store, { wrap: { sender } });
  const { state } = laneKeys(id);
  const draining = drain();
  await until('the request on its way', () => sent === 1);
  // As if it had been on its way for almost as long as the lease lasts.
  const soonMs = Date.now() + 2500;
  await connection.redis.hset(state, 'leaseUntilMs', soonMs);
  await until('the lease renewed', async () => {
    return Number(await connection.redis.hget(state, 'leaseUntilMs')) > soonMs;
  });
  expect(await drain()).toEqual({ kind: 'nothing' });
  answering.resolve(answered(200));
  await draining;
  expect(sent).toBe(1);
});

test('convoy (by reading): what the rate keeps back keeps its place, and uses up no attempt', async () => {
  const lane = await answeringLane({ events: 4, subscription: { ratePerSecond: 1 } });
  const { drain, clock, say, sent, list, pushed } = lane;
  say.answer = answered(200);
  const ids = pushed.map(({ event }) => event.id);
  for (const sentSoFar of ids.keys()) {
    const outcome = await drain();
    expect(sent).toEqual(ids.slice(0, sentSoFar + 1));
    const attempts = (await list()).map((delivery) => [delivery.status, delivery.attempts.length]);
    expect(attempts).toEqual([
      ...ids.slice(sentSoFar + 1).map(() => ['pending', 0]),
      ...sent.map(() => ['delivered', 1]),
    ]);
    if (outcome.kind === 'idle') clock.nowMs = outcome.nextDueMs ?? clock.nowMs;
  }
});
