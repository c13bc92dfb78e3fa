import type { Cycle, SourceRuntime } from '#store/source-state.ts';

/** How old what is known of a source can be at most, in seconds; null where nothing is known yet. */
export interface Freshness {
  readonly hotSeconds: number | null;
  /** Everyone whom the inbox saw before this moment of its time has been read since. */
  readonly coveredUntil: string | null;
  readonly oldestUnverifiedSeconds: number | null;
  readonly tiers: {
    readonly active: { readonly oldestUnverifiedSeconds: number | null };
    readonly cold: { readonly oldestUnverifiedSeconds: number | null };
  };
}

/**
 * A tier is as fresh as the part of it that was read longest ago. What the last complete round read first is the oldest of
 * it, until the running round has come by.
 */
export function freshnessOf(
  { hotReadAtMs, coveredUntilMs, verifiedFromMs, plan }: SourceRuntime,
  nowMs: number,
): Freshness {
  const ages = (plan?.lists ?? []).map(({ cycle }) => roundAge(cycle, nowMs));
  const isKnown = ages.length > 0 && ages.every((age) => age !== null);
  return {
    hotSeconds: ageSeconds(hotReadAtMs, nowMs),
    coveredUntil: coveredUntilMs === undefined ? null : new Date(coveredUntilMs).toISOString(),
    oldestUnverifiedSeconds: ageSeconds(verifiedFromMs, nowMs),
    tiers: {
      active: { oldestUnverifiedSeconds: isKnown ? Math.max(...ages) : null },
      cold: {
        oldestUnverifiedSeconds: plan === undefined ? null : roundAge(plan.cold, nowMs),
      },
    },
  };
}

function roundAge({ last }: Cycle, nowMs: number): number | null {
  return ageSeconds(last?.startedAtMs, nowMs);
}

/** Another process's clock may be ahead of ours. */
function ageSeconds(atMs: number | undefined, nowMs: number): number | null {
  return atMs === undefined ? null : Math.max(0, (nowMs - atMs) / 1000);
}
