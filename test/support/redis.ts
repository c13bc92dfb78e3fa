import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { inject } from 'vitest';
import { findRedisBinary } from '#demo/development-redis.ts';
import { startRedisProcess } from '#demo/redis-server.ts';

const counterKey = 'inbox-notifier-test:counter';
const takenKey = 'inbox-notifier-test:databases';

/**
 * The URL of an empty database that no other test file has. Databases with contents that no test put there are passed
 * over, in case the Redis is somebody's own.
 */
export async function freshRedisUrl(): Promise<string> {
  const base = inject('redisUrl');
  const redis = new Redis(urlOfDatabase(base, 0));
  try {
    const [, databases = '16'] = (await redis.config('GET', 'databases')) as string[];
    for (let tries = 1; tries < Number(databases); tries += 1) {
      await redis.select(0);
      const database = 1 + ((await redis.incr(counterKey)) % (Number(databases) - 1));
      const unknown = await redis.sadd(takenKey, database);
      await redis.select(database);
      if (unknown === 1 && (await redis.dbsize()) > 0) {
        await redis.select(0);
        await redis.srem(takenKey, database);
        continue;
      }
      await redis.flushdb();
      return urlOfDatabase(base, database);
    }
    throw new Error(
      'Every database of this Redis holds something else: name another in REDIS_URL.',
    );
  } finally {
    redis.disconnect();
  }
}

function urlOfDatabase(base: string, database: number): string {
  const url = new URL(base);
  url.pathname = `/${database}`;
  return url.href;
}

/** A Redis of one's own, for tests that break it. */
export interface PrivateRedis {
  readonly url: string;
  pid(): number;
  /** Ends it in peace (or finds it dead) and starts it again at the same address over the same files. */
  restart(): Promise<void>;
  /** `kill -9`. */
  kill(): Promise<void>;
  close(): Promise<void>;
}

export interface PrivateRedisOptions {
  readonly appendOnly?: boolean;
  /** One node of a Cluster, to which no slots belong yet. */
  readonly cluster?: boolean;
}

/**
 * With `appendOnly` every acknowledged write outlives `kill` and `restart`; without, each of them empties it. Null where
 * this machine can run no `redis-server` as a process.
 */
export async function startPrivateRedis(
  options: PrivateRedisOptions,
): Promise<PrivateRedis | null> {
  const search = await findRedisBinary();
  if (search.kind === 'missing') return null;
  const folder = await mkdtemp(join(tmpdir(), 'inbox-notifier-private-redis-'));
  const settings = options.appendOnly ? ['--appendonly', 'yes', '--appendfsync', 'always'] : [];
  if (options.cluster) settings.push('--cluster-enabled', 'yes');
  let server = await startRedisProcess(search.binary, { folder, settings });
  return {
    url: server.url,
    pid: () => server.pid,
    async restart() {
      await server.stop('SIGTERM');
      server = await startRedisProcess(search.binary, { folder, settings, port: server.port });
    },
    kill: () => server.stop('SIGKILL'),
    async close() {
      await server.stop('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  };
}
