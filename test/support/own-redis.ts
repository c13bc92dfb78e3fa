import { Redis } from 'ioredis';
import { onTestFinished } from 'vitest';
import { type PrivateRedis, type PrivateRedisOptions, startPrivateRedis } from './redis.ts';

/** A Redis that ends with the test; where none can run, the test is skipped. */
export async function startOwnRedis(
  options: PrivateRedisOptions,
  skip: (why: string) => never,
): Promise<PrivateRedis> {
  const redis = await startPrivateRedis(options);
  if (redis === null) return skip('No redis-server can run here as a process.');
  onTestFinished(() => redis.close());
  return redis;
}

/** Whoever administers a Redis, over a connection of their own for each command. */
export async function command(
  url: string,
  ...words: readonly [string, ...string[]]
): Promise<void> {
  const redis = new Redis(url);
  const [name, ...args] = words;
  await redis.call(name, ...args);
  redis.disconnect();
}
