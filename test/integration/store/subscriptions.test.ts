import { expect, test } from 'vitest';
import type { Subscription, SubscriptionId } from '#domain/subscription.ts';
import { keys } from '#store/keys.ts';
import { freshRedisUrl } from '../../support/redis.ts';
import { makeSubscription, openConnection, openStore } from '../../support/stage.ts';

const url = await freshRedisUrl();
const connection = await openConnection(url);
const { subscriptions } = openStore(connection);
/** Another process on the same Redis. */
const { subscriptions: elsewhere } = openStore(await openConnection(url));
let created = 0;

async function create(changes: Partial<Subscription> = {}): Promise<Subscription> {
  created += 1;
  const subscription = makeSubscription(`sub_${created}`, changes);
  await subscriptions.create(subscription);
  return subscription;
}

function addSecret(secret: string) {
  return (before: Subscription) => ({
    ...before,
    secrets: [{ value: secret, until: null }, ...before.secrets],
  });
}

test('a subscription comes back as it was stored, with everything it may have', async () => {
  const full = await create({
    sources: ['default'],
    headers: { authorization: 'Bearer x' },
    description: 'Grüße',
    metadata: { team: 'a' },
  });
  expect(await subscriptions.get(full.id)).toEqual(full);
  const plain = await create();
  expect(await elsewhere.get(plain.id)).toEqual(plain);
  expect(await subscriptions.get('sub_unknown')).toBeNull();
});

test('subscriptions are listed from the oldest on', async () => {
  const younger = await create({ createdAt: '2026-01-02T00:00:00.000Z' });
  const older = await create({ createdAt: '2026-01-01T00:00:00.000Z' });
  const ids = (await subscriptions.list()).map(({ id }) => id);
  expect(ids.indexOf(older.id)).toBeLessThan(ids.indexOf(younger.id));
});

test('what one process writes, another sees with its next read', async () => {
  await elsewhere.list();
  const { id } = await create();
  expect((await elsewhere.list()).map((each) => each.id)).toContain(id);
  await subscriptions.update(id, (before) => ({ ...before, maxInFlight: 64 }));
  expect((await elsewhere.get(id))?.maxInFlight).toBe(64);
  await subscriptions.remove(id);
  expect(await elsewhere.get(id)).toBeNull();
});

test('frain-dev/convoy#1764: documents are opened again only when they changed', async () => {
  const { id } = await create();
  const first = await subscriptions.get(id);
  expect(await subscriptions.get(id)).toBe(first);
  await create();
  expect(await subscriptions.get(id)).not.toBe(first);
});

test('who knows at which version they stand has what is stored then, and asks Redis for nothing known', async () => {
  const { id } = await create();
  const version = await connection.redis.get(keys.subscriptions.version);
  const first = await subscriptions.get(id, version);
  expect(first).toEqual(await elsewhere.get(id));
  // What was written since does not show: nothing was asked.
  await elsewhere.remove(id);
  expect(await subscriptions.get(id, version)).toBe(first);
  expect((await subscriptions.list(version)).map((each) => each.id)).toContain(id);
  const newer = await connection.redis.get(keys.subscriptions.version);
  expect(await subscriptions.get(id, newer)).toBeNull();
});

test('after Redis was emptied no process goes on with what it knew', async () => {
  const emptied = await freshRedisUrl();
  const before = await openConnection(emptied);
  const { subscriptions: here } = openStore(before);
  const { subscriptions: there } = openStore(await openConnection(emptied));
  await here.create(makeSubscription('sub_before'));
  await here.list();
  await before.redis.flushdb();
  // As many writes as there were before.
  await there.create(makeSubscription('sub_after'));
  expect((await here.list()).map(({ id }) => id)).toEqual(['sub_after']);
});

test('many changes of one subscription at once, from two processes, are all kept', async () => {
  const { id, secrets } = await create();
  const added = Array.from({ length: 30 }, (_, number) => `whsec_${number}`);
  await Promise.all(
    added.map((secret, index) =>
      (index % 2 === 0 ? subscriptions : elsewhere).update(id, addSecret(secret)),
    ),
  );
  const stored = await subscriptions.get(id);
  const values = (stored?.secrets ?? []).map(({ value }) => value);
  expect(values.sort()).toEqual([...added, ...secrets.map(({ value }) => value)].sort());
});

test('an update answers what it stored, and null where nothing is', async () => {
  const { id } = await create();
  const changed = await subscriptions.update(id, (before) => ({ ...before, description: 'new' }));
  expect(changed).toEqual(await subscriptions.get(id));
  expect(changed?.description).toBe('new');
  expect(await subscriptions.update('sub_unknown', (before) => before)).toBeNull();
});

test('an update that meets a removal does not bring the subscription back', async () => {
  const { id } = await create();
  const updated = elsewhere.update(id, (before) => ({ ...before, description: 'late' }));
  expect(await subscriptions.remove(id)).toBe(true);
  await updated;
  expect(await subscriptions.get(id)).toBeNull();
});

test('a removed subscription is leaving until its lane is gone', async () => {
  const { id } = await create();
  expect(await subscriptions.remove(id)).toBe(true);
  expect(await elsewhere.leaving()).toContain(id);
  expect(await subscriptions.remove(id)).toBe(false);
  await subscriptions.left(id);
  expect(await elsewhere.leaving()).not.toContain(id);
});

test('creating a subscription twice keeps the first', async () => {
  const { id } = await create({ description: 'first' });
  await subscriptions.create(makeSubscription(id, { description: 'second' }));
  expect((await subscriptions.get(id))?.description).toBe('first');
});

test('secrets in the place of another subscription’s are refused', async () => {
  const [mine, other] = [await create(), await create()];
  const documents = '{subscriptions}:documents';
  const sealedOf = async (id: SubscriptionId) =>
    JSON.parse((await connection.redis.hget(documents, id)) ?? '');
  const forged = { ...(await sealedOf(mine.id)), sealed: (await sealedOf(other.id)).sealed };
  await connection.redis.hset(documents, mine.id, JSON.stringify(forged));
  const update = elsewhere.update(mine.id, (before) => before);
  await expect(update).rejects.toMatchObject({ name: 'SealError' });
});
