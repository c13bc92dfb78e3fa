import { expect, test } from 'vitest';
import { createBudget } from '#store/budget.ts';
import { makeSubscription, openConnection, openStore, secret } from '../../support/stage.ts';

const connection = await openConnection();
const { redis } = connection;
const { sources, subscriptions } = openStore(connection);

const token = 'inbox-token-4711-do-not-show';
const source = {
  id: 'default',
  provider: 'botpenguin',
  baseUrl: 'https://inbox.example/api',
  token,
  requestsPerMinute: 100,
  paused: false,
  createdAt: '2026-06-12T10:00:00.000Z',
  updatedAt: '2026-06-12T10:00:00.000Z',
} as const;

/** Everything that lies in the database: names and contents (a DUMP would be compressed). */
async function readDatabase(): Promise<string> {
  const readers: Readonly<Record<string, (key: string) => Promise<unknown>>> = {
    string: (key) => redis.get(key),
    hash: (key) => redis.hgetall(key),
    set: (key) => redis.smembers(key),
    zset: (key) => redis.zrange(key, 0, '-1'),
  };
  const parts: string[] = [];
  for (const key of await redis.keys('*')) {
    const read = readers[await redis.type(key)];
    if (read === undefined) throw new Error(`Nothing here reads what ${key} is.`);
    parts.push(key, JSON.stringify(await read(key)));
  }
  return parts.join('\n');
}

test('svix, convoy, hook0 (by reading): no token, secret, URL or header of anybody lies readable in Redis', async () => {
  await sources.create(source);
  const subscription = makeSubscription('sub_1', {
    url: 'https://hooks.example/path-that-is-a-capability',
    headers: { authorization: 'Bearer header-4712' },
    description: 'seen by everyone',
  });
  await subscriptions.create(subscription);
  await subscriptions.update('sub_1', (before) => ({ ...before, maxInFlight: 2 }));
  const budget = createBudget(connection, () => 'grant');
  const wish = {
    asker: 'default',
    perMinute: 100,
    timeoutMs: 5000,
    urgent: true,
    patienceMs: 5000,
  };
  const grant = await budget.take(token, wish);
  if (grant.kind === 'granted') await grant.limited(1000);
  await budget.take(token, wish);
  const database = await readDatabase();
  // What is not secret shows that the search finds what is there.
  expect(database.includes('sub_1')).toBe(true);
  expect(database.includes('botpenguin')).toBe(true);
  const secretKey = secret.slice('whsec_'.length);
  for (const hidden of [token, secretKey, 'hooks.example', 'capability', 'header-4712', 'Bearer']) {
    expect(database.includes(hidden), hidden).toBe(false);
    const encoded = Buffer.from(hidden).toString('base64').replaceAll('=', '');
    expect(database.includes(encoded), encoded).toBe(false);
  }
});

test('a source comes back as it was put, with its last change', async () => {
  await sources.create({ ...source, id: 'b', applied: { token: 'digest' } });
  await sources.create({ ...source, id: 'a' });
  await sources.update('a', (found) => ({ ...found, token: 'changed', paused: true }));
  expect(await sources.get('a')).toEqual({ ...source, id: 'a', token: 'changed', paused: true });
  expect(await sources.get('unknown')).toBeNull();
  expect((await sources.list()).map(({ id, token: its }) => [id, its])).toEqual([
    ['a', 'changed'],
    ['b', token],
    ['default', token],
  ]);
  expect((await sources.list())[1]?.applied).toEqual({ token: 'digest' });
  expect((await sources.ids()).sort()).toEqual(['a', 'b', 'default']);
});

test('a token in the place of another source’s is refused', async () => {
  await sources.create(source);
  const document = JSON.parse((await redis.hget('sources', 'default')) ?? '');
  await redis.hset('sources', 'thief', JSON.stringify({ ...document, id: 'thief' }));
  await expect(sources.get('thief')).rejects.toMatchObject({ name: 'SealError' });
});
