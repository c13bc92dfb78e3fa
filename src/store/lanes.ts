import type { DeliveryRef } from '#domain/delivery.ts';
import type { DisabledReason, SubscriptionId, SubscriptionStatus } from '#domain/subscription.ts';
import type { Connection, ScriptArgument } from './connection.ts';
import { laneKeys } from './keys.ts';
import { unreachableAfter } from './lane-health.ts';
import type { LogId } from './log-id.ts';
import { createReopening, type Reopen } from './reopening.ts';

/** All that waits for one subscription. This part is what its owner and the relay do with it. */
export interface Lanes {
  /** `logEnds`: where each source's log ends now, since earlier events are not for this lane. */
  create(id: SubscriptionId, logEnds: ReadonlyMap<string, LogEnd>): Promise<void>;
  remove(id: SubscriptionId): Promise<void>;
  summarize(ids: readonly SubscriptionId[]): Promise<LaneSummary[]>;
  /** How each stands, and no more: for who looks over very many. */
  standings(ids: readonly SubscriptionId[]): Promise<LaneStanding[]>;
  pause(id: SubscriptionId): Promise<void>;
  resume(id: SubscriptionId, backlog: 'deliver' | 'skip', nowMs: number): Promise<void>;
  /** Forgets how attempts went: the subscription has another address now. */
  readdress(id: SubscriptionId): Promise<void>;
  /** A test goes out before everything else, also while the lane is paused. */
  pushTest(id: SubscriptionId, ref: DeliveryRef): Promise<void>;
  push(source: string, generation: number, pushes: readonly LanePush[]): Promise<PushedLane[]>;
  /**
   * Puts deliveries behind what waits, with a fresh schedule, whatever became of them before; those still to be delivered
   * stay where they are. Answers how many were put there.
   */
  reopen(id: SubscriptionId, refs: readonly DeliveryRef[]): Promise<number>;
  /**
   * As `reopen`, for very many, handed in bit by bit; only counts with `dryRun`. All of them must be events that the relay
   * had passed before the first are handed in.
   */
  reopening(id: SubscriptionId, options: { readonly dryRun: boolean }): Reopen;
  /**
   * Which lanes have work that is due; forgets on the way what ended before `forgetBeforeMs`, and the oldest where more than
   * `mostKept` ended one way.
   */
  tend(
    ids: readonly SubscriptionId[],
    nowMs: number,
    forgetBeforeMs: number,
    mostKept?: number,
  ): Promise<LaneWake[]>;
  /** Gives up deliveries of events from before their logs' starts; returns how many that were. */
  expire(
    ids: readonly SubscriptionId[],
    logStarts: ReadonlyMap<string, LogId>,
    nowMs: number,
  ): Promise<number>;
}

export interface LogEnd {
  readonly generation: number;
  readonly end: LogId;
}

export interface LaneSummary {
  readonly status: SubscriptionStatus;
  readonly disabledReason: DisabledReason | null;
  readonly counts: {
    readonly pending: number;
    readonly retrying: number;
    readonly delivered: number;
    readonly failed: number;
    readonly expired: number;
    readonly skipped: number;
  };
  /** Null when the last attempt succeeded, and before the first. */
  readonly failing: { readonly sinceMs: number; readonly failures: number } | null;
  /** Of those that failed, expired or were skipped: no longer kept, for their age or their number. */
  readonly forgotten: number;
}

export interface LaneStanding {
  readonly status: SubscriptionStatus;
  /** Attempts in a row without a success. */
  readonly failures: number;
}

export interface LanePush {
  readonly lane: SubscriptionId;
  readonly events: readonly { readonly logId: LogId; readonly ref: DeliveryRef }[];
}

export interface LaneWake {
  readonly lane: SubscriptionId;
  /** Whether its last attempt failed: such lanes wait apart from the healthy ones. */
  readonly failing: boolean;
}

export interface PushedLane extends LaneWake {
  /** Whether what it took can be sent now: a subscriber that cannot be reached is tried with its probe alone. */
  readonly wakes: boolean;
  /** Where it stood in the source's log; a later generation than was pushed refuses what was pushed. */
  readonly generationBefore: number;
  readonly markBefore: LogId;
}

type PushReply = [
  status: string,
  failures: string,
  unreachable: string,
  taken: number,
  generationBefore: string,
  markBefore: LogId,
];

/** Given up in one script call for one lane; what is left is given up by the next. */
const expireCount = 1000;
/** Looked at in one script call for events that are gone, of those retried and of those held back. */
const lookCount = 100;
/** Forgotten in one script call for one lane, of each way in which deliveries end. */
const forgetCount = 1000;

export function createLanes(connection: Connection): Lanes {
  const { redis } = connection;
  return {
    async create(id, logEnds) {
      const { state, marks } = laneKeys(id);
      for (const [source, { generation, end }] of logEnds) {
        await redis.hsetnx(marks, source, `${generation} ${end}`);
      }
      await redis.hsetnx(state, 'status', 'active');
    },
    async remove(id) {
      const names = laneKeys(id);
      // One command and one slot: whoever pushes or drains afterwards finds no lane.
      await redis.unlink(...Object.values(names));
    },
    summarize: (ids) => Promise.all(ids.map((id) => summarize(connection, id))),
    standings: (ids) =>
      Promise.all(
        ids.map(async (id) => {
          const fields = await redis.hmget(laneKeys(id).state, 'status', 'failures');
          const [status, failures] = fields;
          return { status: asStatus(status), failures: Number(failures ?? 0) };
        }),
      ),
    async pause(id) {
      await connection.run('pause-lane', { keys: [laneKeys(id).state], args: [] });
    },
    async resume(id, backlog, nowMs) {
      const { state, waiting, retries, skipped, held, blocked } = laneKeys(id);
      const names = [state, waiting, retries, skipped, held, blocked];
      await connection.run('resume-lane', { keys: names, args: [nowMs, backlog] });
    },
    async readdress(id) {
      await connection.run('readdress-lane', { keys: [laneKeys(id).state], args: [] });
    },
    async pushTest(id, ref) {
      const { state, tests } = laneKeys(id);
      await connection.run('push-test', { keys: [state, tests], args: [ref] });
    },
    reopen: (id, refs) => createReopening(connection, id, false)(refs),
    reopening: (id, { dryRun }) => createReopening(connection, id, dryRun),
    push: (source, generation, pushes) => pushMany(connection, source, generation, pushes),
    tend: (ids, nowMs, forgetBeforeMs, mostKept = Number.MAX_SAFE_INTEGER) =>
      tendMany(connection, ids, [nowMs, forgetBeforeMs, mostKept, forgetCount, unreachableAfter]),
    async expire(ids, logStarts, nowMs) {
      const starts = [...logStarts].flat();
      const calls = ids.map((id) => {
        const { state, waiting, expired, retries, held, blocked } = laneKeys(id);
        const names = [state, waiting, expired, retries, held, blocked];
        return { keys: names, args: [nowMs, expireCount, lookCount, ...starts] };
      });
      const counts = (await connection.runMany('expire-lane', calls)) as number[];
      return counts.reduce((sum, count) => sum + count, 0);
    },
  };
}

async function pushMany(
  connection: Connection,
  source: string,
  generation: number,
  pushes: readonly LanePush[],
): Promise<PushedLane[]> {
  const calls = pushes.map(({ lane, events }) => {
    const { state, marks, waiting } = laneKeys(lane);
    const args: ScriptArgument[] = [source, generation];
    for (const { logId, ref } of events) args.push(logId, ref);
    return { keys: [state, marks, waiting], args };
  });
  const replies = (await connection.runMany('push-lane', calls)) as PushReply[];
  return replies.flatMap(
    ([status, failures, unreachable, taken, generation, markBefore], index) => {
      const lane = pushes[index]?.lane;
      if (lane === undefined || status === 'gone') return [];
      const failing = Number(failures) > 0;
      const wakes = status === 'active' && taken > 0 && Number(unreachable) < unreachableAfter;
      return [{ lane, failing, wakes, generationBefore: Number(generation), markBefore }];
    },
  );
}

async function tendMany(
  connection: Connection,
  ids: readonly SubscriptionId[],
  args: readonly number[],
): Promise<LaneWake[]> {
  const calls = ids.map((id) => {
    const { state, tests, waiting, retries, records, notices, failed, expired, skipped } =
      laneKeys(id);
    const names = [state, tests, waiting, retries, records, notices, failed, expired, skipped];
    return { keys: names, args };
  });
  const replies = (await connection.runMany('tend-lane', calls)) as [string, string][];
  return replies.flatMap(([due, failures], index) => {
    const lane = ids[index];
    return lane !== undefined && due === '1' ? [{ lane, failing: Number(failures) > 0 }] : [];
  });
}

async function summarize(connection: Connection, id: SubscriptionId): Promise<LaneSummary> {
  const { redis } = connection;
  const { state, tests, waiting, held, retries } = laneKeys(id);
  const [fields, testCount, waitingCount, heldCount, retrying] = await Promise.all([
    redis.hgetall(state),
    redis.llen(tests),
    redis.llen(waiting),
    redis.zcard(held),
    redis.zcard(retries),
  ]);
  const ended = (name: string) => Number(fields[name] ?? 0);
  const failures = Number(fields.failures ?? 0);
  return {
    status: asStatus(fields.status),
    disabledReason: (fields.disabledReason ?? null) as DisabledReason | null,
    counts: {
      pending: testCount + waitingCount + heldCount,
      retrying,
      delivered: ended('delivered'),
      failed: ended('failed'),
      expired: ended('expired'),
      skipped: ended('skipped'),
    },
    failing: failures === 0 ? null : { sinceMs: Number(fields.failingSinceMs ?? 0), failures },
    forgotten: ended('forgotten'),
  };
}

function asStatus(text: string | null | undefined): SubscriptionStatus {
  return (text ?? 'active') as SubscriptionStatus;
}
