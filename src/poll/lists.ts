import { documentedStatuses } from '#domain/status.ts';
import type { Plan, PlannedList } from '#store/source-state.ts';
import { notBegun } from './cycle.ts';

/** A list that is arranged anew has to be read from its start, so this is not done for every contact that moves. */
const arrangementHoldsMs = 600_000;
const fadeHalfLifeMs = 3_600_000;
/** Another status must be this much commoner before it is the one left out. */
const commonerBy = 1.2;

/**
 * Which statuses are read as lists, and which of them together. The commonest is left out: who enters or leaves it leaves or
 * enters a list. A status with less than a page shares a list with others, so that no request is spent on half-empty
 * pages; every other has its own, so that a change between two of them shows in both, in the one that is read first.
 */
export function arrangeLists(
  plan: Plan,
  counts: ReadonlyMap<string, number>,
  most: number,
  nowMs: number,
): Plan {
  const statuses = new Set([...documentedStatuses, ...counts.keys()]);
  // Who is deleted stays so, and comes back into one of the other lists.
  statuses.delete('DELETED');
  statuses.delete(commonestStatus(plan, statuses, counts));
  const listed = new Set(plan.lists.flatMap((list) => list.statuses));
  const isComplete =
    listed.size === statuses.size && [...statuses].every((each) => listed.has(each));
  const ageMs = nowMs - plan.arrangedAtMs;
  if (isComplete && ageMs >= 0 && ageMs < arrangementHoldsMs) return plan;
  const lists = packLists(statuses, counts, most).map((members) => listOf(plan, members));
  return { ...plan, lists, arrangedAtMs: nowMs };
}

/** The one left out before, among those in no list yet, stays so until another is clearly commoner. */
function commonestStatus(
  plan: Plan,
  statuses: ReadonlySet<string>,
  counts: ReadonlyMap<string, number>,
): string {
  const listed = new Set(plan.lists.flatMap((list) => list.statuses));
  const countOf = (status: string) => counts.get(status) ?? 0;
  const byCount = [...statuses].sort((a, b) => countOf(b) - countOf(a));
  const [commonest = ''] = byCount;
  const kept = byCount.find((status) => !listed.has(status));
  if (kept === undefined || countOf(commonest) > countOf(kept) * commonerBy) return commonest;
  return kept;
}

function packLists(
  statuses: ReadonlySet<string>,
  counts: ReadonlyMap<string, number>,
  most: number,
): string[][] {
  const countOf = (status: string) => counts.get(status) ?? 0;
  const packed: { readonly members: string[]; count: number }[] = [];
  for (const status of [...statuses].sort((a, b) => countOf(b) - countOf(a))) {
    const count = countOf(status);
    const fitting = packed.find((list) => list.count + count <= most);
    if (fitting === undefined) packed.push({ members: [status], count });
    else {
      fitting.members.push(status);
      fitting.count += count;
    }
  }
  return packed.map(({ members }) => members.sort());
}

/** A list that was there before goes on where it stands. */
function listOf({ lists }: Plan, statuses: string[]): PlannedList {
  const same = lists.find((list) => list.statuses.join('\n') === statuses.join('\n'));
  if (same !== undefined) return same;
  const found = lists.reduce((sum, list) => {
    const shared = list.statuses.filter((status) => statuses.includes(status));
    return sum + (list.found * shared.length) / list.statuses.length;
  }, 0);
  return { statuses, cycle: notBegun, found };
}

/** Counts a change from one status to another for the lists that it shows in. */
export function countChange(plan: Plan, touched: readonly string[]): Plan {
  const lists = plan.lists.map((list) =>
    list.statuses.some((status) => touched.includes(status))
      ? { ...list, found: list.found + 1 }
      : list,
  );
  return { ...plan, lists };
}

/** What was found long ago tells little of now. */
export function fade(plan: Plan, nowMs: number): Plan {
  const factor = 2 ** (-Math.max(0, nowMs - plan.fadedAtMs) / fadeHalfLifeMs);
  const lists = plan.lists.map((list) => ({ ...list, found: list.found * factor }));
  return { ...plan, lists, fadedAtMs: nowMs };
}
