import { expect, test } from 'vitest';
import type { ApiKey, ApiKeyId } from '#domain/api-key.ts';
import { apiKeyId, createApiKeys } from '#store/api-keys.ts';
import { keyRateKey, keys } from '#store/keys.ts';
import { openConnection } from '../../support/stage.ts';

const connection = await openConnection();
const { redis } = connection;
const minuteMs = 60_000;

async function setUp() {
  await redis.flushdb();
  return createApiKeys(connection);
}

function make(digit: string, changes: Partial<ApiKey> = {}): ApiKey {
  const hash = digit.repeat(64);
  return {
    id: apiKeyId(hash),
    name: `name of ${digit}`,
    scopes: ['read', 'subscriptions'],
    requestsPerMinute: 600,
    start: `ink_${digit.repeat(4)}`,
    hash,
    createdAt: '2026-06-12T10:00:00.000Z',
    updatedAt: '2026-06-12T10:00:00.000Z',
    expiresAt: null,
    ...changes,
  };
}

test('a key comes back as it went in, by id, by hash and in the list', async () => {
  const apiKeys = await setUp();
  const [one, other] = [make('1'), make('2', { expiresAt: '2027-01-01T00:00:00.000Z' })];
  await apiKeys.create(one);
  await apiKeys.create(other);
  expect(await apiKeys.get(one.id)).toEqual({ ...one, lastUsedAt: null });
  expect(await apiKeys.use(other.hash)).toEqual(other);
  const listed = await apiKeys.list();
  expect(listed.map(({ id }) => id).sort()).toEqual([one.id, other.id].sort());
});

test('made twice it is one key, as it was first made', async () => {
  const apiKeys = await setUp();
  await apiKeys.create(make('1'));
  await apiKeys.create(make('1', { name: 'again' }));
  expect(await apiKeys.list()).toEqual([{ ...make('1'), lastUsedAt: null }]);
});

test('what is not there is not found, and not noted as used', async () => {
  const apiKeys = await setUp();
  expect(await apiKeys.use('0'.repeat(64))).toBe(null);
  expect(await apiKeys.get('key_nobody')).toBe(null);
  expect(await apiKeys.update('key_nobody', (key) => key)).toBe(null);
  expect(await apiKeys.revoke('key_nobody')).toBe(false);
  expect(await redis.keys('*')).toEqual([]);
});

test('an id alone opens nothing: the whole hash must fit', async () => {
  const apiKeys = await setUp();
  const found = make('1');
  await redis.hset(keys.apiKeys.documents, apiKeyId('2'.repeat(64)), JSON.stringify(found));
  expect(await apiKeys.use('2'.repeat(64))).toBe(null);
});

test('a use is noted, and within the minute after it no other', async () => {
  const apiKeys = await setUp();
  const { id, hash } = make('1');
  await apiKeys.create(make('1'));
  await apiKeys.use(hash);
  const noted = Number(await redis.hget(keys.apiKeys.lastUses, id));
  expect(Math.abs(noted - Date.now())).toBeLessThan(minuteMs);
  const recent = noted - minuteMs / 2;
  await redis.hset(keys.apiKeys.lastUses, id, recent);
  await apiKeys.use(hash);
  expect((await apiKeys.get(id))?.lastUsedAt).toBe(new Date(recent).toISOString());
  await redis.hset(keys.apiKeys.lastUses, id, noted - minuteMs);
  await apiKeys.use(hash);
  expect(Number(await redis.hget(keys.apiKeys.lastUses, id))).toBeGreaterThanOrEqual(noted);
});

test('changes of two who write at the same time are both kept', async () => {
  const apiKeys = await setUp();
  const { id } = make('1');
  await apiKeys.create(make('1'));
  await Promise.all([
    apiKeys.update(id, (key) => ({ ...key, name: 'new name' })),
    apiKeys.update(id, (key) => ({ ...key, requestsPerMinute: 7 })),
  ]);
  expect(await apiKeys.get(id)).toMatchObject({ name: 'new name', requestsPerMinute: 7 });
});

test('a revoked key leaves nothing behind, and revoked twice it was there once', async () => {
  const apiKeys = await setUp();
  const { id, hash } = make('1');
  await apiKeys.create(make('1'));
  await apiKeys.use(hash);
  expect(await apiKeys.revoke(id)).toBe(true);
  expect(await apiKeys.use(hash)).toBe(null);
  expect(await apiKeys.revoke(id)).toBe(false);
  expect(await redis.keys('*')).toEqual([]);
});

test('a change that comes behind a revocation does not bring the key back', async () => {
  const apiKeys = await setUp();
  const { id } = make('1');
  await apiKeys.create(make('1'));
  let gone: Promise<number> | null = null;
  const changed = await apiKeys.update(id, (key) => {
    // Sent before the change is.
    gone ??= redis.hdel(keys.apiKeys.documents, id);
    return { ...key, name: 'late' };
  });
  expect(await gone).toBe(1);
  expect(changed).toBe(null);
  expect(await apiKeys.get(id)).toBe(null);
});

test('a revocation is judged by the key as it is when it goes', async () => {
  const apiKeys = await setUp();
  const { id } = make('1');
  await apiKeys.create(make('1'));
  const seen: string[] = [];
  let changing: Promise<unknown> | null = null;
  const revoked = await apiKeys.revoke(id, ({ name }) => {
    seen.push(name);
    const text = JSON.stringify(make('1', { name: 'new name' }));
    changing ??= redis.hset(keys.apiKeys.documents, id, text);
    return name !== 'new name';
  });
  await changing;
  expect(seen).toEqual(['name of 1', 'new name']);
  expect(revoked).toBe(false);
  expect((await apiKeys.get(id))?.name).toBe('new name');
});

const asker: ApiKeyId = 'key_1';

test('a minute of requests is let in at once, then one each time that one comes back', async () => {
  const apiKeys = await setUp();
  for (const remaining of [1, 0]) {
    expect(await apiKeys.admit(asker, 2)).toMatchObject({ kind: 'admitted', remaining });
  }
  const refused = await apiKeys.admit(asker, 2);
  expect(refused).toMatchObject({ kind: 'refused', remaining: 0 });
  expect(refused.waitMs).toBeGreaterThan(20_000);
  expect(refused.waitMs).toBeLessThanOrEqual(30_000);
  await pass(refused.waitMs);
  expect(await apiKeys.admit(asker, 2)).toMatchObject({ kind: 'admitted', remaining: 0 });
  expect(await apiKeys.admit(asker, 2)).toMatchObject({ kind: 'refused' });
});

test('what is refused uses nothing up, and what was used is forgotten after a minute', async () => {
  const apiKeys = await setUp();
  await apiKeys.admit(asker, 1);
  const kept = await redis.get(keyRateKey(asker));
  for (let round = 0; round < 5; round += 1) await apiKeys.admit(asker, 1);
  expect(await redis.get(keyRateKey(asker))).toBe(kept);
  const lifetimeMs = await redis.pttl(keyRateKey(asker));
  expect(lifetimeMs).toBeGreaterThan(0);
  expect(lifetimeMs).toBeLessThanOrEqual(minuteMs);
});

test('a clock that was set back keeps nobody out for longer than one request takes to come back', async () => {
  const apiKeys = await setUp();
  await redis.set(keyRateKey(asker), Date.now() + 86_400_000);
  expect((await apiKeys.admit(asker, 6)).waitMs).toBeLessThanOrEqual(10_000);
});

test('keys are counted each by itself', async () => {
  const apiKeys = await setUp();
  await apiKeys.admit(asker, 1);
  expect(await apiKeys.admit(asker, 1)).toMatchObject({ kind: 'refused' });
  expect(await apiKeys.admit('key_2', 1)).toMatchObject({ kind: 'admitted' });
});

/** As if this much time had passed. */
async function pass(ms: number): Promise<void> {
  const fullAtMs = Number(await redis.get(keyRateKey(asker)));
  await redis.set(keyRateKey(asker), fullAtMs - ms);
}
