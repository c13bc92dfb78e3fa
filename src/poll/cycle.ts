import type { Cycle } from '#store/source-state.ts';
import type { Slice } from './slice.ts';

export const notBegun: Cycle = { cursorMs: null, startedAtMs: 0, last: null };

/** The cycle after one more slice, asked for at `askedAtMs`. */
export function advanceCycle(cycle: Cycle, slice: Pick<Slice, 'nextMs'>, askedAtMs: number): Cycle {
  const startedAtMs = cycle.cursorMs === null ? askedAtMs : cycle.startedAtMs;
  if (slice.nextMs !== null) return { ...cycle, startedAtMs, cursorMs: slice.nextMs };
  return { cursorMs: null, startedAtMs, last: { startedAtMs, endedAtMs: askedAtMs } };
}

/**
 * How long ago the slice at the cursor was read. A round reads evenly, so the share of contacts before the cursor tells
 * when in the last round that was; before there was a round, nothing is older.
 */
export function ageOfNext({ last }: Cycle, shareBefore: number, nowMs: number): number {
  if (last === null) return Number.POSITIVE_INFINITY;
  const readAtMs = last.startedAtMs + shareBefore * (last.endedAtMs - last.startedAtMs);
  // A clock that was set back must not keep a slice from being read.
  return readAtMs > nowMs ? Number.POSITIVE_INFINITY : nowMs - readAtMs;
}
