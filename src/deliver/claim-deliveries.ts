import { type DeliveryRef, parseDeliveryRef } from '#domain/delivery.ts';
import { rateLimitOf, type Subscription } from '#domain/subscription.ts';
import type { ClaimedDelivery, ClaimWish, MadeClaim } from '#store/lane-work.ts';
import { msOfLogId } from '#store/log-id.ts';
import type { LoadedDelivery } from './attempt-delivery.ts';
import type { DrainPorts, HeldLane } from './drain-ports.ts';
import { paceOf } from './start-pace.ts';

const fewDeliveries = 50;
const manyDeliveries = 200;
/** A lane that has used up what was claimed before within this time is a fast one. */
const fastWithinMs = 1000;

/**
 * How many deliveries are looked up at once, by when that was done last (null: not yet). It costs about as much for many as
 * for few, but each holds its event in memory until it is sent.
 */
export function claimCountAfter(lastMs: number | null, nowMs: number): number {
  return lastMs !== null && nowMs - lastMs < fastWithinMs ? manyDeliveries : fewDeliveries;
}

export interface LoadedClaim extends Omit<MadeClaim, 'kind'> {
  /** Those that are new, with what is sent of them. */
  readonly loaded: readonly LoadedDelivery[];
  /** Those that are new, and whose events have outlived the retention. */
  readonly outlived: readonly ClaimedDelivery[];
  /** Null: attempts may begin at any time. */
  readonly intervalMs: number | null;
}

/**
 * What is asked for together with the lease. Null where that may not be: with a pace a claim reserves times, and the
 * subscription may have changed.
 */
export function firstWish(subscription: Subscription, nowMs: number): ClaimWish | null {
  const wish = wishOf(subscription, new Set(), fewDeliveries, nowMs);
  return wish.pace === null ? wish : null;
}

/** For `count` more than the `known` ones; with a pace, for as many as it allows. */
export function wishOf(
  subscription: Subscription,
  known: ReadonlySet<DeliveryRef>,
  count: number,
  nowMs: number,
): ClaimWish {
  const rate = rateLimitOf(subscription);
  const pace = rate === null ? null : { ...paceOf(rate), known: [...known] };
  const most = known.size + (pace?.most ?? count);
  return { nowMs, most, ordering: subscription.ordering, pace };
}

/**
 * Claims more for a drain that has `known` already; null when the lane is no longer its own. `first` is what was claimed by
 * `firstWish`.
 */
export async function claimDeliveries(
  { work, eventLog }: Pick<DrainPorts, 'work' | 'eventLog'>,
  { subscription, epoch }: Pick<HeldLane, 'subscription' | 'epoch'>,
  known: Set<DeliveryRef>,
  wish: ClaimWish,
  first: MadeClaim | null,
): Promise<LoadedClaim | null> {
  const claimed = first ?? (await work.claim(subscription.id, epoch, wish));
  if (claimed.kind === 'fenced') return null;
  // A log that lost its tail can put the same ref onto a lane twice: one is sent, the other by the next claim.
  const fresh = claimed.deliveries.filter(({ ref }) => !known.has(ref) && known.add(ref));
  const bodies = await eventLog.bodies(fresh.map(({ ref }) => ref));
  const loaded: LoadedDelivery[] = [];
  const outlived: ClaimedDelivery[] = [];
  for (const [index, delivery] of fresh.entries()) {
    const body = bodies[index];
    const { eventId, logId } = parseDeliveryRef(delivery.ref);
    if (body) loaded.push({ ...delivery, eventId, committedAtMs: msOfLogId(logId), body });
    else outlived.push(delivery);
  }
  return { ...claimed, loaded, outlived, intervalMs: wish.pace?.intervalMs ?? null };
}
