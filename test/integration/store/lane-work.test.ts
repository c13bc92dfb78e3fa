import { expect, test } from 'vitest';
import type { DeliveryRef } from '#domain/delivery.ts';
import type { DisabledReason, SubscriptionId } from '#domain/subscription.ts';
import { laneKeys } from '#store/keys.ts';
import type { LaneHealth, LaneOutcome } from '#store/lane-work.ts';
import { healthy, openConnection, openStore } from '../../support/stage.ts';

const connection = await openConnection();
const { lanes, laneWork, deliveries } = openStore(connection);
const { redis } = connection;
let created = 0;
const nowMs = 100_000;
const plain = { ordering: 'none', pace: null } as const;

const ref = (name: string): DeliveryRef => `inbox 1-0 evt_${name}`;
const attempt = { at: '2026-06-12T10:00:00.000Z', durationMs: 5, statusCode: 500 };

/** A lane with these deliveries, and its holder. */
async function heldLane(
  content: {
    tests?: string[];
    waiting?: string[];
    /** Name and due time. */
    retries?: Record<string, number>;
    state?: Record<string, string | number>;
  } = {},
) {
  created += 1;
  const id: SubscriptionId = `sub_${created}`;
  const names = laneKeys(id);
  await lanes.create(id, new Map());
  for (const name of content.tests ?? []) await lanes.pushTest(id, ref(name));
  for (const name of content.waiting ?? []) await redis.rpush(names.waiting, ref(name));
  for (const [name, dueMs] of Object.entries(content.retries ?? {})) {
    await redis.zadd(names.retries, dueMs, ref(name));
    await redis.hset(names.records, ref(name), JSON.stringify({ attempts: [attempt] }));
  }
  if (content.state) await redis.hset(names.state, content.state);
  const grant = await laneWork.acquire(id);
  if (grant.kind !== 'acquired') throw new Error('The lease of a new lane is free.');
  const { epoch } = grant;
  return {
    id,
    names,
    /** What may be sent now, each as its origin, name and attempts so far. */
    async claim(most = 10, atMs = nowMs) {
      const claim = await laneWork.claim(id, epoch, { ...plain, nowMs: atMs, most });
      if (claim.kind === 'fenced') throw new Error('The lane is ours.');
      const found = claim.deliveries.map((delivery) => {
        const name = delivery.ref.slice(ref('').length);
        return `${delivery.origin} ${name} ${delivery.attempts.length}`;
      });
      return { found, nextDueMs: claim.nextDueMs };
    },
    record: (
      outcomes: LaneOutcome[],
      changes: Partial<LaneHealth> = {},
      disable: DisabledReason | null = null,
    ) =>
      laneWork.record(id, epoch, nowMs, {
        outcomes,
        health: { ...healthy, ...changes },
        disable,
        notices: [],
      }),
    counts: async () => (await lanes.summarize([id]))[0]?.counts,
  };
}

function outcome(
  origin: LaneOutcome['origin'],
  name: string,
  kind: LaneOutcome['kind'],
  dueMs: number | null = null,
): LaneOutcome {
  return { origin, ref: ref(name), kind, dueMs, attempts: [attempt], scheduled: 1 };
}

test('tests come first, then retries by due time, then what waits, in order', async () => {
  const { claim } = await heldLane({
    tests: ['t'],
    waiting: ['w1', 'w2'],
    retries: { late: 99_000, early: 98_000, future: 100_001 },
  });
  expect(await claim()).toEqual({
    found: ['tests t 0', 'retries early 1', 'retries late 1', 'waiting w1 0', 'waiting w2 0'],
    nextDueMs: 100_001,
  });
});

test('a claim takes nothing out: asked again it finds the same, up to as many as were asked for', async () => {
  const { claim } = await heldLane({ tests: ['t'], waiting: ['w1', 'w2'], retries: { r: 1 } });
  expect((await claim(1)).found).toEqual(['tests t 0']);
  expect((await claim(2)).found).toEqual(['tests t 0', 'retries r 1']);
  expect((await claim(3)).found).toEqual(['tests t 0', 'retries r 1', 'waiting w1 0']);
});

test('an empty lane has nothing, now or later', async () => {
  const { claim } = await heldLane();
  expect(await claim()).toEqual({ found: [], nextDueMs: null });
});

test.each([
  ['paused', ['tests t 0']],
  ['disabled', []],
])('a lane that is %s gives nothing but %j', async (status, found) => {
  const { claim } = await heldLane({
    tests: ['t'],
    waiting: ['w'],
    retries: { r: 1 },
    state: { status },
  });
  expect(await claim()).toEqual({ found, nextDueMs: null });
});

test('while the subscriber asked for silence only tests go out', async () => {
  const state = { holdUntilMs: 150_000 };
  const waiting = await heldLane({ tests: ['t'], waiting: ['w'], retries: { r: 1 }, state });
  expect(await waiting.claim()).toEqual({ found: ['tests t 0'], nextDueMs: 150_000 });
  expect((await waiting.claim(10, 150_000)).found).toHaveLength(3);
  const retrying = await heldLane({ retries: { r: 170_000 }, state });
  expect(await retrying.claim()).toEqual({ found: [], nextDueMs: 170_000 });
  const empty = await heldLane({ state });
  expect(await empty.claim()).toEqual({ found: [], nextDueMs: null });
});

test('an unreachable subscriber is tried with one delivery, the same until it is done', async () => {
  const { claim, names } = await heldLane({
    waiting: ['w'],
    retries: { first: 98_000, second: 99_000 },
    state: { unreachable: 5 },
  });
  expect(await claim()).toEqual({ found: ['retries first 1'], nextDueMs: null });
  await redis.zadd(names.retries, 120_000, ref('first'));
  expect(await claim()).toEqual({ found: [], nextDueMs: 120_000 });
  expect((await claim(10, 120_000)).found).toEqual(['retries first 1']);
  await redis.zrem(names.retries, ref('first'));
  expect((await claim()).found).toEqual(['retries second 1']);
});

test('an unreachable subscriber with no retries is tried with what waits', async () => {
  const state = { unreachable: 5 };
  const { claim } = await heldLane({ waiting: ['w1', 'w2'], state });
  expect(await claim()).toEqual({ found: ['waiting w1 0'], nextDueMs: null });
  const held = await heldLane({ waiting: ['w1'], state: { ...state, holdUntilMs: 150_000 } });
  expect(await held.claim()).toEqual({ found: [], nextDueMs: 150_000 });
  const empty = await heldLane({ state });
  expect(await empty.claim()).toEqual({ found: [], nextDueMs: null });
});

test('every outcome has its place, and the counts tell', async () => {
  const { id, names, record, counts } = await heldLane({
    tests: ['t'],
    waiting: ['again', 'dead'],
    retries: { done: 1, old: 2 },
  });
  const recorded = await record(
    [
      outcome('tests', 't', 'delivered'),
      outcome('waiting', 'again', 'retry', 120_000),
      outcome('waiting', 'dead', 'failed'),
      outcome('retries', 'done', 'delivered'),
      outcome('retries', 'old', 'expired'),
    ],
    { failures: 3 },
  );
  expect(recorded).toEqual({ kind: 'recorded', status: 'active' });
  expect(await laneWork.health(id)).toEqual({ ...healthy, failures: 3 });
  expect(await counts()).toMatchObject({
    pending: 0,
    retrying: 1,
    delivered: 2,
    failed: 1,
    expired: 1,
  });
  const { deliveries: listed } = await deliveries.list(id, null, null, 10);
  const shown = listed.map((each) => [each.status, each.ref, each.attempts.length]);
  expect(shown.sort()).toEqual([
    ['delivered', ref('done'), 1],
    ['delivered', ref('t'), 1],
    ['expired', ref('old'), 1],
    ['failed', ref('dead'), 1],
    ['retrying', ref('again'), 1],
  ]);
  // What was delivered keeps its attempts with it, so its record is not kept twice.
  expect((await redis.hkeys(names.records)).sort()).toEqual(['again', 'dead', 'old'].map(ref));
});

test('an outcome recorded twice counts once', async () => {
  const { record, counts } = await heldLane({ waiting: ['a', 'b'] });
  const outcomes = [outcome('waiting', 'a', 'delivered'), outcome('waiting', 'b', 'failed')];
  await record(outcomes);
  await record(outcomes);
  expect(await counts()).toMatchObject({ pending: 0, delivered: 1, failed: 1 });
});

test('what was skipped while it was on its way stays skipped', async () => {
  const { id, record, counts } = await heldLane({ waiting: ['a'] });
  await lanes.resume(id, 'skip', nowMs);
  await record([outcome('waiting', 'a', 'retry', 120_000)]);
  expect(await counts()).toMatchObject({ skipped: 1, retrying: 0, pending: 0 });
});

test('outpost, convoy (by reading): the latest thousand deliveries are kept, the newest first', async () => {
  const names = Array.from({ length: 1001 }, (_, number) => `d${number}`);
  const lane = await heldLane({ tests: names });
  await lane.record(names.map((name) => outcome('tests', name, 'delivered')));
  expect(await redis.llen(lane.names.delivered)).toBe(1000);
  const { deliveries: newest } = await deliveries.list(lane.id, 'delivered', null, 1);
  expect(newest[0]?.ref).toBe(ref('d1000'));
  expect((await lane.counts())?.delivered).toBe(1001);
});

test('who lost the lane to another claims and records nothing', async () => {
  const { id, names, record, counts } = await heldLane({ waiting: ['a'] });
  await redis.hincrby(names.state, 'epoch', 1);
  expect(await record([outcome('waiting', 'a', 'delivered')])).toEqual({ kind: 'fenced' });
  expect(await laneWork.claim(id, '1', { ...plain, nowMs, most: 10 })).toEqual({ kind: 'fenced' });
  expect(await counts()).toMatchObject({ pending: 1, delivered: 0 });
});

test('a lane that was removed cannot be taken, and its last holder brings nothing back', async () => {
  const { id, record } = await heldLane({ waiting: ['a'] });
  await lanes.remove(id);
  expect(await record([outcome('waiting', 'a', 'failed')])).toEqual({ kind: 'fenced' });
  expect(await laneWork.acquire(id)).toEqual({ kind: 'gone' });
  expect(await redis.keys(`{lane:${id}}:*`)).toEqual([]);
});

test('what a drain knows of a lane from before it was resumed is not written over the resume', async () => {
  const { record, id } = await heldLane({ waiting: ['a'] });
  await lanes.resume(id, 'deliver', nowMs);
  const stale = { failures: 7, holdUntilMs: nowMs + 60_000 };
  await record([outcome('waiting', 'a', 'retry', nowMs)], stale, 'gone');
  expect(await laneWork.health(id)).toEqual({ ...healthy, resumes: 1 });
  expect((await lanes.summarize([id]))[0]).toMatchObject({ status: 'active' });
});
