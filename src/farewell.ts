import type { Sender } from '#webhook/send.ts';

/** How long a Redis that does not answer is waited for once the service stops. */
const patienceMs = 1500;
const lookEveryMs = 100;

export interface FarewellPorts {
  readonly ping: () => Promise<unknown>;
  /** How many deliveries are under way; these may end, whether or not that can be recorded. */
  readonly onTheirWay: () => number;
  readonly now: () => number;
  readonly wait: (durationMs: number) => Promise<void>;
}

/**
 * Resolves when nothing is left to wait for: Redis is silent, so nothing can be recorded, and no delivery is on its way.
 * What was not recorded is done again by the next process, under the same ids. Ends with `signal` in any case.
 */
export async function untilHopeless(ports: FarewellPorts, signal: AbortSignal): Promise<void> {
  let heardAtMs = ports.now();
  let isAsking = false;
  const ask = async () => {
    isAsking = true;
    try {
      await ports.ping();
      heardAtMs = ports.now();
    } catch {
      // A connection that has been closed says nothing, either.
    } finally {
      isAsking = false;
    }
  };
  while (!signal.aborted) {
    if (!isAsking) void ask();
    if (ports.onTheirWay() === 0 && ports.now() - heardAtMs > patienceMs) return;
    await ports.wait(lookEveryMs);
  }
}

/** The same sender, and how many of its requests are under way. */
export function countOnTheirWay(sender: Sender): {
  readonly sender: Sender;
  readonly onTheirWay: () => number;
} {
  let onTheirWay = 0;
  return {
    onTheirWay: () => onTheirWay,
    sender: {
      ...sender,
      async send(...args) {
        onTheirWay += 1;
        try {
          return await sender.send(...args);
        } finally {
          onTheirWay -= 1;
        }
      },
    },
  };
}
