import { type DeliveryRef, parseDeliveryRef } from '#domain/delivery.ts';
import type { SubscriptionId, SubscriptionStatus } from '#domain/subscription.ts';
import type { Connection } from './connection.ts';
import { laneKeys } from './keys.ts';
import { msOfLogId } from './log-id.ts';

/** What lies in all lanes together, now. */
export interface LaneTotals {
  /** `failing`: active, but the last attempt did not succeed. Each subscription counts once. */
  readonly subscriptions: Record<SubscriptionStatus | 'failing', number>;
  /** As far as they are kept; `forgotten` counts those that failed, expired or were skipped and no longer are. */
  readonly deliveries: Record<DeliveryPlace, number>;
  /** When the oldest event was committed that is first in line for an active subscription; null when none is. */
  readonly oldestWaitingAtMs: number | null;
}

const places = [
  'forgotten',
  'waiting',
  'held',
  'retrying',
  'failed',
  'expired',
  'skipped',
] as const;
type DeliveryPlace = (typeof places)[number];

/** A lane whose last attempt failed, or that is disabled. */
export interface TroubledLane {
  readonly id: SubscriptionId;
  readonly status: 'active' | 'disabled';
  /** Attempts in a row without a success. */
  readonly failures: number;
}

/** With the lanes in trouble, the worst first. */
export type ReadLaneTotals = (
  ids: readonly SubscriptionId[],
) => Promise<LaneTotals & { readonly troubled: readonly TroubledLane[] }>;

type Reply = readonly [status: 'gone'] | MeasuredLane;
/** What is not there is zero. */
type MeasuredLane = readonly [
  status: SubscriptionStatus,
  failures: string,
  forgotten: string,
  waiting?: number,
  first?: DeliveryRef | '',
  ...others: number[],
];

/** Asked for together; more would keep this process from its deliveries for longer than one of them takes. */
const batchSize = 500;
/** Measured in one script; more would keep Redis from everybody else for longer than a script of the deliveries does. */
const lanesPerScript = 25;

const { state, waiting, tests, held, retries, failed, expired, skipped } = laneKeys('sub_');
const measuredKeys = [state, waiting, tests, held, retries, failed, expired, skipped];
/** What follows the tag that the keys of one lane share. */
const keyEnds = measuredKeys.map((key) => key.slice(key.lastIndexOf(':') + 1));

/** A few lanes to a script: what a page or a scrape can afford beside thousands of subscriptions. */
export function createLaneTotals(connection: Connection): ReadLaneTotals {
  return async (ids) => {
    const replies: Reply[] = [];
    for (let from = 0; from < ids.length; from += batchSize) {
      replies.push(...(await measure(connection, ids.slice(from, from + batchSize))));
    }
    const lanes = replies.filter((reply): reply is MeasuredLane => reply[0] !== 'gone');
    return { ...addUp(lanes), troubled: findTroubled(ids, replies) };
  };
}

async function measure(connection: Connection, ids: readonly SubscriptionId[]): Promise<Reply[]> {
  // On a Cluster each lane has a slot of its own, and a script knows one slot.
  const together = connection.redis.isCluster ? 1 : lanesPerScript;
  const calls = [];
  for (let from = 0; from < ids.length; from += together) {
    const some = ids.slice(from, from + together);
    calls.push({ keys: some.map((id) => laneKeys(id).state), args: keyEnds });
  }
  return ((await connection.runMany('measure-lanes', calls)) as Reply[][]).flat();
}

function findTroubled(ids: readonly SubscriptionId[], replies: readonly Reply[]): TroubledLane[] {
  const troubled: TroubledLane[] = [];
  for (const [at, id] of ids.entries()) {
    const [status, failures] = replies[at] ?? ['gone'];
    if (status === 'disabled' || (status === 'active' && Number(failures) > 0)) {
      troubled.push({ id, status, failures: Number(failures) });
    }
  }
  const rank = ({ status }: TroubledLane) => (status === 'disabled' ? 1 : 0);
  return troubled.sort((a, b) => rank(b) - rank(a) || b.failures - a.failures);
}

function addUp(lanes: readonly MeasuredLane[]): LaneTotals {
  const subscriptions = { active: 0, failing: 0, paused: 0, disabled: 0 };
  const amounts = places.map(() => 0);
  let oldest: number | null = null;
  for (const [status, failures, forgotten, waiting = 0, first = '', ...others] of lanes) {
    const isActive = status === 'active';
    subscriptions[isActive && Number(failures) > 0 ? 'failing' : status] += 1;
    for (const [at, amount] of [Number(forgotten), waiting, ...others].entries()) {
      amounts[at] = (amounts[at] ?? 0) + amount;
    }
    if (!isActive || first === '') continue;
    const atMs = msOfLogId(parseDeliveryRef(first).logId);
    oldest = oldest === null ? atMs : Math.min(oldest, atMs);
  }
  const deliveries = Object.fromEntries(places.map((place, at) => [place, amounts[at] ?? 0]));
  return {
    subscriptions,
    deliveries: deliveries as Record<DeliveryPlace, number>,
    oldestWaitingAtMs: oldest,
  };
}
