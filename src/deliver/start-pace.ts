import type { PaceWish } from '#store/lane-work.ts';

/** An attempt that is late by this much takes nothing from those after it; nor do arrivals that spread by as much. */
const slackMs = 50;

/**
 * No second, wherever it begins, may hold more attempts than the rate says, so a fraction above 1 is not used: 2.5 a second
 * is two in any second. About a second's worth is reserved at a time.
 */
export function paceOf(ratePerSecond: number): Omit<PaceWish, 'known'> {
  const most = Math.max(1, Math.floor(ratePerSecond));
  return { most, intervalMs: 1000 / Math.min(most, ratePerSecond), slackMs };
}
