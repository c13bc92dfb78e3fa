import { expect, test } from 'vitest';
import { type DeliveryRef, type DeliveryStatus, deliveryStatuses } from '#domain/delivery.ts';
import type { SubscriptionId } from '#domain/subscription.ts';
import { createDeliveries, type DeliveryCursor, type ListedDelivery } from '#store/deliveries.ts';
import { laneKeys } from '#store/keys.ts';
import { openConnection, openStore } from '../../support/stage.ts';

const connection = await openConnection();
const { lanes, deliveries } = openStore(connection);
const { redis } = connection;
const id: SubscriptionId = 'sub_1';
const names = laneKeys(id);

const attempt = { at: '2026-06-12T10:00:00.000Z', durationMs: 5, statusCode: 500 };
const record = JSON.stringify({ attempts: [attempt] });
const ref = (name: string): DeliveryRef => `inbox 1-0 evt_${name}`;

/** Three of each status, and two tests that wait. */
async function fillLane(): Promise<void> {
  await lanes.create(id, new Map());
  for (const number of [1, 2]) await lanes.pushTest(id, ref(`test-${number}`));
  for (const number of [1, 2, 3]) {
    await redis.rpush(names.waiting, ref(`pending-${number}`));
    const delivered = { ref: ref(`delivered-${number}`), attempts: [attempt, attempt] };
    await redis.lpush(names.delivered, JSON.stringify(delivered));
    await redis.zadd(names.retries, number * 1000, ref(`retrying-${number}`));
    await redis.hset(names.records, ref(`retrying-${number}`), record);
    for (const status of ['failed', 'expired', 'skipped'] as const) {
      await redis.zadd(names[status], number, ref(`${status}-${number}`));
      if (status !== 'skipped') await redis.hset(names.records, ref(`${status}-${number}`), record);
    }
  }
}
await fillLane();

const inOrder = [
  'test-1',
  'test-2',
  ...['pending-1', 'pending-2', 'pending-3'],
  ...['retrying-1', 'retrying-2', 'retrying-3'],
  ...['delivered-3', 'delivered-2', 'delivered-1'],
  ...['failed-3', 'failed-2', 'failed-1'],
  ...['expired-3', 'expired-2', 'expired-1'],
  ...['skipped-3', 'skipped-2', 'skipped-1'],
].map(ref);

async function readAll(status: DeliveryStatus | null, limit: number): Promise<ListedDelivery[]> {
  const all: ListedDelivery[] = [];
  let from: DeliveryCursor | null = null;
  do {
    const page: { deliveries: ListedDelivery[]; next: DeliveryCursor | null } =
      await deliveries.list(id, status, from, limit);
    expect(page.deliveries.length).toBeLessThanOrEqual(limit);
    if (page.next !== null) expect(page.deliveries).toHaveLength(limit);
    all.push(...page.deliveries);
    from = page.next;
  } while (from !== null);
  return all;
}

test('page after page shows every delivery once, status after status, whatever the page’s length', async () => {
  for (const limit of [1, 2, 3, 4, 5, 7, 19, 20, 21, 200]) {
    expect((await readAll(null, limit)).map((each) => each.ref)).toEqual(inOrder);
  }
});

test('one status shows its own deliveries alone', async () => {
  for (const status of deliveryStatuses) {
    const listed = await readAll(status, 2);
    expect(new Set(listed.map((each) => each.status))).toEqual(new Set([status]));
    expect(listed).toHaveLength(status === 'pending' ? 5 : 3);
  }
});

test('attempts and the next due time are shown where there are any', async () => {
  const [pending] = await readAll('pending', 1);
  expect(pending).toEqual({
    ref: ref('test-1'),
    status: 'pending',
    attempts: [],
    nextAttemptAtMs: null,
  });
  expect((await readAll('retrying', 9)).map((each) => each.nextAttemptAtMs)).toEqual([
    1000, 2000, 3000,
  ]);
  const [retrying] = await readAll('retrying', 1);
  expect(retrying?.attempts).toEqual([attempt]);
  const [delivered] = await readAll('delivered', 1);
  expect(delivered).toMatchObject({ attempts: [attempt, attempt], nextAttemptAtMs: null });
  const [failed] = await readAll('failed', 1);
  expect(failed).toMatchObject({ attempts: [attempt], nextAttemptAtMs: null });
  const [skipped] = await readAll('skipped', 1);
  expect(skipped?.attempts).toEqual([]);
});

test('a page that is just full says that nothing follows', async () => {
  expect((await deliveries.list(id, null, null, inOrder.length)).next).toBeNull();
  expect((await deliveries.list(id, 'failed', null, 3)).next).toBeNull();
});

test('a lane that is not there shows nothing', async () => {
  expect(await deliveries.list('sub_2', null, null, 10)).toEqual({ deliveries: [], next: null });
});

const find = async (name: string) => (await deliveries.find([id], ref(name)))[0];

test('one delivery is found wherever it lies, as the list shows it', async () => {
  for (const listed of await readAll(null, 200)) {
    const [found] = await deliveries.find([id], listed.ref);
    expect(found).toEqual({ laneStatus: 'active', delivery: listed });
  }
});

test('what is held back behind a retry of its contact waits', async () => {
  const heldBack: DeliveryRef = `inbox 2-0 evt_held "Ada"`;
  await redis.zadd(names.held, 0, `inbox "Ada"\n0000000000000002\n${heldBack}`);
  const [found] = await deliveries.find([id], heldBack);
  expect(found?.delivery?.status).toBe('pending');
  await redis.zrem(names.held, `inbox "Ada"\n0000000000000002\n${heldBack}`);
});

test('a delivered one is found among all that are kept, whatever its contact is called', async () => {
  const odd: DeliveryRef = `inbox 3-0 evt_odd contact "with quotes"`;
  await redis.rpush(names.delivered, JSON.stringify({ ref: odd, attempts: [attempt] }));
  for (let number = 0; number < 300; number += 1) {
    const other = { ref: ref(`other-${number}`), attempts: [{ ...attempt, response: odd }] };
    await redis.lpush(names.delivered, JSON.stringify(other));
  }
  const [found] = await deliveries.find([id], odd);
  expect(found?.delivery).toMatchObject({ status: 'delivered' });
  expect(found?.delivery?.attempts).toEqual([attempt]);
  await redis.ltrim(names.delivered, 300, 302);
});

test('what was delivered before an event was there is not looked through for it', async () => {
  const young: DeliveryRef = `inbox ${Date.parse('2026-06-12T12:00:00.000Z')}-0 evt_young`;
  const fill = async (at: string) => {
    const earlier = { ref: ref('earlier'), attempts: [{ ...attempt, at }] };
    const records = Array.from({ length: 100 }, () => JSON.stringify(earlier));
    await redis.lpush(
      names.delivered,
      JSON.stringify({ ref: young, attempts: [attempt] }),
      ...records,
    );
    const [found] = await deliveries.find([id], young);
    await redis.ltrim(names.delivered, 101, -1);
    return found?.delivery?.status;
  };
  expect(await fill('2026-06-12T11:30:00.000Z')).toBe('delivered');
  expect(await fill('2026-06-12T10:30:00.000Z')).toBeUndefined();
});

test('what a lane does not know is not found, nor what only begins like it', async () => {
  for (const name of ['nobody', 'retrying', 'delivered-', 'pending-33']) {
    expect(await find(name)).toEqual({ laneStatus: 'active', delivery: null });
  }
  const [elsewhere] = await deliveries.find(['sub_2'], ref('failed-1'));
  expect(elsewhere?.delivery).toBeNull();
});

test('while only one is tried, the others have no time of their own', async () => {
  await redis.hset(names.state, { unreachable: '5', probe: ref('retrying-2'), probeByMs: '1500' });
  expect((await find('retrying-1'))?.delivery?.nextAttemptAtMs).toBeNull();
  expect((await find('retrying-2'))?.delivery?.nextAttemptAtMs).toBe(1500);
  await redis.hset(names.state, { holdUntilMs: '9000' });
  expect((await find('retrying-2'))?.delivery?.nextAttemptAtMs).toBe(9000);
  await redis.hdel(names.state, 'unreachable', 'probe', 'probeByMs');
  expect((await find('retrying-1'))?.delivery?.nextAttemptAtMs).toBe(9000);
  await redis.hdel(names.state, 'holdUntilMs');
});

test('many lanes are looked through a few at a time, so that others get their turn', async () => {
  const sizes: number[] = [];
  const counting = createDeliveries({
    ...connection,
    runMany(name, calls) {
      sizes.push(calls.length);
      return connection.runMany(name, calls);
    },
  });
  const ids = [id, ...Array.from({ length: 9 }, () => 'sub_2' as const), id];
  const found = await counting.find(ids, ref('failed-1'));
  expect(found.map(({ delivery }) => delivery?.status ?? '')).toEqual([
    'failed',
    ...Array.from({ length: 9 }, () => ''),
    'failed',
  ]);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(2);
});
