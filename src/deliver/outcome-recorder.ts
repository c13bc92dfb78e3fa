import type { DeliveryRef } from '#domain/delivery.ts';
import type { LaneOutcome, Recorded } from '#store/lane-work.ts';

/** Whichever comes first; what was answered and not recorded yet is what a crash repeats. */
const mostTogether = 25;
const recordWithinMs = 100;

export interface OutcomeRecorder {
  /** Records it soon, together with what else ends meanwhile. */
  add(outcome: LaneOutcome): void;
  /** Records now what is there; calls run one at a time. */
  flush(): void;
  /** Of those still to be recorded, and so still in the lane. */
  refs(): Iterable<DeliveryRef>;
  readonly unrecorded: number;
}

/**
 * Attempts of a busy lane end by the hundred; one script call for many of them keeps Redis out of the way of sending. A
 * crash in between repeats attempts under the same `webhook-id`, as at-least-once allows.
 */
export function createOutcomeRecorder(ports: {
  readonly record: (outcomes: readonly LaneOutcome[]) => Promise<Recorded>;
  readonly onRecorded: (recorded: Recorded) => void;
  /** What could not be recorded is tried again by whoever drains the lane next. */
  readonly onError: (error: unknown) => void;
}): OutcomeRecorder {
  const unrecorded = new Map<DeliveryRef, LaneOutcome>();
  let queue: LaneOutcome[] = [];
  let timer: NodeJS.Timeout | undefined;
  let isDue = false;
  let isRunning = false;

  async function run(): Promise<void> {
    isRunning = true;
    try {
      while (isDue && queue.length > 0) {
        const outcomes = queue;
        queue = [];
        isDue = false;
        const recorded = await ports.record(outcomes);
        for (const { ref } of outcomes) unrecorded.delete(ref);
        ports.onRecorded(recorded);
      }
    } catch (error) {
      ports.onError(error);
    } finally {
      isRunning = false;
    }
  }

  function flush(): void {
    clearTimeout(timer);
    isDue = true;
    if (!isRunning) void run();
  }

  return {
    add(outcome) {
      unrecorded.set(outcome.ref, outcome);
      queue.push(outcome);
      if (queue.length >= mostTogether) flush();
      else if (queue.length === 1) timer = setTimeout(flush, recordWithinMs);
    },
    flush,
    refs: () => unrecorded.keys(),
    get unrecorded() {
      return unrecorded.size;
    },
  };
}
