import { expect, test } from 'vitest';
import type { StoredSource } from '#store/sources.ts';
import { openConnection, openStore } from '../../support/stage.ts';

const connection = await openConnection();
const { redis } = connection;

async function setUp() {
  await redis.flushdb();
  return openStore(connection).sources;
}

function make(id: string, changes: Partial<StoredSource> = {}): StoredSource {
  return {
    id,
    inboxId: `inbox-of-${id}`,
    provider: 'botpenguin',
    baseUrl: 'https://inbox.example',
    token: `token-of-${id}`,
    hintSecret: `hint-of-${id}`,
    requestsPerMinute: 90,
    scope: { tags: ['vip'], tagsV2: { any: [1, null] } },
    paused: false,
    createdAt: '2026-06-12T10:00:00.000Z',
    updatedAt: '2026-06-12T10:00:00.000Z',
    ...changes,
  };
}

test('a source comes back as it went in, and an id is taken once', async () => {
  const sources = await setUp();
  expect(await sources.create(make('a'))).toBe(true);
  expect(await sources.create(make('a', { token: 'another' }))).toBe(false);
  expect(await sources.get('a')).toEqual(make('a'));
});

test('some of many are read in the order of their ids as given, without those that are not there', async () => {
  const sources = await setUp();
  for (const id of ['a', 'b', 'c']) await sources.create(make(id));
  const found = await sources.getMany(['c', 'nobody', 'a']);
  expect(found.map(({ id }) => id)).toEqual(['c', 'a']);
  expect(await sources.getMany([])).toEqual([]);
});

test('a hint secret finds its source, without a plain copy of it in Redis', async () => {
  const sources = await setUp();
  for (const id of ['a', 'b']) await sources.create(make(id));
  expect((await sources.findByHint('hint-of-b'))?.id).toBe('b');
  expect(await sources.findByHint('hint-of-c')).toBeNull();
  for (const key of ['sources', 'hints']) {
    expect(JSON.stringify(await redis.hgetall(key))).not.toContain('hint-of');
  }
});

test('the secret of an attempt to take an id that is taken opens nothing', async () => {
  const sources = await setUp();
  await sources.create(make('a'));
  await sources.create(make('a', { hintSecret: 'of the attempt' }));
  expect(await sources.findByHint('of the attempt')).toBeNull();
});

test('a removed source is gone, and so is its hint; its id can be used again', async () => {
  const sources = await setUp();
  await sources.create(make('a'));
  expect(await sources.remove('a')).toBe(true);
  expect(await sources.remove('a')).toBe(false);
  expect([await sources.ids(), await sources.removedIds()]).toEqual([[], ['a']]);
  expect(await sources.findByHint('hint-of-a')).toBeNull();
  expect(await redis.exists('hints')).toBe(0);
  expect(await sources.create(make('a'))).toBe(true);
});

test('a removal and a change at once end in a removal', async () => {
  const sources = await setUp();
  await sources.create(make('a'));
  const change = () => sources.update('a', (source) => ({ ...source, paused: true }));
  await Promise.all([change(), sources.remove('a'), change()]);
  expect(await sources.ids()).toEqual([]);
});
