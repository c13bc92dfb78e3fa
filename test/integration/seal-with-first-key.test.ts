import { expect, test } from 'vitest';
import { sealWithFirstKey } from '#seal-with-first-key.ts';
import type { StoredSource } from '#store/sources.ts';
import { type KeyName, openKeyedStore } from '../support/keyed-store.ts';
import { makeSubscription, openConnection, silentLog } from '../support/stage.ts';

const connection = await openConnection();
const { redis } = connection;
const source: StoredSource = {
  id: 'default',
  provider: 'botpenguin',
  baseUrl: 'https://inbox.example',
  token: 'token',
  requestsPerMinute: 90,
  paused: false,
  createdAt: '2026-06-12T10:00:00.000Z',
  updatedAt: '2026-06-12T10:00:00.000Z',
};

/** A source sealed with the old key, and the log of a start with these keys. */
async function setUp() {
  await redis.flushdb();
  await openKeyedStore(connection, 'old').sources.create(source);
  const lines: unknown[] = [];
  const info = (fields: unknown, message: string) => void lines.push([message, fields]);
  const log = Object.assign(Object.create(silentLog), { info });
  const start = (...names: KeyName[]) => {
    const { sources, subscriptions } = openKeyedStore(connection, ...names);
    return sealWithFirstKey(sources, subscriptions, log);
  };
  return { start, lines };
}

test('one line says how much was sealed anew, and none where nothing was', async () => {
  const { start, lines } = await setUp();
  await openKeyedStore(connection, 'new').subscriptions.create(makeSubscription('sub_1'));
  await start('new', 'old');
  await start('new', 'old');
  expect(lines).toEqual([['secrets.resealed', { sources: 1, subscriptions: 0 }]]);
});

test('where one thing cannot be opened, the others stay as they are', async () => {
  const { start, lines } = await setUp();
  await openKeyedStore(connection, 'foreign').subscriptions.create(makeSubscription('sub_1'));
  await expect(start('new', 'old')).rejects.toMatchObject({ name: 'SealError' });
  expect(await openKeyedStore(connection, 'old').sources.get('default')).toEqual(source);
  expect(lines).toEqual([]);
});
