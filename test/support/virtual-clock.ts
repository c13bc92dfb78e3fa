/** A clock that stands still unless someone waits for it, so that hours pass in the time that the work in them takes. */
export interface VirtualClock {
  readonly now: () => number;
  /** Lets this much time pass. */
  readonly pass: (durationMs: number) => void;
  /** Lets time pass until then; a moment already passed changes nothing. */
  readonly passUntil: (timeMs: number) => void;
  /** Resolves at once, that much later. */
  readonly wait: (durationMs: number) => Promise<void>;
}

export function createVirtualClock(startMs: number): VirtualClock {
  let nowMs = startMs;
  const pass = (durationMs: number) => {
    nowMs += Math.max(0, Math.ceil(durationMs));
  };
  return {
    now: () => nowMs,
    pass,
    passUntil: (timeMs) => pass(timeMs - nowMs),
    async wait(durationMs) {
      pass(durationMs);
    },
  };
}
