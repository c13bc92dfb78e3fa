import { createHash } from 'node:crypto';
import type { Connection } from './connection.ts';
import { budgetKeys } from './keys.ts';

/** Who asks for a request, and how. */
export interface Wish {
  /** One asker has one place in the queue. */
  readonly asker: string;
  readonly perMinute: number;
  /** The request's own deadline. */
  readonly timeoutMs: number;
  /** Goes before what is not urgent and has not waited ten seconds longer. */
  readonly urgent: boolean;
  /** Whoever would have to wait longer gets no place in the queue. */
  readonly patienceMs: number;
}

export type RequestGrant = Granted | { readonly kind: 'wait'; readonly waitMs: number };

export interface Granted {
  readonly kind: 'granted';
  /** Once the answer is there, so that the request stops counting a minute after it. */
  readonly settle: () => Promise<void>;
  /** The inbox answered 429: nobody asks for `durationMs`, and the rate in force is halved. */
  readonly limited: (durationMs: number) => Promise<RateCut>;
}

export interface RateCut {
  /** False where the rate is as low as it gets, or was halved already for a request on its way at the same time. */
  readonly halved: boolean;
  readonly limitInForce: number;
}

export interface BudgetUsage {
  readonly usedLastMinute: number;
  /** The least of all sources that share the token and lately asked. */
  readonly limit: number;
  /** Below `limit` for some minutes after a 429. */
  readonly limitInForce: number;
  /** The last 429, for ten minutes: there was room by our own count, so someone else uses the token. */
  readonly limitedAtMs: number | null;
}

/**
 * One token's requests to its inbox, shared by all sources and processes that use it: a limit over any sliding 60 s, evenly
 * spaced, first come, first served.
 */
export interface Budget {
  /** A `wait` is to be followed by asking again, when it is over. */
  take(token: string, wish: Wish): Promise<RequestGrant>;
  usage(token: string, perMinute: number): Promise<BudgetUsage>;
}

const minuteMs = 60_000;

export function createBudget(connection: Connection, newId: () => string): Budget {
  return {
    async take(token, wish) {
      const names = keysOf(token);
      const id = newId();
      const { perMinute, timeoutMs, asker, urgent, patienceMs } = wish;
      const [kind, value] = (await connection.run('take-request', {
        keys: [names.requests, names.pace, names.waiting],
        args: [id, perMinute, timeoutMs, asker, urgent ? 1 : 0, patienceMs],
      })) as [RequestGrant['kind'], string | number];
      if (kind === 'wait') return { kind, waitMs: Number(value) };
      const limited = (durationMs: number) =>
        limit(connection, names.pace, [perMinute, value, Math.ceil(durationMs)]);
      const settle = () => settleGrant(connection, names.requests, id);
      return { kind, settle, limited };
    },
    async usage(token, perMinute) {
      const { requests, pace } = keysOf(token);
      const call = { keys: [requests, pace], args: [perMinute] };
      const reply = (await connection.run('read-budget', call)) as [number, string, string, string];
      const [usedLastMinute, limitNow, limitInForce, limitedAtMs] = reply;
      return {
        usedLastMinute,
        limit: Number(limitNow),
        limitInForce: Math.round(Number(limitInForce)),
        limitedAtMs: limitedAtMs === '' ? null : Number(limitedAtMs),
      };
    },
  };
}

async function limit(
  connection: Connection,
  paceKey: string,
  args: readonly (string | number)[],
): Promise<RateCut> {
  const reply = await connection.run('limit-requests', { keys: [paceKey], args });
  const [halved, rate] = reply as [number, string];
  return { halved: halved === 1, limitInForce: Math.round(Number(rate)) };
}

async function settleGrant(connection: Connection, requestsKey: string, id: string) {
  const untilMs = (await redisNowMs(connection)) + minuteMs;
  await connection.redis.zadd(requestsKey, 'XX', untilMs, id);
}

/** All processes count by the same clock. */
async function redisNowMs({ redis }: Connection): Promise<number> {
  const [seconds, microseconds] = await redis.time();
  return Number(seconds) * 1000 + Number(microseconds) / 1000;
}

function keysOf(token: string) {
  return budgetKeys(createHash('sha256').update(token).digest('hex').slice(0, 32));
}
