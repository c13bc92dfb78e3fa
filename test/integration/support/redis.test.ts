import { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { startOwnRedis } from '../../support/own-redis.ts';
import { freshRedisUrl } from '../../support/redis.ts';

async function withRedis<T>(url: string, use: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url);
  try {
    return await use(redis);
  } finally {
    redis.disconnect();
  }
}

test('each file gets an empty database that no other file has', async () => {
  const [one, other] = await Promise.all([freshRedisUrl(), freshRedisUrl()]);
  expect(one).not.toBe(other);
  await withRedis(one, (redis) => redis.set('key', 'value'));
  expect(await withRedis(other, (redis) => redis.dbsize())).toBe(0);
});

test('a private Redis that appends keeps its keys over a kill and a restart', async ({ skip }) => {
  const server = await startOwnRedis({ appendOnly: true }, skip);
  await withRedis(server.url, (redis) => redis.set('key', 'value'));
  const before = server.pid();
  await server.kill();
  await server.restart();
  expect(server.pid()).not.toBe(before);
  expect(await withRedis(server.url, (redis) => redis.get('key'))).toBe('value');
  await server.restart();
  expect(await withRedis(server.url, (redis) => redis.get('key'))).toBe('value');
});

test('a private Redis that does not append forgets everything at a restart', async ({ skip }) => {
  const server = await startOwnRedis({}, skip);
  await withRedis(server.url, (redis) => redis.set('key', 'value'));
  await server.restart();
  expect(await withRedis(server.url, (redis) => redis.get('key'))).toBeNull();
});
