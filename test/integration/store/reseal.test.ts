import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Subscription } from '#domain/subscription.ts';
import type { Connection } from '#store/connection.ts';
import { keys } from '#store/keys.ts';
import type { Store } from '#store/open-store.ts';
import type { StoredSource } from '#store/sources.ts';
import { openKeyedStore } from '../../support/keyed-store.ts';
import { makeSubscription, openConnection } from '../../support/stage.ts';

const connection = await openConnection();
const { redis } = connection;
const { documents, version } = keys.subscriptions;

const source: StoredSource = {
  id: 'default',
  inboxId: 'inbox-1',
  provider: 'botpenguin',
  baseUrl: 'https://inbox.example',
  token: 'token-1',
  hintSecret: 'hint-1',
  requestsPerMinute: 90,
  paused: false,
  createdAt: '2026-06-12T10:00:00.000Z',
  updatedAt: '2026-06-12T10:00:00.000Z',
};
const older: StoredSource = { ...source, id: 'older', hintSecret: undefined };

/** Two sources and three subscriptions, all sealed with the old key. */
async function setUp() {
  await redis.flushdb();
  const before = openKeyedStore(connection, 'old');
  await before.sources.create(source);
  await before.sources.create(older);
  for (const id of ['sub_1', 'sub_2', 'sub_3'] as const) {
    const headers = { authorization: `Bearer of ${id}` };
    await before.subscriptions.create(makeSubscription(id, { headers, ordering: 'contact' }));
  }
  return { before, content: await read(before) };
}

async function read({ sources, subscriptions }: Store) {
  // All were made at one moment, so that their order is by chance.
  const byId = (left: Subscription, right: Subscription) => left.id.localeCompare(right.id);
  return {
    sources: await sources.list(),
    subscriptions: [...(await subscriptions.list())].sort(byId),
  };
}

async function reseal({ sources, subscriptions }: Store): Promise<number> {
  return (await sources.reseal()) + (await subscriptions.reseal());
}

/** Redis as a process sees it that dies right after its `calls`th script. */
function dyingAfter(calls: number): Connection {
  let left = calls;
  return {
    ...connection,
    async run(name, call) {
      if (left === 0) throw new Error('It died.');
      left -= 1;
      return connection.run(name, call);
    },
  };
}

test('after one start with the new key first, the old key is needed for nothing', async () => {
  const { content } = await setUp();
  expect(await reseal(openKeyedStore(connection, 'new', 'old'))).toBe(5);
  expect(await read(openKeyedStore(connection, 'new'))).toEqual(content);
  const { sources, subscriptions } = openKeyedStore(connection, 'old');
  await expect(sources.get('default')).rejects.toThrow('ENCRYPTION_KEY does not list');
  await expect(subscriptions.get('sub_1')).rejects.toThrow('ENCRYPTION_KEY does not list');
});

test('a hint still finds its source when its secret was sealed anew', async () => {
  await setUp();
  await reseal(openKeyedStore(connection, 'new', 'old'));
  const { sources } = openKeyedStore(connection, 'new');
  expect(await sources.findByHint('hint-1')).toEqual(source);
});

test('what the first key sealed stays as it is, and nobody has to read it again', async () => {
  await setUp();
  await reseal(openKeyedStore(connection, 'new', 'old'));
  const stored = async () => [
    await redis.hgetall(keys.sources),
    await redis.hgetall(documents),
    await redis.get(version),
  ];
  const before = await stored();
  expect(await reseal(openKeyedStore(connection, 'new', 'old'))).toBe(0);
  expect(await stored()).toEqual(before);
});

test('processes that know a subscription read it again once it was sealed anew', async () => {
  await setUp();
  const other = openKeyedStore(connection, 'old');
  await other.subscriptions.get('sub_1');
  await reseal(openKeyedStore(connection, 'new', 'old'));
  await expect(other.subscriptions.get('sub_1')).rejects.toMatchObject({ name: 'SealError' });
});

test('fields that another version wrote outlive a change of the key', async () => {
  await setUp();
  for (const [key, id] of [
    [keys.sources, 'default'],
    [documents, 'sub_1'],
  ] as const) {
    const document = JSON.parse((await redis.hget(key, id)) ?? '');
    await redis.hset(key, id, JSON.stringify({ ...document, fromTheFuture: [1] }));
  }
  await reseal(openKeyedStore(connection, 'new', 'old'));
  for (const text of [
    await redis.hget(keys.sources, 'default'),
    await redis.hget(documents, 'sub_1'),
  ]) {
    expect(JSON.parse(text ?? '')).toMatchObject({ fromTheFuture: [1] });
  }
});

test('a key that is missing from the list is told, and what it sealed stays', async () => {
  const { content } = await setUp();
  const stranger = openKeyedStore(connection, 'new');
  await expect(stranger.sources.reseal()).rejects.toMatchObject({ name: 'SealError' });
  await expect(stranger.subscriptions.reseal()).rejects.toMatchObject({ name: 'SealError' });
  expect(await read(openKeyedStore(connection, 'old'))).toEqual(content);
});

test('wherever processes die that seal anew, beside each other and beside changes, nothing is lost', async () => {
  const change = fc.constantFrom('update', 'create', 'remove', 'nothing');
  const death = fc.integer({ min: 0, max: 6 });
  await fc.assert(
    fc.asyncProperty(fc.array(death, { maxLength: 3 }), change, async (deaths, kind) => {
      const { before, content } = await setUp();
      const { subscriptions } = before;
      const expected = new Map(content.subscriptions.map((each) => [each.id, each]));
      const changing = async () => {
        if (kind === 'create') await subscriptions.create(makeSubscription('sub_4'));
        if (kind === 'remove') await subscriptions.remove('sub_3');
        if (kind !== 'update') return;
        // The change itself meets either key, as a process in the middle of a rollout has both.
        const both = openKeyedStore(connection, 'old', 'new').subscriptions;
        await both.update('sub_3', (found) => ({ ...found, maxInFlight: 2 }));
      };
      const resealing = deaths.map((calls) =>
        reseal(openKeyedStore(dyingAfter(calls), 'new', 'old')).catch(() => 0),
      );
      await Promise.all([changing(), ...resealing]);
      if (kind === 'create') expected.set('sub_4', makeSubscription('sub_4'));
      if (kind === 'remove') expected.delete('sub_3');
      if (kind === 'update') expected.set('sub_3', { ...expected.get('sub_3')!, maxInFlight: 2 });
      const after = { sources: content.sources, subscriptions: [...expected.values()] };
      expect(await read(openKeyedStore(connection, 'new', 'old'))).toEqual(after);
      await reseal(openKeyedStore(connection, 'new', 'old'));
      expect(await read(openKeyedStore(connection, 'new'))).toEqual(after);
    }),
    { numRuns: 60 },
  );
});
