import type { DisabledReason } from '#domain/subscription.ts';
import { type LaneHealth, unreachableAfter } from '#store/lane-health.ts';
import type { Verdict } from './classify.ts';

/** Both must be reached before a subscription is disabled: a rare event must not end it, and neither must a bad hour. */
const failingLimits = { ageMs: 5 * 24 * 3_600_000, failures: 20 } as const;
/** At the longest, while the subscriber cannot be reached. */
const probeEveryMs = 5 * 60_000;
/** Percent of the way there at which operators are warned, the furthest first. */
const warnings = [75, 50] as const;

/** What operators are to be told of a subscription. */
export type LaneAlarm =
  | { readonly kind: 'failing'; readonly percent: (typeof warnings)[number] }
  | { readonly kind: 'disabled'; readonly reason: DisabledReason };

export interface Judgement {
  readonly health: LaneHealth;
  readonly alarm: LaneAlarm | null;
}

/** The lane's health after one more attempt, and what is to be told of it. */
export function judge(before: LaneHealth, verdict: Verdict, nowMs: number): Judgement {
  const health = healthAfter(before, verdict, nowMs);
  if (verdict.kind === 'gone') return { health, alarm: { kind: 'disabled', reason: 'gone' } };
  if (health.failures === before.failures) return { health, alarm: null };
  const progress = failingProgress(health, nowMs);
  if (progress >= 1) return { health, alarm: { kind: 'disabled', reason: 'failing' } };
  const percent = warnings.find((each) => progress * 100 >= each);
  if (percent === undefined || percent <= health.warnedPercent) return { health, alarm: null };
  return { health: { ...health, warnedPercent: percent }, alarm: { kind: 'failing', percent } };
}

function healthAfter(health: LaneHealth, verdict: Verdict, nowMs: number): LaneHealth {
  switch (verdict.kind) {
    case 'delivered':
      return {
        ...health,
        failures: 0,
        unreachable: 0,
        probeByMs: 0,
        failingSinceMs: 0,
        warnedPercent: 0,
      };
    case 'retry': {
      const { holdMs } = verdict;
      const unreachable = verdict.answered ? answeredBadly(health) : health.unreachable + 1;
      const holdUntilMs = Math.max(health.holdUntilMs, holdMs === null ? 0 : nowMs + holdMs);
      return probedBy({ ...failedOnce(health, nowMs), unreachable, holdUntilMs }, nowMs);
    }
    case 'gone':
      return { ...failedOnce(health, nowMs), unreachable: answeredBadly(health) };
    case 'unsent':
      return probedBy(health, nowMs);
    case 'aborted':
      return health;
  }
}

/** An answer shows that a subscriber can be reached, but of one that could not be only a success is believed. */
function answeredBadly({ unreachable }: LaneHealth): number {
  return unreachable >= unreachableAfter ? unreachable : 0;
}

/** Schedules grow to a day; one that is back must not wait so long to be noticed. */
function probedBy(health: LaneHealth, nowMs: number): LaneHealth {
  const isUnreachable = health.unreachable >= unreachableAfter;
  return { ...health, probeByMs: isUnreachable ? nowMs + probeEveryMs : 0 };
}

function failedOnce(health: LaneHealth, nowMs: number): LaneHealth {
  const failingSinceMs = health.failures === 0 ? nowMs : health.failingSinceMs;
  return { ...health, failures: health.failures + 1, failingSinceMs };
}

/** How far a lane is on its way to being disabled: 1 is there. */
function failingProgress({ failures, failingSinceMs }: LaneHealth, nowMs: number): number {
  if (failures === 0) return 0;
  return Math.min(
    (nowMs - failingSinceMs) / failingLimits.ageMs,
    failures / failingLimits.failures,
  );
}
