import type { TestProject } from 'vitest/node';
import { type DevelopmentRedis, startDevelopmentRedis } from '#demo/development-redis.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    redisUrl: string;
  }
}

interface Shared {
  readonly redis: Promise<DevelopmentRedis>;
  users: number;
}

// Every project loads this file as a module of its own, all in one process: what they share hangs on the process.
const slot = Symbol.for('inbox-notifier test redis');
const holder = globalThis as { [slot]?: Shared };

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  holder[slot] ??= { users: 0, redis: startDevelopmentRedis({ onProgress: console.log }) };
  const shared = holder[slot];
  shared.users += 1;
  const redis = await shared.redis;
  if (shared.users === 1) console.log(`Redis: ${redis.how}`);
  project.provide('redisUrl', redis.url);
  return async () => {
    shared.users -= 1;
    if (shared.users > 0) return;
    delete holder[slot];
    await redis.close();
  };
}
