import type { Budget, RequestGrant, Wish } from '#store/budget.ts';

interface Pace {
  /** When each request stops counting. */
  grants: { untilMs: number }[];
  /** Since when each asker waits. */
  waiting: Map<string, number>;
  nextAtMs: number;
  blockedUntilMs: number;
  limit: { perMinute: number; atMs: number } | null;
  cut: { atMs: number; to: number } | null;
}

const minuteMs = 60_000;
const handicapMs = 10_000;
const graceMs = 500;
const recoveryMs = 600_000;
const leastRate = 6;

/** The rules of the budget's scripts on a clock that is handed in, which is never set back. */
export function createMemoryBudget(now: () => number): Budget {
  const paces = new Map<string, Pace>();

  function paceOf(token: string): Pace {
    const pace = paces.get(token) ?? {
      grants: [],
      waiting: new Map(),
      nextAtMs: 0,
      blockedUntilMs: 0,
      limit: null,
      cut: null,
    };
    paces.set(token, pace);
    pace.grants = pace.grants.filter(({ untilMs }) => untilMs > now());
    if (pace.limit !== null && now() - pace.limit.atMs >= 2 * minuteMs) pace.limit = null;
    const silentUntilMs = Math.max(pace.cut?.atMs ?? 0, pace.blockedUntilMs);
    if (now() >= silentUntilMs + recoveryMs) pace.cut = null;
    return pace;
  }

  function inForce(pace: Pace, perMinute: number): { limit: number; rate: number } {
    const limit = Math.min(perMinute, pace.limit?.perMinute ?? perMinute);
    if (pace.cut === null) return { limit, rate: limit };
    const risenMs = Math.max(0, now() - Math.max(pace.cut.atMs, pace.blockedUntilMs));
    return { limit, rate: Math.min(limit, pace.cut.to + ((risenMs / minuteMs) * limit) / 10) };
  }

  function grant(pace: Pace, { perMinute, timeoutMs }: Wish): RequestGrant {
    const grantedAtMs = now();
    const request = { untilMs: grantedAtMs + timeoutMs + minuteMs };
    pace.grants.push(request);
    pace.nextAtMs = grantedAtMs + minuteMs / inForce(pace, perMinute).rate;
    return {
      kind: 'granted',
      async settle() {
        request.untilMs = now() + minuteMs;
      },
      async limited(durationMs) {
        const { limit, rate } = inForce(pace, perMinute);
        const isFirst = pace.cut === null || grantedAtMs > pace.cut.atMs;
        const to = isFirst ? Math.max(Math.min(leastRate, limit), rate / 2) : rate;
        pace.cut = { atMs: now(), to };
        pace.blockedUntilMs = Math.max(pace.blockedUntilMs, now() + Math.ceil(durationMs));
        return { halved: to < rate, limitInForce: Math.round(to) };
      },
    };
  }

  return {
    async take(token, wish) {
      const pace = paceOf(token);
      const { limit, rate } = inForce(pace, wish.perMinute);
      if (wish.perMinute === limit) pace.limit = { perMinute: limit, atMs: now() };
      const spacingMs = minuteMs / rate;
      pace.nextAtMs = Math.min(pace.nextAtMs, now() + spacingMs);
      let atMs = Math.max(pace.nextAtMs, pace.blockedUntilMs);
      if (pace.grants.length >= limit) {
        const untils = pace.grants.map(({ untilMs }) => untilMs).sort((a, b) => a - b);
        atMs = Math.max(atMs, untils[pace.grants.length - limit] ?? 0);
      }
      const arrivalMs = now() + (wish.urgent ? 0 : handicapMs);
      const sinceMs = Math.min(arrivalMs, pace.waiting.get(wish.asker) ?? arrivalMs);
      const before = [...pace.waiting].filter(([, otherMs]) => otherMs < sinceMs);
      pace.waiting.delete(wish.asker);
      if (atMs + before.length * graceMs > now()) {
        const queueMs = before.length * Math.min(spacingMs, graceMs);
        const waitMs = Math.max(1, Math.ceil(Math.max(atMs - now(), 0) + queueMs));
        if (waitMs <= wish.patienceMs) pace.waiting.set(wish.asker, sinceMs);
        return { kind: 'wait', waitMs };
      }
      for (const [asker] of before) pace.waiting.delete(asker);
      return grant(pace, wish);
    },
    async usage(token, perMinute) {
      const pace = paceOf(token);
      const { limit, rate } = inForce(pace, perMinute);
      const limitedAtMs = pace.cut?.atMs ?? null;
      return {
        usedLastMinute: pace.grants.length,
        limit,
        limitInForce: Math.round(rate),
        limitedAtMs,
      };
    },
  };
}
