import { createHash } from 'node:crypto';
import type { Connection } from './connection.ts';
import { budgetKeys } from './keys.ts';

export type RequestGrant =
  /** `settle` once the answer is there, so that the request stops counting a minute after it. */
  | { readonly kind: 'granted'; readonly settle: () => Promise<void> }
  | { readonly kind: 'wait'; readonly waitMs: number };

/** One token's requests to its inbox, shared by all processes: a limit over any sliding 60 s, evenly spaced. */
export interface Budget {
  take(token: string, perMinute: number, timeoutMs: number): Promise<RequestGrant>;
  /** Lets nobody ask for `durationMs`: the inbox said so. */
  block(token: string, durationMs: number): Promise<void>;
  usedLastMinute(token: string): Promise<number>;
}

const minuteMs = 60_000;

export function createBudget(connection: Connection, newId: () => string): Budget {
  const { redis } = connection;
  return {
    async take(token, perMinute, timeoutMs) {
      const { requests, pace } = keysOf(token);
      const id = newId();
      const call = { keys: [requests, pace], args: [id, perMinute, timeoutMs] };
      const [kind, value] = (await connection.run('take-request', call)) as [string, number];
      if (kind === 'wait') return { kind, waitMs: value };
      return {
        kind: 'granted',
        async settle() {
          await redis.zadd(requests, 'XX', (await redisNowMs(connection)) + minuteMs, id);
        },
      };
    },
    async block(token, durationMs) {
      const call = { keys: [keysOf(token).pace], args: [Math.ceil(durationMs)] };
      await connection.run('block-requests', call);
    },
    async usedLastMinute(token) {
      // What has stopped counting lies there until the next request.
      return redis.zcount(keysOf(token).requests, await redisNowMs(connection), '+inf');
    },
  };
}

/** All processes count by the same clock. */
async function redisNowMs({ redis }: Connection): Promise<number> {
  const [seconds, microseconds] = await redis.time();
  return Number(seconds) * 1000 + Number(microseconds) / 1000;
}

function keysOf(token: string) {
  return budgetKeys(createHash('sha256').update(token).digest('hex').slice(0, 32));
}
