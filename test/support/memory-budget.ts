import type { Budget } from '#store/budget.ts';

interface Grant {
  /** When it stops counting. */
  untilMs: number;
}

interface Pace {
  grants: Grant[];
  nextAtMs: number;
  blockedUntilMs: number;
}

const minuteMs = 60_000;

/** The rules of `take-request.lua` on a clock that is handed in. */
export function createMemoryBudget(now: () => number): Budget {
  const paces = new Map<string, Pace>();

  function paceOf(token: string): Pace {
    const pace = paces.get(token) ?? { grants: [], nextAtMs: 0, blockedUntilMs: 0 };
    paces.set(token, pace);
    pace.grants = pace.grants.filter(({ untilMs }) => untilMs > now());
    return pace;
  }

  return {
    async take(token, perMinute, timeoutMs) {
      const pace = paceOf(token);
      const { grants } = pace;
      const spacingMs = minuteMs / perMinute;
      let atMs = Math.max(Math.min(pace.nextAtMs, now() + spacingMs), pace.blockedUntilMs);
      if (grants.length >= perMinute) {
        const untils = grants.map(({ untilMs }) => untilMs).sort((a, b) => a - b);
        atMs = Math.max(atMs, untils[grants.length - perMinute] ?? 0);
      }
      if (atMs > now()) return { kind: 'wait', waitMs: Math.ceil(atMs - now()) };
      const grant = { untilMs: now() + timeoutMs + minuteMs };
      grants.push(grant);
      pace.nextAtMs = now() + spacingMs;
      return {
        kind: 'granted',
        async settle() {
          grant.untilMs = now() + minuteMs;
        },
      };
    },
    async block(token, durationMs) {
      const pace = paceOf(token);
      pace.blockedUntilMs = Math.max(pace.blockedUntilMs, now() + Math.ceil(durationMs));
    },
    async usedLastMinute(token) {
      return paceOf(token).grants.length;
    },
  };
}
