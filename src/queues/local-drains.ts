import type { Logger } from 'pino';
import type { DrainLane } from '#deliver/drain-lane.ts';
import type { DrainOutcome, DrainSignals } from '#deliver/drain-ports.ts';
import type { SubscriptionId } from '#domain/subscription.ts';
import type { LaneWake } from '#store/lanes.ts';
import { localSlots } from './catalog.ts';
import type { Wakes } from './wakes.ts';

export interface LocalDrainPorts {
  readonly wakes: Pick<Wakes, 'lanes' | 'laneLater'>;
  readonly drainLane: DrainLane;
  readonly now: () => number;
  readonly log: Logger;
}

/** Drains that need no job, because the process that woke the lanes delivers as well. */
export interface LocalDrains {
  /** Lanes for which there is no room here, and failing ones, are woken by a job. */
  wake(lanes: readonly LaneWake[]): Promise<void>;
  /** Begins to drain a lane that is not being drained here; false where it is, or there is no room. */
  begin(lane: SubscriptionId): boolean;
  /** Resolves when no drain is left; from when the signal stops them, all wakes are jobs. */
  idle(): Promise<void>;
}

/**
 * A job that is added, handed out and ended costs more round trips than the delivery it is for. The lane's lease keeps
 * everyone else out, as it does for jobs, and what a crash leaves behind is woken by the next tend.
 */
export function createLocalDrains(ports: LocalDrainPorts, signals: DrainSignals): LocalDrains {
  const running = new Set<SubscriptionId>();
  const ending = new Set<Promise<void>>();
  /** Woken while they were being drained: their drain may have looked before there was something to see. */
  const wokenAgain = new Set<SubscriptionId>();

  function takeOn({ lane, failing }: LaneWake): boolean {
    if (failing || signals.stopping.aborted) return false;
    if (!running.has(lane)) return begin(lane);
    wokenAgain.add(lane);
    return true;
  }

  function begin(lane: SubscriptionId): boolean {
    if (signals.stopping.aborted || running.has(lane) || running.size >= localSlots) return false;
    running.add(lane);
    const ended = run(lane)
      .catch((error) => ports.log.error({ subscription_id: lane, err: error }, 'drain.failed'))
      .finally(() => ending.delete(ended));
    ending.add(ended);
    return true;
  }

  async function run(lane: SubscriptionId): Promise<void> {
    let isAgain = false;
    let outcome: DrainOutcome;
    try {
      outcome = await ports.drainLane(lane, 'drain', signals);
    } finally {
      // Whoever wakes it from here on begins another drain.
      running.delete(lane);
      isAgain = wokenAgain.delete(lane);
    }
    const { wakes, now } = ports;
    const failing = outcome.kind !== 'nothing' && outcome.failing;
    if (outcome.kind === 'more' || isAgain) await wakes.lanes([{ lane, failing }]);
    else if (outcome.kind === 'idle' && outcome.nextDueMs !== null) {
      await wakes.laneLater({ lane, failing }, outcome.nextDueMs - now());
    }
  }

  return {
    begin,
    async wake(lanes) {
      const others = lanes.filter((lane) => !takeOn(lane));
      if (others.length > 0) await ports.wakes.lanes(others);
    },
    async idle() {
      await Promise.all(ending);
    },
  };
}
