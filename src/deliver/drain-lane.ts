import type { SubscriptionId } from '#domain/subscription.ts';
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
    // Asked all at once: each round trip before the first attempt delays the delivery. Redis answers in this order.
    const acquiring = ports.work.acquire(id);
    const asking = Promise.all([ports.work.health(id), ports.subscriptions.get(id)]);
    asking.catch(() => {});
    const grant = await acquiring;
    if (grant.kind !== 'acquired') return { kind: 'nothing' };
    const held = ports.work.hold(id, grant.epoch, abort);
    let knocked = false;
    let outcome: DrainOutcome = { kind: 'nothing' };
    try {
      const [health, subscription] = await asking;
      if (subscription === null) return outcome;
      const lane = { subscription, epoch: grant.epoch, mode, health };
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
