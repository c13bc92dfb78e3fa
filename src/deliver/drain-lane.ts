import type { SubscriptionId } from '#domain/subscription.ts';
import { firstWish } from './claim-deliveries.ts';
import type { DrainOutcome, DrainPorts, DrainSignals } from './drain-ports.ts';
import { LaneDrain } from './lane-drain.ts';
import { announceNotices } from './lane-notices.ts';

export type DrainLane = (
  id: SubscriptionId,
  /** Lanes whose last attempt failed are drained as a probe: one delivery at a time. */
  mode: 'drain' | 'probe',
  signals: DrainSignals,
) => Promise<DrainOutcome>;

/**
 * Delivers what is due of one lane for a while. One drain at a time works on a lane, by a fenced lease; deliveries leave
 * the lane only when their outcome is recorded, so a drain may die or run twice anywhere.
 */
export function createDrainLane(ports: DrainPorts): DrainLane {
  return async (id, mode, { stopping, abort }) => {
    // Claimed together with the lease: each round trip before the first attempt delays the delivery.
    const peeked = mode === 'drain' ? ports.subscriptions.peek(id) : null;
    const grant = await ports.work.acquire(id, peeked && firstWish(peeked, ports.now()));
    if (grant.kind !== 'acquired') return { kind: 'nothing' };
    const held = ports.work.hold(id, grant.epoch, abort);
    let knocked = false;
    let outcome: DrainOutcome = { kind: 'nothing' };
    try {
      const subscription = await ports.subscriptions.get(id, grant.subscriptions);
      if (subscription === null) return outcome;
      const { epoch, health } = grant;
      const firstClaim = subscription === peeked ? grant.claim : null;
      const lane = { subscription, epoch, mode, health, firstClaim };
      const drain = new LaneDrain(ports, lane, { stopping, abort: held.signal });
      outcome = await drain.run();
      if (drain.hasNotices) await announceNotices(ports, subscription);
    } finally {
      held.stop();
      knocked = await ports.work.release(id, grant.epoch);
    }
    // Who came meanwhile found the lane held and left: what it came for has to be looked at.
    return knocked && outcome.kind === 'idle'
      ? { kind: 'more', failing: outcome.failing }
      : outcome;
  };
}
