import type { Learned, SourceRuntime } from '#store/source-state.ts';

/** In a listing that is read for longer somebody may have been overlooked, because it moved meanwhile. */
const trustedForMs = 600_000;

/** Whether one listing read to its end shows everybody: not where it has no order, or where pages come again. */
export function isListingSound({ order, pastEnd }: Learned): boolean {
  return order !== 'none' && pastEnd !== 'repeated';
}

/**
 * Whether the baseline can have overlooked nobody, so that an older contact who turns up later is news. A long listing is
 * proved by the first round of slices, or by a second listing.
 */
export function isBaselineProven(state: SourceRuntime): boolean {
  const { baselineStartedAtMs, baselineCompletedAtMs, plan, reading, learned } = state;
  if (baselineStartedAtMs === undefined || baselineCompletedAtMs === undefined) return false;
  if (plan !== undefined && plan.cold.last !== null) return true;
  if (reading !== undefined && reading.completedStartsMs.length > 1) return true;
  const isSound = learned === undefined || isListingSound(learned);
  return isSound && baselineCompletedAtMs - baselineStartedAtMs <= trustedForMs;
}
