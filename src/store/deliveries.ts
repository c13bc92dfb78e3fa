import type { Attempt, DeliveryRef, DeliveryStatus } from '#domain/delivery.ts';
import { deliveryStatuses, parseDeliveryRef } from '#domain/delivery.ts';
import type { SubscriptionId, SubscriptionStatus } from '#domain/subscription.ts';
import type { Connection } from './connection.ts';
import { parseRecord } from './delivery-record.ts';
import { type LaneKeys, laneKeys } from './keys.ts';
import { unreachableAfter } from './lane-health.ts';
import { msOfLogId } from './log-id.ts';

/** One delivery as its lane shows it. */
export interface ListedDelivery {
  readonly ref: DeliveryRef;
  readonly status: DeliveryStatus;
  readonly attempts: readonly Attempt[];
  readonly nextAttemptAtMs: number | null;
}

/** Where a listing goes on: within the deliveries of one status. */
export interface DeliveryCursor {
  readonly status: DeliveryStatus;
  readonly offset: number;
}

/** How one event stands in one lane. */
export interface FoundDelivery {
  readonly laneStatus: SubscriptionStatus;
  /** Null where the lane knows nothing of it, or no more. */
  readonly delivery: ListedDelivery | null;
}

export interface Deliveries {
  countFailed(id: SubscriptionId): Promise<number>;
  /** Those that failed longest ago first. */
  listFailed(id: SubscriptionId, offset: number, count: number): Promise<DeliveryRef[]>;
  /** `status` null lists all, status after status. */
  list(
    id: SubscriptionId,
    status: DeliveryStatus | null,
    from: DeliveryCursor | null,
    limit: number,
  ): Promise<{ deliveries: ListedDelivery[]; next: DeliveryCursor | null }>;
  /** One event in each of these lanes. What waits amid very much is not found. */
  find(ids: readonly SubscriptionId[], ref: DeliveryRef): Promise<FoundDelivery[]>;
}

/** Looked through from either end of what waits: new events stand at the one end, those that are sent next at the other. */
const mostLookedThrough = 20_000;
/** Lanes. Of a busy one it takes Redis milliseconds; who delivers gets its turn in between. */
const lookedThroughAtOnce = 2;
/** By so much may the clock of a process that delivers be behind that of Redis. */
const clockSlackMs = 3_600_000;

export function createDeliveries(connection: Connection): Deliveries {
  const { redis } = connection;
  return {
    countFailed: (id) => redis.zcard(laneKeys(id).failed),
    async listFailed(id, offset, count) {
      const refs = await redis.zrange(laneKeys(id).failed, offset, String(offset + count - 1));
      return refs as DeliveryRef[];
    },
    async list(id, status, from, limit) {
      const statuses = status === null ? deliveryStatuses : [status];
      let at = Math.max(0, statuses.indexOf(from?.status ?? statuses[0] ?? 'pending'));
      let offset = from?.offset ?? 0;
      const deliveries: ListedDelivery[] = [];
      // One more than asked for tells whether there is a next page.
      while (at < statuses.length && deliveries.length <= limit) {
        const current = statuses[at] as DeliveryStatus;
        const want = limit + 1 - deliveries.length;
        const found = await listStatus(connection, laneKeys(id), current, offset, want);
        deliveries.push(...found);
        if (deliveries.length > limit) {
          return {
            deliveries: deliveries.slice(0, limit),
            next: { status: current, offset: offset + found.length - 1 },
          };
        }
        at += 1;
        offset = 0;
      }
      return { deliveries, next: null };
    },
    find: (ids, ref) => findMany(connection, ids, ref),
  };
}

async function findMany(
  connection: Connection,
  ids: readonly SubscriptionId[],
  ref: DeliveryRef,
): Promise<FoundDelivery[]> {
  // As a record begins: looked for in all of it, which holds what the subscriber answered, it would take twice as long.
  const named = `"ref":${JSON.stringify(ref)}`;
  const loggedAtMs = msOfLogId(parseDeliveryRef(ref).logId);
  const notBefore = new Date(Math.max(0, loggedAtMs - clockSlackMs)).toISOString();
  const args = [ref, named, mostLookedThrough, unreachableAfter, notBefore];
  const calls = ids.map((id) => {
    const names = laneKeys(id);
    const { state, tests, waiting, held, retries, records } = names;
    const ended = [names.delivered, names.failed, names.expired, names.skipped];
    return { keys: [state, tests, waiting, held, retries, records, ...ended], args };
  });
  const replies: string[][] = [];
  for (let from = 0; from < calls.length; from += lookedThroughAtOnce) {
    const some = calls.slice(from, from + lookedThroughAtOnce);
    replies.push(...((await connection.runMany('find-delivery', some)) as string[][]));
  }
  return replies.map(([laneStatus, status, record, dueMs]) => {
    const attempts = record ? parseRecord(record).attempts : [];
    const nextAttemptAtMs = dueMs ? Number(dueMs) : null;
    return {
      laneStatus: (laneStatus || 'active') as SubscriptionStatus,
      delivery: status
        ? { ref, status: status as DeliveryStatus, attempts, nextAttemptAtMs }
        : null,
    };
  });
}

async function listStatus(
  connection: Connection,
  names: LaneKeys,
  status: DeliveryStatus,
  offset: number,
  count: number,
): Promise<ListedDelivery[]> {
  const { redis } = connection;
  const last = offset + count - 1;
  if (status === 'delivered') {
    return (await redis.lrange(names.delivered, offset, last)).map((text) => {
      const { ref, attempts } = parseRecord(text);
      return { ref: ref as DeliveryRef, status, attempts, nextAttemptAtMs: null };
    });
  }
  if (status === 'pending') return listPending(connection, names, offset, count);
  const key = names[status === 'retrying' ? 'retries' : status];
  // What is tried next comes first; of what has ended, the latest.
  const scored = await (status === 'retrying'
    ? redis.zrange(key, offset, String(last), 'WITHSCORES')
    : redis.zrevrange(key, offset, last, 'WITHSCORES'));
  const refs = scored.filter((_, index) => index % 2 === 0) as DeliveryRef[];
  const attempts = await readAttempts(redis, names, refs);
  const dueMs = status === 'retrying' ? await readPlan(connection, names) : () => null;
  return refs.map((ref, index) => ({
    ref,
    status,
    attempts: attempts[index] ?? [],
    nextAttemptAtMs: dueMs(ref, Number(scored[index * 2 + 1])),
  }));
}

/** When a retry is made that its schedule has at `scheduledMs`; null while others go before it. */
type Plan = (ref: DeliveryRef, scheduledMs: number) => number | null;

async function readPlan(connection: Connection, { state, retries }: LaneKeys): Promise<Plan> {
  const reply = await connection.run('plan-retries', {
    keys: [state, retries],
    args: [unreachableAfter],
  });
  const [holdUntilMs, onlyProbe, probe, probeDueMs] = reply as [string, string, string, string];
  return (ref, scheduledMs) => {
    if (onlyProbe === '1' && ref !== probe) return null;
    return Math.max(onlyProbe === '1' ? Number(probeDueMs) : scheduledMs, Number(holdUntilMs));
  };
}

/** Tests go first; what is held back behind a retry of its contact comes last. */
async function listPending(
  { redis }: Connection,
  { tests, waiting, held, ...names }: LaneKeys,
  offset: number,
  count: number,
): Promise<ListedDelivery[]> {
  const parts = [
    {
      length: redis.llen(tests),
      read: (from: number, to: number) => redis.lrange(tests, from, to),
    },
    {
      length: redis.llen(waiting),
      read: (from: number, to: number) => redis.lrange(waiting, from, to),
    },
    {
      length: redis.zcard(held),
      read: async (from: number, to: number) =>
        (await redis.zrange(held, from, String(to))).map(heldRef),
    },
  ];
  const refs: string[] = [];
  let passed = 0;
  for (const { length, read } of parts) {
    const from = Math.max(0, offset - passed);
    const missing = count - refs.length;
    if (missing > 0 && from < (await length)) refs.push(...(await read(from, from + missing - 1)));
    passed += await length;
  }
  const attempts = await readAttempts(redis, names, refs);
  return refs.map((ref, index) => ({
    ref: ref as DeliveryRef,
    status: 'pending',
    attempts: attempts[index] ?? [],
    nextAttemptAtMs: null,
  }));
}

/** Lies there as `{contact}\n{16 digits}\n{ref}`. */
export function heldRef(member: string): string {
  return /\n\d{16}\n(.+)$/s.exec(member)?.[1] ?? '';
}

async function readAttempts(
  redis: Connection['redis'],
  names: Pick<LaneKeys, 'records'>,
  refs: readonly string[],
): Promise<(readonly Attempt[])[]> {
  const records = refs.length === 0 ? [] : await redis.hmget(names.records, ...refs);
  return records.map((record) => (record ? parseRecord(record).attempts : []));
}
