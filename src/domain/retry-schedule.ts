import type { DurationMs } from './duration.ts';

/**
 * When the next attempt is due after `attemptsMade` failed ones, or null when the schedule is used up (attempts = entries
 * + 1). Jittered ±20 % so that deliveries which failed together do not come back together; `random` is in [0, 1).
 */
export function nextAttemptDelay(
  schedule: readonly DurationMs[],
  attemptsMade: number,
  random: number,
): DurationMs | null {
  const waitMs = schedule[attemptsMade - 1];
  if (waitMs === undefined) return null;
  return Math.round(waitMs * (0.8 + 0.4 * random));
}
