import type { SubscriptionId } from '#domain/subscription.ts';
import type { LaneWork } from '#store/lane-work.ts';
import type { DrainOutcome, DrainPorts, DrainSignals } from './drain-ports.ts';
import { LaneDrain } from './lane-drain.ts';

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
    const subscription = await ports.subscriptions.get(id);
    if (subscription === null) return { kind: 'nothing' };
    const grant = await ports.work.acquire(id);
    if (grant.kind !== 'acquired') return { kind: 'nothing' };
    const held = ports.work.hold(id, grant.epoch, abort);
    try {
      const health = await ports.work.health(id);
      const lane = { subscription, epoch: grant.epoch, mode, health };
      const drain = new LaneDrain(ports, lane, { stopping, abort: held.signal });
      return await releaseAfter(ports.work, id, grant.epoch, drain.run());
    } finally {
      held.stop();
    }
  };
}

/** Who came while the lane was held found it busy and left: whatever it came for has to be looked at again. */
async function releaseAfter(
  work: LaneWork,
  id: SubscriptionId,
  epoch: string,
  running: Promise<DrainOutcome>,
): Promise<DrainOutcome> {
  let knocked = false;
  const outcome = await running.finally(async () => {
    knocked = await work.release(id, epoch);
  });
  return knocked && outcome.kind === 'idle' ? { kind: 'more', failing: outcome.failing } : outcome;
}
