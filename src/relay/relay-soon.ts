/** Asks for a source's log to be relayed, right away and once for all who ask meanwhile. */
export interface RelaySoon {
  ask(sourceId: string): void;
  /** Resolves when nothing that was asked for is under way. */
  idle(): Promise<void>;
}

/** `onError` hears what went wrong; the log keeps its mark, and the next tend relays it. */
export function createRelaySoon(
  relay: (sourceId: string) => Promise<unknown>,
  onError: (sourceId: string, error: unknown) => void,
): RelaySoon {
  const running = new Map<string, Promise<void>>();
  const asked = new Set<string>();

  async function run(sourceId: string): Promise<void> {
    try {
      while (asked.delete(sourceId)) await relay(sourceId);
    } catch (error) {
      onError(sourceId, error);
    } finally {
      running.delete(sourceId);
    }
  }

  return {
    ask(sourceId) {
      asked.add(sourceId);
      if (!running.has(sourceId)) running.set(sourceId, run(sourceId));
    },
    async idle() {
      await Promise.all(running.values());
    },
  };
}
