import type { Attempt, DeliveryRef } from '#domain/delivery.ts';
import type {
  DisabledReason,
  Ordering,
  SubscriptionId,
  SubscriptionStatus,
} from '#domain/subscription.ts';
import type { Connection, ScriptArgument, ScriptCall } from './connection.ts';
import { type DeliveryRecord, parseRecord } from './delivery-record.ts';
import { keys, laneKeys } from './keys.ts';
import { healthFields, type LaneHealth, parseHealth, unreachableAfter } from './lane-health.ts';
import { type HeldLease, type Leases, leaseMs } from './leases.ts';

/** What the holder of a lane does with it; every call is refused once another holder has come. */
export interface LaneWork {
  /** With a wish, the first claim is made with it. */
  acquire(id: SubscriptionId, wish?: ClaimWish | null): Promise<LaneGrant>;
  hold(id: SubscriptionId, epoch: string, signal: AbortSignal): HeldLease;
  release(id: SubscriptionId, epoch: string): Promise<boolean>;
  claim(id: SubscriptionId, epoch: string, wish: ClaimWish): Promise<Claim>;
  /** Of the times reserved by a claim with a pace, those from `nextStartMs` on are not needed. */
  giveBackStarts(id: SubscriptionId, epoch: string, nextStartMs: number): Promise<void>;
  record(
    id: SubscriptionId,
    epoch: string,
    nowMs: number,
    outcomes: LaneOutcomes,
  ): Promise<Recorded>;
  /** What the lane has to tell operators and nobody has announced yet. */
  notices(id: SubscriptionId): Promise<string[]>;
  /** Takes a notice off, however often it lies there. */
  announced(id: SubscriptionId, notice: string): Promise<void>;
}

export type LaneGrant =
  | { readonly kind: 'held' }
  /** There is no such lane. */
  | { readonly kind: 'gone' }
  | {
      readonly kind: 'acquired';
      readonly epoch: string;
      /** At which version they stand; null where they lie on another server. */
      readonly subscriptions: string | null;
      readonly health: LaneHealth;
      /** Null where it is still to be made. */
      readonly claim: MadeClaim | null;
    };

/** Where in its lane a delivery was found. */
export type DeliveryOrigin = 'tests' | 'waiting' | 'retries';

export interface ClaimWish {
  readonly nowMs: number;
  /** Counting those already on their way. */
  readonly most: number;
  readonly ordering: Ordering;
  /** Null: as fast as may be. */
  readonly pace: PaceWish | null;
}

/** So much time is reserved in the lane for what is handed out that whoever comes next keeps the pace too. */
export interface PaceWish {
  /** Between the beginnings of two attempts. */
  readonly intervalMs: number;
  /** To be handed out at once. */
  readonly most: number;
  /** By how much the last of them may be late. */
  readonly slackMs: number;
  /** Handed out before, and still in the lane. */
  readonly known: readonly DeliveryRef[];
}

export interface ClaimedDelivery {
  readonly origin: DeliveryOrigin;
  readonly ref: DeliveryRef;
  readonly attempts: readonly Attempt[];
  /** How many attempts its present schedule has had: none, where it was reopened. */
  readonly scheduled: number;
  /** When its schedule has the next one; null where none was made yet. Only a probe is made before. */
  readonly dueMs: number | null;
}

export type Claim = { readonly kind: 'fenced' } | MadeClaim;

export interface MadeClaim {
  readonly kind: 'claimed';
  /** Without a pace, those already on their way are among them. */
  readonly deliveries: readonly ClaimedDelivery[];
  /** When more will be due; null when nothing waits. */
  readonly nextDueMs: number | null;
  /** More is due than was handed out. */
  readonly more: boolean;
  readonly hasNotices: boolean;
  /** With a pace: those handed out that have not begun by then are to be claimed again. */
  readonly lastStartMs: number | null;
}

export type OutcomeKind = 'delivered' | 'retry' | 'failed' | 'expired';

export interface LaneOutcome {
  readonly origin: DeliveryOrigin;
  readonly ref: DeliveryRef;
  readonly kind: OutcomeKind;
  /** When a `retry` is due. */
  readonly dueMs: number | null;
  readonly attempts: readonly Attempt[];
  readonly scheduled: number;
}

/** All but `outcomes` counts only if the lane was not resumed and got no other address since. */
export interface LaneOutcomes {
  readonly outcomes: readonly LaneOutcome[];
  readonly health: LaneHealth;
  /** Why the lane is to be disabled; null: it is not. */
  readonly disable: DisabledReason | null;
  /** What operators are to be told of it. */
  readonly notices: readonly string[];
}

/** `status` as it stands now: an owner may have paused the lane meanwhile; null when the lane was removed. */
export type Recorded =
  | { readonly kind: 'fenced' }
  /** Outcomes were recorded, and a silence that was asked for, but nothing else: health is to be read anew. */
  | { readonly kind: 'outdated' }
  | { readonly kind: 'recorded'; readonly status: SubscriptionStatus | null };

const deliveredKept = 1000;
const unattempted: DeliveryRecord = { attempts: [], scheduled: 0 };

export function createLaneWork(connection: Connection, leases: Leases): LaneWork {
  const { redis } = connection;
  return {
    async acquire(id, wish = null) {
      const epoch = leases.newEpoch();
      const call = takeCall(id, epoch, wish);
      const reply = (await connection.run('take-lane', call)) as TakeReply;
      const [kind, subscriptions = null, health = [], claimed = null] = reply;
      if (kind !== 'acquired') return { kind };
      const claim = claimed && toClaim(claimed);
      return { kind, epoch, subscriptions, health: parseHealth(health), claim };
    },
    hold: (id, epoch, signal) => leases.hold(laneKeys(id).state, epoch, signal),
    release: (id, epoch) => leases.release(laneKeys(id).state, epoch),
    async claim(id, epoch, wish) {
      const call = { keys: claimKeys(id), args: [epoch, ...claimArguments(wish)] };
      for (;;) {
        const reply = (await connection.run('claim-due', call)) as ClaimReply;
        if (reply[0] === 'fenced') return { kind: 'fenced' };
        const made = toClaim(reply);
        if (made !== null) return made;
        const { state, waiting, retries, held, blocked } = laneKeys(id);
        const names = [state, waiting, retries, held, blocked];
        await connection.run('reorder-lane', { keys: names, args: [epoch, wish.ordering] });
      }
    },
    async giveBackStarts(id, epoch, nextStartMs) {
      const call = { keys: [laneKeys(id).state], args: [epoch, nextStartMs] };
      await connection.run('give-back-starts', call);
    },
    async record(id, epoch, nowMs, outcomes) {
      const reply = await connection.run('record-outcomes', recordCall(id, epoch, nowMs, outcomes));
      const [kind, status] = reply as [Recorded['kind'], SubscriptionStatus | null];
      return kind === 'recorded' ? { kind, status } : { kind };
    },
    notices: (id) => redis.lrange(laneKeys(id).notices, 0, -1),
    async announced(id, notice) {
      await redis.lrem(laneKeys(id).notices, 0, notice);
    },
  };
}

type ClaimReply = readonly (string | null)[];
type TakeReply = readonly [
  kind: LaneGrant['kind'],
  subscriptions?: string | null,
  health?: readonly (string | null)[],
  claimed?: ClaimReply | null,
];

function takeCall(id: SubscriptionId, epoch: string, wish: ClaimWish | null): ScriptCall {
  const args: ScriptArgument[] = [leaseMs, epoch, healthFields.length, ...healthFields];
  if (wish !== null) args.push(...claimArguments(wish));
  return { keys: claimKeys(id), args, alongside: [keys.subscriptions.version] };
}

function claimKeys(id: SubscriptionId): string[] {
  const { state, tests, waiting, retries, records, held, blocked, notices } = laneKeys(id);
  return [state, tests, waiting, retries, records, held, blocked, notices];
}

/** Behind the epoch. */
function claimArguments({ nowMs, most, ordering, pace }: ClaimWish): ScriptArgument[] {
  const args: ScriptArgument[] = [nowMs, most, unreachableAfter, ordering];
  if (pace !== null) args.push(pace.intervalMs, pace.most, pace.slackMs, ...pace.known);
  return args;
}

/** Null when the lane has to be put in order first. */
function toClaim(reply: ClaimReply): MadeClaim | null {
  const [kind, nextDue, more, hasNotices, lastStart, ...rest] = reply;
  if (kind === 'reorder') return null;
  const deliveries: ClaimedDelivery[] = [];
  for (let index = 0; index < rest.length; index += 3) {
    const [origin, ref, record] = rest.slice(index, index + 3);
    const found: DeliveryRecord = record ? parseRecord(record) : unattempted;
    deliveries.push({
      origin: origin as DeliveryOrigin,
      ref: ref as DeliveryRef,
      attempts: found.attempts,
      // What waits with attempts behind it begins anew: it was reopened.
      scheduled: origin === 'waiting' ? 0 : found.scheduled,
      dueMs: origin === 'retries' ? (found.dueMs ?? null) : null,
    });
  }
  return {
    kind: 'claimed',
    deliveries,
    nextDueMs: nextDue ? Number(nextDue) : null,
    more: more === '1',
    hasNotices: hasNotices === '1',
    lastStartMs: lastStart ? Number(lastStart) : null,
  };
}

function recordCall(
  id: SubscriptionId,
  epoch: string,
  nowMs: number,
  { outcomes, health, disable, notices }: LaneOutcomes,
): ScriptCall {
  const names = laneKeys(id);
  const args: ScriptArgument[] = [epoch, nowMs, deliveredKept, outcomes.length];
  for (const { origin, ref, kind, dueMs, attempts, scheduled } of outcomes) {
    const kept = { attempts, scheduled };
    const record: DeliveryRecord =
      kind === 'delivered' ? { ref, ...kept } : kind === 'retry' ? { ...kept, dueMs } : kept;
    args.push(origin, ref, kind, dueMs ?? '', JSON.stringify(record));
  }
  const { resumes, holdUntilMs, ...measures } = health;
  args.push(resumes, holdUntilMs, notices.length, ...notices);
  for (const [name, value] of Object.entries(measures)) args.push(name, value);
  if (disable !== null) args.push('status', 'disabled', 'disabledReason', disable);
  const { state, tests, waiting, retries, records, delivered, failed, expired } = names;
  const ends = [records, delivered, failed, expired];
  const all = [state, tests, waiting, retries, ...ends, names.held, names.blocked, names.notices];
  return { keys: all, args };
}
