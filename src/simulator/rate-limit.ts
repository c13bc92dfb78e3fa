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
      const recent = (takenMs.get(token) ?? []).filter((atMs) => atMs > nowMs - windowMs);
      takenMs.set(token, recent);
      const oldestMs = recent[recent.length - perMinute];
      if (oldestMs !== undefined) {
        return Math.max(1, Math.ceil((oldestMs + windowMs - nowMs) / 1000));
      }
      recent.push(nowMs);
      return null;
    },
  };
}
