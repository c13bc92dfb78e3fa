import { expect, test } from 'vitest';
import type { SubscriptionId } from '#domain/subscription.ts';
import { keys, laneKeys } from '#store/keys.ts';
import { createLaneWork } from '#store/lane-work.ts';
import { createLeases } from '#store/leases.ts';
import {
  connection,
  deliveries,
  health,
  heldLane,
  lanes,
  laneWork,
  nowMs,
  outcome,
  plain,
  redis,
  ref,
} from '../../support/held-lane.ts';
import { healthy } from '../../support/stage.ts';

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
  expect(await health(id)).toEqual({ ...healthy, failures: 3 });
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
  await redis.hset(names.state, 'epoch', 'of another');
  expect(await record([outcome('waiting', 'a', 'delivered')])).toEqual({ kind: 'fenced' });
  expect(await laneWork.claim(id, '1', { ...plain, nowMs, most: 10 })).toEqual({ kind: 'fenced' });
  expect(await counts()).toMatchObject({ pending: 1, delivered: 0 });
});

test('who takes a lane may claim in the same round trip, and whoever finds it taken claims nothing', async () => {
  const id: SubscriptionId = 'sub_claimed-at-once';
  await lanes.create(id, new Map());
  await redis.rpush(laneKeys(id).waiting, ref('a'));
  const wish = { ...plain, nowMs, most: 10 };
  const [first, second] = await Promise.all([
    laneWork.acquire(id, wish),
    laneWork.acquire(id, wish),
  ]);
  expect(first).toMatchObject({
    kind: 'acquired',
    health: healthy,
    claim: { kind: 'claimed', deliveries: [{ origin: 'waiting', ref: ref('a') }] },
  });
  expect(second).toEqual({ kind: 'held' });
});

test('who takes a lane is told how subscriptions stand', async () => {
  const id: SubscriptionId = 'sub_told';
  await lanes.create(id, new Map());
  await redis.set(keys.subscriptions.version, '42');
  expect(await laneWork.acquire(id)).toMatchObject({ kind: 'acquired', subscriptions: '42' });
});

test('who takes a lane twice, because the first answer got lost, has it and knocks at no door', async () => {
  const id: SubscriptionId = 'sub_taken-twice';
  await lanes.create(id, new Map());
  await redis.rpush(laneKeys(id).waiting, ref('a'));
  const work = createLaneWork(
    connection,
    createLeases(connection, () => 'mine'),
  );
  for (const _ of ['first', 'sent again']) {
    expect(await work.acquire(id, { ...plain, nowMs, most: 10 })).toMatchObject({
      kind: 'acquired',
      claim: { deliveries: [{ ref: ref('a') }] },
    });
  }
  expect(await work.release(id, 'mine')).toBe(false);
});

test('a lane that is in another order is taken, and claimed from once it is put in order', async () => {
  const id: SubscriptionId = 'sub_in-another-order';
  await lanes.create(id, new Map());
  await redis.rpush(laneKeys(id).waiting, ref('a'));
  const wish = { ...plain, ordering: 'contact', nowMs, most: 10 } as const;
  const grant = await laneWork.acquire(id, wish);
  if (grant.kind !== 'acquired') throw new Error('The lease of a new lane is free.');
  expect(grant.claim).toBeNull();
  expect(await laneWork.claim(id, grant.epoch, wish)).toMatchObject({
    kind: 'claimed',
    deliveries: [{ ref: ref('a') }],
  });
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
  const recorded = await record([outcome('waiting', 'a', 'retry', nowMs)], stale, 'gone');
  expect(recorded).toEqual({ kind: 'outdated' });
  expect((await lanes.summarize([id]))[0]?.counts).toMatchObject({ pending: 0, retrying: 1 });
  // What the subscriber asked for holds all the same.
  const { holdUntilMs } = stale;
  expect(await health(id)).toEqual({ ...healthy, resumes: 1, holdUntilMs });
  expect((await lanes.summarize([id]))[0]).toMatchObject({ status: 'active' });
});

test('nothing that a drain knows of the address before is written over the next one, however often it is resumed', async () => {
  const { record, id } = await heldLane({ waiting: ['a'] });
  await lanes.readdress(id);
  await lanes.resume(id, 'deliver', nowMs);
  const stale = { failures: 7, holdUntilMs: nowMs + 60_000 };
  const recorded = await record([outcome('waiting', 'a', 'retry', nowMs)], stale, 'gone');
  expect(recorded).toEqual({ kind: 'outdated' });
  expect(await health(id)).toEqual({ ...healthy, resumes: 2 });
  const { holdUntilMs } = stale;
  expect(await record([], { resumes: 2, holdUntilMs })).toMatchObject({ kind: 'recorded' });
  expect(await health(id)).toMatchObject({ holdUntilMs });
});
