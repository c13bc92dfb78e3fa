import { deletedStatus } from '#domain/contact.ts';
import { documentedStatuses } from '#domain/status.ts';
import type { Plan, PlannedList } from '#store/source-state.ts';
import { notBegun } from './cycle.ts';
import { areaOf } from './slice.ts';

/** A list that is arranged anew has to be read from its start, so this is not done for every contact that moves. */
const arrangementHoldsMs = 600_000;
const fadeHalfLifeMs = 3_600_000;
/** Another status must be this much commoner before it is the one left out. */
const commonerBy = 1.2;

/**
 * Which statuses are read as lists, and which of them together. The commonest is left out: who enters or leaves it leaves or
 * enters a list. A list for each has half-empty pages at the end, and one list for all shows a change between two of them
 * once instead of twice; between these the shorter wait decides.
 */
export function arrangeLists(
  plan: Plan,
  counts: ReadonlyMap<string, number>,
  most: number,
  nowMs: number,
): Plan {
  const statuses = new Set([...documentedStatuses, ...counts.keys()]);
  // Who is deleted stays so, and comes back into one of the other lists.
  statuses.delete(deletedStatus);
  statuses.delete(commonestStatus(plan, statuses, counts));
  const listed = new Set(plan.lists.flatMap((list) => list.statuses));
  const isComplete =
    listed.size === statuses.size && [...statuses].every((each) => listed.has(each));
  const ageMs = nowMs - plan.arrangedAtMs;
  if (isComplete && ageMs >= 0 && ageMs < arrangementHoldsMs) return plan;
  const packed = packLists(statuses, counts, most);
  const isSame = isComplete && packed.every((members) => sameList(plan, members) !== undefined);
  if (isSame) return { ...plan, arrangedAtMs: nowMs };
  // A list that stays keeps its turn, or a round longer than this arrangement holds would never come to its end.
  const turns = plan.lists.map(({ turn }) => turn);
  const earliest = turns.length === 0 ? 0 : Math.min(...turns);
  const lists = packed.map(
    (members, place) =>
      sameList(plan, members) ?? newList(plan, members, earliest + place / packed.length),
  );
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

interface Pack {
  readonly members: readonly string[];
  readonly count: number;
}

/** Of more statuses the rarest share a list: there are 877 ways to arrange seven. */
const mostArranged = 7;

/** Of all ways to put statuses together the one with the shortest mean wait. */
function packLists(
  statuses: ReadonlySet<string>,
  counts: ReadonlyMap<string, number>,
  most: number,
): string[][] {
  const packs = [...statuses]
    .map((status): Pack => ({ members: [status], count: counts.get(status) ?? 0 }))
    .sort((a, b) => b.count - a.count);
  const rare = packs.splice(mostArranged - 1).reduce(merge, { members: [], count: 0 });
  let best = packs;
  let shortest = Number.POSITIVE_INFINITY;
  for (const arranged of arrangements(rare.members.length > 0 ? [...packs, rare] : packs)) {
    const wait = meanWait(arranged, most);
    if (wait >= shortest) continue;
    best = arranged;
    shortest = wait;
  }
  return best.map(({ members }) => [...members].sort());
}

function merge(a: Pack, b: Pack): Pack {
  return { members: [...a.members, ...b.members], count: a.count + b.count };
}

/** Every way to put these together. */
function* arrangements([first, ...others]: readonly Pack[]): Generator<Pack[]> {
  if (first === undefined) {
    yield [];
    return;
  }
  for (const rest of arrangements(others)) {
    yield [first, ...rest];
    for (const [place, pack] of rest.entries()) yield rest.with(place, merge(first, pack));
  }
}

/** Of all changes, those from one of the listed statuses to another. */
const crossings = 0.5;
/** A change between two lists shows in both, in whichever is read first: this much of the wait for one alone. */
export const twoChances = 2 / 3;

/** In proportion to requests a round, less where changes show in two lists, as those between two of different size do. */
function meanWait(packs: readonly Pack[], most: number): number {
  const total = packs.reduce((sum, { count }) => sum + count, 0) || 1;
  const requests = packs.reduce((sum, { count }) => sum + Math.max(1, Math.ceil(count / most)), 0);
  const together = packs.reduce((sum, { count }) => sum + (count / total) ** 2, 0);
  return requests * (1 - crossings * (1 - twoChances) * (1 - together));
}

/** A list that was there before goes on where it stands. */
function sameList({ lists }: Plan, statuses: readonly string[]): PlannedList | undefined {
  return lists.find((list) => areaOf(list.statuses) === areaOf(statuses));
}

/** A new list begins with what was found in those that its statuses were in. */
function newList({ lists }: Plan, statuses: string[], turn: number): PlannedList {
  const found = lists.reduce((sum, list) => {
    const shared = list.statuses.filter((status) => statuses.includes(status));
    return sum + (list.found * shared.length) / list.statuses.length;
  }, 0);
  return { statuses, cycle: notBegun, found, turn };
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
