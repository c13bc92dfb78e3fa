import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startRedisContainer } from './redis-container.ts';
import { fetchRedisPackages } from './redis-packages.ts';
import { findBinaryOnPath, type RedisBinary, startRedisProcess } from './redis-server.ts';

export interface DevelopmentRedis {
  readonly url: string;
  /** Where it came from, as the end of a sentence: "Redis: …". */
  readonly how: string;
  /** Ends what was started; a Redis that was there before stays. */
  close(): Promise<void>;
}

export class NoRedisError extends Error {
  override readonly name = 'NoRedisError';
}

const cacheFolder = fileURLToPath(
  new URL('../../node_modules/.cache/inbox-notifier', import.meta.url),
);

/**
 * The first Redis of this ladder: `REDIS_URL`, a container, a server on the PATH, Debian's or Ubuntu's packages. What is
 * started here keeps nothing, listens on this machine only and dies with this process. `onProgress` hears of slow steps.
 */
export async function startDevelopmentRedis(
  options: {
    readonly env?: NodeJS.ProcessEnv;
    readonly onProgress?: (sentence: string) => void;
  } = {},
): Promise<DevelopmentRedis> {
  const { env = process.env, onProgress } = options;
  if (env.REDIS_URL) {
    return { url: env.REDIS_URL, how: 'the one that REDIS_URL names', close: async () => {} };
  }
  const container = await startRedisContainer();
  if (container.kind === 'started') {
    return { ...container, how: 'a throw-away container of redis:8-alpine' };
  }
  const binary = await findRedisBinary({ env, ...(onProgress && { onProgress }) });
  if (binary.kind === 'missing') {
    throw new NoRedisError(
      [
        'No Redis was found and none could be fetched. Any one of these helps:',
        '  - set REDIS_URL to a Redis that may be used for development,',
        '  - start a container engine (Docker, Podman),',
        '  - install redis-server or valkey-server (macOS: brew install redis).',
        'What was tried:',
        `  - a container: ${container.reason}`,
        '  - the PATH: neither redis-server nor valkey-server',
        `  - packages: ${binary.reason}`,
      ].join('\n'),
    );
  }
  return startThrowAway(binary.binary);
}

export type BinarySearch =
  | { readonly kind: 'found'; readonly binary: RedisBinary }
  | { readonly kind: 'missing'; readonly reason: string };

/** The lower rungs alone: a server that this machine can run as a process. */
export async function findRedisBinary(
  options: {
    readonly env?: NodeJS.ProcessEnv;
    readonly onProgress?: (sentence: string) => void;
  } = {},
): Promise<BinarySearch> {
  const { env = process.env, onProgress } = options;
  const onPath = await findBinaryOnPath(env.PATH ?? '');
  if (onPath !== null) return { kind: 'found', binary: onPath };
  try {
    const fetched = await fetchRedisPackages(cacheFolder, onProgress);
    if (fetched !== null) return { kind: 'found', binary: fetched };
    return { kind: 'missing', reason: 'no apt here, so this is neither Debian nor Ubuntu' };
  } catch (error) {
    return { kind: 'missing', reason: error instanceof Error ? error.message : String(error) };
  }
}

async function startThrowAway(binary: RedisBinary): Promise<DevelopmentRedis> {
  const folder = await mkdtemp(join(tmpdir(), 'inbox-notifier-redis-'));
  const server = await startRedisProcess(binary, { folder });
  return {
    url: server.url,
    how: `a throw-away server of version ${binary.version} (${binary.path})`,
    async close() {
      await server.stop('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  };
}
