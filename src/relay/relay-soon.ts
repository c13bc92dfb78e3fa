import type { LogTail } from '#store/event-log.ts';

/** Asks for a source's log to be relayed, right away and once for all who ask meanwhile. */
export interface RelaySoon {
  /** `tail`: all that waited for the relay a moment ago; null where that is to be looked up. */
  ask(sourceId: string, tail?: LogTail | null): void;
  /** Resolves when nothing that was asked for is under way. */
  idle(): Promise<void>;
}

/** `onError` hears what went wrong; the log keeps its mark, and the next tend relays it. */
export function createRelaySoon(
  relay: (sourceId: string, tail: LogTail | null) => Promise<unknown>,
  onError: (sourceId: string, error: unknown) => void,
): RelaySoon {
  const running = new Map<string, Promise<void>>();
  const asked = new Set<string>();

  async function run(sourceId: string, tail: LogTail | null): Promise<void> {
    try {
      await relay(sourceId, tail);
      while (asked.delete(sourceId)) await relay(sourceId, null);
    } catch (error) {
      onError(sourceId, error);
    } finally {
      running.delete(sourceId);
    }
  }

  return {
    ask(sourceId, tail = null) {
      if (running.has(sourceId)) asked.add(sourceId);
      else running.set(sourceId, run(sourceId, tail));
    },
    async idle() {
      await Promise.all(running.values());
    },
  };
}
