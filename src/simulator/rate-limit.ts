const windowMs = 60_000;

/** Counts per token what was let through in the last 60 s. */
export interface RateLimit {
  /** Null: let through. Otherwise whole seconds until the next one would be. */
  take(token: string, nowMs: number): number | null;
}

export function createRateLimit(perMinute: number): RateLimit {
  const takenMs = new Map<string, number[]>();
  return {
    take(token, nowMs) {
      const times = takenMs.get(token) ?? [];
      takenMs.set(token, times);
      // With this one out of the window, at most `perMinute - 1` are left in it.
      const decisiveMs = times.at(-perMinute) ?? Number.NEGATIVE_INFINITY;
      const waitMs = decisiveMs + windowMs - nowMs;
      if (waitMs > 0) return Math.ceil(waitMs / 1000);
      times.push(nowMs);
      if (times.length > 2 * perMinute) times.splice(0, times.length - perMinute);
      return null;
    },
  };
}
