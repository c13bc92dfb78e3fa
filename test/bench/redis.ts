import { Redis } from 'ioredis';
import { startDevelopmentRedis } from '#demo/development-redis.ts';

/** A Redis database that the benchmark has to itself. */
export interface BenchRedis extends AsyncDisposable {
  readonly url: string;
  /** Where it came from, as the end of a sentence. */
  readonly how: string;
  empty(): Promise<void>;
  usedBytes(): Promise<number>;
  /** How often each command was called so far, also from within scripts. */
  commandCalls(): Promise<ReadonlyMap<string, number>>;
}

class RedisNotEmptyError extends Error {
  override readonly name = 'RedisNotEmptyError';
  constructor() {
    super(
      'The database that REDIS_URL names holds something, and the benchmark would empty it: name an empty one.',
    );
  }
}

/** The first of the ladder of development commands; refuses to work on somebody's data. */
export async function openBenchRedis(onProgress: (sentence: string) => void): Promise<BenchRedis> {
  await using starting = new AsyncDisposableStack();
  const { url, how, close } = await startDevelopmentRedis({ onProgress });
  starting.defer(close);
  const redis = new Redis(url);
  starting.defer(() => redis.disconnect());
  if ((await redis.dbsize()) > 0) throw new RedisNotEmptyError();
  starting.defer(async () => {
    await redis.flushdb();
  });
  const stack = starting.move();
  return {
    url,
    how,
    async empty() {
      await redis.flushdb();
    },
    async usedBytes() {
      return Number(/used_memory:(\d+)/.exec(await redis.info('memory'))?.[1]);
    },
    async commandCalls() {
      const calls = (await redis.info('commandstats')).matchAll(/^cmdstat_(\S+?):calls=(\d+)/gm);
      return new Map([...calls].map(([, name = '', count]) => [name, Number(count)]));
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}
