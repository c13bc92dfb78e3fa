import type { LaneOutcome, Recorded } from '#store/lane-work.ts';

export interface OutcomeRecorder {
  /** Records with the next script call; calls run one at a time and take all that came meanwhile. */
  add(outcome: LaneOutcome): void;
  /** Whether a delivery is still to be recorded, and so still in the lane. */
  has(ref: string): boolean;
  readonly unrecorded: number;
}

/**
 * Attempts end many at a time; one script call for all that ended since the last keeps Redis out of the way of sending.
 * A crash in between repeats attempts under the same `webhook-id`, as at-least-once allows.
 */
export function createOutcomeRecorder(ports: {
  readonly record: (outcomes: readonly LaneOutcome[]) => Promise<Recorded>;
  readonly onRecorded: (recorded: Recorded) => void;
  /** What could not be recorded is tried again by whoever drains the lane next. */
  readonly onError: (error: unknown) => void;
}): OutcomeRecorder {
  const unrecorded = new Map<string, LaneOutcome>();
  let queue: LaneOutcome[] = [];
  let isRunning = false;

  async function run(): Promise<void> {
    isRunning = true;
    try {
      while (queue.length > 0) {
        const outcomes = queue;
        queue = [];
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

  return {
    add(outcome) {
      unrecorded.set(outcome.ref, outcome);
      queue.push(outcome);
      if (!isRunning) void run();
    },
    has: (ref) => unrecorded.has(ref),
    get unrecorded() {
      return unrecorded.size;
    },
  };
}
