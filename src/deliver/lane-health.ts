import type { LaneHealth } from '#store/lane-work.ts';
import type { Verdict } from './classify.ts';

/** The lane's health after one more attempt. */
export function healthAfter(health: LaneHealth, verdict: Verdict, nowMs: number): LaneHealth {
  switch (verdict.kind) {
    case 'delivered':
      return { ...health, failures: 0, unreachable: 0 };
    case 'retry':
      return {
        ...health,
        failures: health.failures + 1,
        unreachable: verdict.answered ? 0 : health.unreachable + 1,
        holdUntilMs:
          verdict.holdMs === null
            ? health.holdUntilMs
            : Math.max(health.holdUntilMs, nowMs + verdict.holdMs),
      };
    case 'gone':
      return { ...health, failures: health.failures + 1, unreachable: 0 };
    case 'aborted':
      return health;
  }
}
