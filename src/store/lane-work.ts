import type { Attempt, DeliveryRef } from '#domain/delivery.ts';
import type { SubscriptionId, SubscriptionStatus } from '#domain/subscription.ts';
import type { Connection, ScriptArgument } from './connection.ts';
import { laneKeys } from './keys.ts';
import { unreachableAfter } from './lanes.ts';
import type { HeldLease, LeaseGrant, Leases } from './leases.ts';

/** What the holder of a lane does with it; every call is refused once another holder has come. */
export interface LaneWork {
  acquire(id: SubscriptionId): Promise<LeaseGrant>;
  hold(id: SubscriptionId, epoch: string, signal: AbortSignal): HeldLease;
  release(id: SubscriptionId, epoch: string): Promise<boolean>;
  health(id: SubscriptionId): Promise<LaneHealth>;
  claim(id: SubscriptionId, epoch: string, nowMs: number, most: number): Promise<Claim>;
  record(
    id: SubscriptionId,
    epoch: string,
    nowMs: number,
    outcomes: LaneOutcomes,
  ): Promise<Recorded>;
}

/** How the last attempts of a lane went; what decides how many and which deliveries are tried next. */
export interface LaneHealth {
  /** Attempts in a row that failed, whatever way. */
  readonly failures: number;
  /** Attempts in a row that got no answer at all. */
  readonly unreachable: number;
  /** Nothing is sent before: the subscriber asked for it. */
  readonly holdUntilMs: number;
  /** How often the lane was resumed: health from before a resume is forgotten, not written over it. */
  readonly resumes: number;
}

/** Where in its lane a delivery was found. */
export type DeliveryOrigin = 'tests' | 'waiting' | 'retries';

export interface ClaimedDelivery {
  readonly origin: DeliveryOrigin;
  readonly ref: DeliveryRef;
  readonly attempts: readonly Attempt[];
}

export type Claim =
  | { readonly kind: 'fenced' }
  /** Those already on their way are among them; `nextDueMs` is when more will be due, null when nothing waits. */
  | {
      readonly kind: 'claimed';
      readonly deliveries: readonly ClaimedDelivery[];
      readonly nextDueMs: number | null;
    };

export type OutcomeKind = 'delivered' | 'retry' | 'failed' | 'expired';

export interface LaneOutcome {
  readonly origin: DeliveryOrigin;
  readonly ref: DeliveryRef;
  readonly kind: OutcomeKind;
  /** When a `retry` is due. */
  readonly dueMs: number | null;
  readonly attempts: readonly Attempt[];
}

export interface LaneOutcomes {
  readonly outcomes: readonly LaneOutcome[];
  readonly health: LaneHealth;
  /** The subscriber wants no more (410): disable the lane. */
  readonly isGone: boolean;
}

/** `status` as it stands now: an owner may have paused the lane meanwhile; null when the lane was removed. */
export type Recorded =
  | { readonly kind: 'fenced' }
  | { readonly kind: 'recorded'; readonly status: SubscriptionStatus | null };

const deliveredKept = 1000;
/** State fields, name and value. */
const disabledAsGone = ['status', 'disabled', 'disabledReason', 'gone'] as const;

export function createLaneWork(connection: Connection, leases: Leases): LaneWork {
  const { redis } = connection;
  return {
    acquire: (id) => leases.acquire(laneKeys(id).state, 'status'),
    hold: (id, epoch, signal) => leases.hold(laneKeys(id).state, epoch, signal),
    release: (id, epoch) => leases.release(laneKeys(id).state, epoch),
    async health(id) {
      const fields = ['failures', 'unreachable', 'holdUntilMs', 'resumes'] as const;
      const found = await redis.hmget(laneKeys(id).state, ...fields);
      const [failures = 0, unreachable = 0, holdUntilMs = 0, resumes = 0] = found.map(Number);
      return { failures, unreachable, holdUntilMs, resumes };
    },
    async claim(id, epoch, nowMs, most) {
      const { state, tests, waiting, retries, records } = laneKeys(id);
      const reply = await connection.run('claim-due', {
        keys: [state, tests, waiting, retries, records],
        args: [epoch, nowMs, most, unreachableAfter],
      });
      return toClaim(reply as string[]);
    },
    async record(id, epoch, nowMs, outcomes) {
      const reply = await connection.run('record-outcomes', recordCall(id, epoch, nowMs, outcomes));
      const [kind, status] = reply as [Recorded['kind'], SubscriptionStatus | null];
      return kind === 'fenced' ? { kind } : { kind, status };
    },
  };
}

function toClaim([kind, nextDue, ...rest]: string[]): Claim {
  if (kind === 'fenced') return { kind };
  const deliveries: ClaimedDelivery[] = [];
  for (let index = 0; index < rest.length; index += 3) {
    const [origin, ref, record = ''] = rest.slice(index, index + 3);
    deliveries.push({
      origin: origin as DeliveryOrigin,
      ref: ref as DeliveryRef,
      attempts: record === '' ? [] : parseRecord(record).attempts,
    });
  }
  return { kind: 'claimed', deliveries, nextDueMs: nextDue ? Number(nextDue) : null };
}

function recordCall(
  id: SubscriptionId,
  epoch: string,
  nowMs: number,
  { outcomes, health, isGone }: LaneOutcomes,
) {
  const names = laneKeys(id);
  const args: ScriptArgument[] = [epoch, nowMs, deliveredKept, outcomes.length];
  for (const { origin, ref, kind, dueMs, attempts } of outcomes) {
    const record: DeliveryRecord = kind === 'delivered' ? { ref, attempts } : { attempts };
    args.push(origin, ref, kind, dueMs ?? '', JSON.stringify(record));
  }
  const { resumes, ...measures } = health;
  args.push(resumes);
  for (const [name, value] of Object.entries(measures)) args.push(name, value);
  if (isGone) args.push(...disabledAsGone);
  const { tests, waiting, retries, records, delivered, failed, expired } = names;
  return {
    keys: [names.state, tests, waiting, retries, records, delivered, failed, expired],
    args,
  };
}

/** What is kept of a delivery besides its ref; `ref` itself only where no other structure holds it. */
export interface DeliveryRecord {
  readonly ref?: DeliveryRef;
  readonly attempts: readonly Attempt[];
}

export function parseRecord(text: string): DeliveryRecord {
  return JSON.parse(text) as DeliveryRecord;
}
