import type { SourceRuntime, StateFields } from '#store/source-state.ts';
import { isBaselineProven } from './baseline.ts';
import type { CommitCounts } from './commit-page.ts';
import type { Baseline } from './first-sight.ts';
import type { ObservationTime } from './observation-time.ts';

/** Fields of the source's state to be written together with a page; undefined ones are left as they are. */
export type StateChanges = Partial<SourceRuntime>;

interface Answered {
  readonly askedAtMs: number;
  readonly serverTimeMs: number | null;
  readonly observed: ObservationTime;
}

/** The first page ever read starts the baseline; its id keeps the events of two baselines apart. */
export function begin(page: Answered, newId: () => string): StateChanges {
  const startedAtMs = Math.floor((page.serverTimeMs ?? page.askedAtMs) / 1000) * 1000;
  return { baselineId: newId(), baselineStartedAtMs: startedAtMs };
}

export function countRequest(state: SourceRuntime, page: Answered): StateChanges {
  const clockOffset = { clockOffsetMs: page.observed.fromMs - page.askedAtMs };
  if (state.baselineCompletedAtMs !== undefined) return clockOffset;
  return { ...clockOffset, baselineRequests: (state.baselineRequests ?? 0) + 1 };
}

/** `known`: how many were listed before. */
export function countContacts(
  state: SourceRuntime,
  changes: StateChanges,
  known: number,
  { listed, lateSeeds, moved }: CommitCounts,
): StateChanges {
  const contacts = known + listed;
  const isBaselined = changes.baselineCompletedAtMs !== undefined;
  return {
    ...(lateSeeds === 0 ? {} : { lateSeeds: (state.lateSeeds ?? 0) + lateSeeds }),
    ...(isBaselined ? { baselineContacts: contacts } : {}),
    ...(moved ? { revision: (state.revision ?? 0) + 1, contacts } : {}),
  };
}

export function baselineOf(state: SourceRuntime): Baseline {
  return {
    id: state.baselineId ?? '',
    startedAtMs: state.baselineStartedAtMs ?? 0,
    activated: state.activatedAtMs !== undefined,
    completedAtMs: state.baselineCompletedAtMs ?? null,
    proven: isBaselineProven(state),
  };
}

export function toFields(changes: StateChanges): StateFields {
  return Object.fromEntries(
    Object.entries(changes).flatMap(([name, value]) => {
      if (value === undefined) return [];
      return [[name, typeof value === 'object' ? JSON.stringify(value) : value]];
    }),
  );
}
