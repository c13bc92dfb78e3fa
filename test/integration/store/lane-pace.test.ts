import { expect, test } from 'vitest';
import type { DeliveryRef } from '#domain/delivery.ts';
import type { SubscriptionId } from '#domain/subscription.ts';
import { laneKeys } from '#store/keys.ts';
import { openConnection, openStore } from '../../support/stage.ts';

const connection = await openConnection();
const { lanes, laneWork } = openStore(connection);
const { redis } = connection;
const nowMs = 100_000;
let created = 0;

const ref = (name: string): DeliveryRef => `inbox 1-0 evt_${name}`;

/** Five a second, at most two handed out at once, the last of them 30 ms late at most. */
const pace = { intervalMs: 200, most: 2, slackMs: 30 };

async function pacedLane(...waiting: string[]) {
  created += 1;
  const id: SubscriptionId = `sub_${created}`;
  await lanes.create(id, new Map());
  await lanes.reopen(id, waiting.map(ref));
  const grant = await laneWork.acquire(id);
  if (grant.kind !== 'acquired') throw new Error('The lease of a new lane is free.');
  const claim = async (atMs: number, known: string[] = [], changes = {}) => {
    const wish = { nowMs: atMs, most: known.length + 2, ordering: 'none' } as const;
    const paced = { ...pace, known: known.map(ref), ...changes };
    const claimed = await laneWork.claim(id, grant.epoch, { ...wish, pace: paced });
    if (claimed.kind === 'fenced') throw new Error('The lane is ours.');
    const found = claimed.deliveries.map((each) => each.ref.slice(ref('').length));
    const { lastStartMs, nextDueMs, more } = claimed;
    return { found, lastStartMs, nextDueMs, more };
  };
  return { id, names: laneKeys(id), claim };
}

test('what is handed out has its times reserved, and nothing more is until they have passed', async () => {
  const { claim } = await pacedLane('a', 'b', 'c');
  const dueMs = nowMs + 430;
  expect(await claim(nowMs)).toEqual({
    found: ['a', 'b'],
    lastStartMs: nowMs + 230,
    nextDueMs: dueMs,
    more: false,
  });
  const nothing = { found: [], lastStartMs: null, nextDueMs: dueMs, more: false };
  expect(await claim(nowMs, ['a', 'b'])).toEqual(nothing);
  // A holder that knows nothing of the one before it, as after a crash.
  expect(await claim(dueMs - 1)).toEqual(nothing);
  expect((await claim(dueMs, ['a'])).found).toEqual(['b', 'c']);
});

test('time is reserved for as many as are handed out', async () => {
  const { claim } = await pacedLane('a', 'b');
  expect(await claim(nowMs, ['a'])).toMatchObject({ found: ['b'], lastStartMs: nowMs + 30 });
  expect(await claim(nowMs + 229, ['a'])).toMatchObject({ found: [], nextDueMs: nowMs + 230 });
});

test('where all is known already no time is reserved', async () => {
  const { claim } = await pacedLane('a');
  expect(await claim(nowMs, ['a'])).toMatchObject({ found: [], nextDueMs: null });
  expect(await claim(nowMs)).toMatchObject({ found: ['a'] });
});

test('tests, retries and the probe keep the pace too', async () => {
  const { id, names, claim } = await pacedLane('w');
  await claim(nowMs);
  await lanes.pushTest(id, ref('t'));
  await redis.zadd(names.retries, 1, ref('r'));
  expect(await claim(nowMs + 229)).toMatchObject({ found: [], nextDueMs: nowMs + 230 });
  await lanes.pause(id);
  expect(await claim(nowMs + 229)).toMatchObject({ found: [], nextDueMs: nowMs + 230 });
  expect(await claim(nowMs + 230)).toMatchObject({ found: ['t'] });
  const unreachable = await pacedLane('w');
  await unreachable.claim(nowMs);
  await redis.hset(unreachable.names.state, 'unreachable', 5);
  expect(await unreachable.claim(nowMs + 229)).toMatchObject({ found: [] });
  expect(await unreachable.claim(nowMs + 230)).toMatchObject({ found: ['w'] });
});

test('a retry due before the pace allows one is told for when it does', async () => {
  const { names, claim } = await pacedLane('w');
  await redis.zadd(names.retries, nowMs + 50, ref('r'));
  expect(await claim(nowMs)).toMatchObject({ found: ['w'], nextDueMs: nowMs + 230 });
});

test('fractions of a millisecond are not lost', async () => {
  const { claim } = await pacedLane('a', 'b', 'c');
  const third = { intervalMs: 1000 / 3, slackMs: 0, most: 1 };
  expect(await claim(nowMs, [], third)).toMatchObject({ found: ['a'], nextDueMs: nowMs + 334 });
  expect((await claim(nowMs + 333, ['a'], third)).found).toEqual([]);
  expect((await claim(nowMs + 334, ['a'], third)).found).toEqual(['b']);
});

test('a clock that was set back stops a lane for no longer than its pace', async () => {
  const { claim } = await pacedLane('a', 'b', 'c');
  await claim(nowMs + 3_600_000);
  expect(await claim(nowMs)).toMatchObject({ found: [], nextDueMs: nowMs + 430 });
});

test('a contact whose order is kept reserves no times for those behind its first', async () => {
  const { id, claim } = await pacedLane();
  const about = (contact: string, number: number): DeliveryRef =>
    `inbox ${number}-0 evt_${contact}${number} ${contact}`;
  await lanes.reopen(id, [about('ann', 1), about('ann', 2), about('bob', 3)]);
  const lane = await redis.hget(laneKeys(id).state, 'epoch');
  const wish = { nowMs, most: 9, ordering: 'contact', pace: { ...pace, known: [] } } as const;
  const claimed = await laneWork.claim(id, lane ?? '', wish);
  expect(claimed).toMatchObject({
    deliveries: [{ ref: about('ann', 1) }, { ref: about('bob', 3) }],
  });
  expect(await claim(nowMs)).toMatchObject({ found: [] });
});

test('a lane that waits for its pace has nothing due', async () => {
  const { id, claim } = await pacedLane('a', 'b', 'c');
  await claim(nowMs);
  expect(await lanes.tend([id], nowMs + 429, 0)).toEqual([]);
  expect(await lanes.tend([id], nowMs + 430, 0)).toEqual([{ lane: id, failing: false }]);
});
