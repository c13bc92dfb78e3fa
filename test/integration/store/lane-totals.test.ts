import { expect, test } from 'vitest';
import type { SubscriptionId, SubscriptionStatus } from '#domain/subscription.ts';
import { laneKeys } from '#store/keys.ts';
import { openConnection, openStore } from '../../support/stage.ts';

const connection = await openConnection();
const { lanes, laneTotals } = openStore(connection);
const { redis } = connection;
let created = 0;

async function newLane(
  status: SubscriptionStatus = 'active',
  state: Readonly<Record<string, string>> = {},
): Promise<SubscriptionId> {
  created += 1;
  const id: SubscriptionId = `sub_${created}`;
  await lanes.create(id, new Map());
  await redis.hset(laneKeys(id).state, { ...state, status });
  return id;
}

const nothing = {
  waiting: 0,
  held: 0,
  retrying: 0,
  failed: 0,
  expired: 0,
  skipped: 0,
  forgotten: 0,
};

test('without lanes all is zero', async () => {
  expect(await laneTotals([])).toEqual({
    subscriptions: { active: 0, failing: 0, paused: 0, disabled: 0 },
    deliveries: nothing,
    oldestWaitingAtMs: null,
    troubled: [],
  });
});

test('each subscription counts once, by how it stands; one that was removed does not', async () => {
  const failures = { failures: '3' };
  const ids = [
    await newLane(),
    await newLane('active', { failures: '0' }),
    await newLane('active', failures),
    await newLane('paused', failures),
    await newLane('disabled', failures),
    'sub_removed' as const,
  ];
  const { subscriptions } = await laneTotals(ids);
  expect(subscriptions).toEqual({ active: 2, failing: 1, paused: 1, disabled: 1 });
});

test('what lies in the lanes is added up, each where it lies', async () => {
  const one = await newLane('active', { forgotten: '5' });
  const other = await newLane('paused', { forgotten: '6' });
  await redis.rpush(laneKeys(one).tests, 'in 5-0 evt_test');
  const amounts = { held: 2, retries: 3, failed: 4, expired: 5, skipped: 6 } as const;
  for (const id of [one, other]) {
    await redis.rpush(laneKeys(id).waiting, 'in 7-0 evt_a', 'in 8-0 evt_b');
    for (const [name, amount] of Object.entries(amounts)) {
      const key = laneKeys(id)[name as keyof typeof amounts];
      for (let at = 0; at < amount; at += 1) await redis.zadd(key, at, `${name} ${at}`);
    }
  }
  const { deliveries } = await laneTotals([one, other]);
  expect(deliveries).toEqual({
    waiting: 5,
    held: 4,
    retrying: 6,
    failed: 8,
    expired: 10,
    skipped: 12,
    forgotten: 11,
  });
});

test('the oldest that is first in line counts, unless its subscription is paused or disabled', async () => {
  const [late, early] = [await newLane(), await newLane()];
  const off = [await newLane('paused'), await newLane('disabled')];
  await redis.rpush(laneKeys(late).waiting, 'in 2000-1 evt_a', 'in 2500-0 evt_b');
  await redis.rpush(laneKeys(early).waiting, 'in 1000-7 evt_a contact-1');
  for (const id of off) await redis.rpush(laneKeys(id).waiting, 'in 1-0 evt_a');
  expect((await laneTotals([late, early, ...off])).oldestWaitingAtMs).toBe(1000);
  expect((await laneTotals([late, ...off])).oldestWaitingAtMs).toBe(2000);
  expect((await laneTotals(off)).oldestWaitingAtMs).toBeNull();
});

test('many lanes are counted each at its own place, also with one in between that was removed', async () => {
  const made = await Promise.all(
    Array.from({ length: 60 }, (_, at) => newLane('active', { failures: String(at % 2) })),
  );
  const ids = made.toSpliced(30, 0, 'sub_removed');
  const { subscriptions, troubled } = await laneTotals(ids);
  expect(subscriptions).toMatchObject({ active: 30, failing: 30 });
  expect(troubled.map(({ id }) => id)).toEqual(made.filter((_, at) => at % 2 === 1));
});

test('lanes in trouble come worst first: disabled ones, then those that failed most often', async () => {
  const few = await newLane('active', { failures: '1' });
  const many = await newLane('active', { failures: '7' });
  const disabled = await newLane('disabled');
  const paused = await newLane('paused', { failures: '9' });
  const { troubled } = await laneTotals([few, paused, disabled, many]);
  expect(troubled).toEqual([
    { id: disabled, status: 'disabled', failures: 0 },
    { id: many, status: 'active', failures: 7 },
    { id: few, status: 'active', failures: 1 },
  ]);
});
