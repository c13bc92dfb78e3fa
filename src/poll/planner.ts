import type { Cycle, Plan, PlannedList } from '#store/source-state.ts';
import type { ContactIndex, Placed } from './contact-index.ts';
import { advanceCycle, ageOfNext, notBegun } from './cycle.ts';
import { gather } from './gather.ts';
import { twoChances } from './lists.ts';
import type { MissingContacts } from './missing.ts';
import { type PacedList, paceLists } from './pace.ts';
import { areaOf, cutSlice, type Slice } from './slice.ts';

/** What to ask next, as one question: a range of `createdAt` and statuses (null: any). */
export interface Task {
  /**
   * `list`: active tier. `slice`: cold tier. `gather`: where several went. `verify`: where somebody went. `look_up`: whether
   * somebody is gone.
   */
  readonly kind: 'list' | 'slice' | 'gather' | 'verify' | 'look_up';
  readonly statuses: readonly string[] | null;
  /** Only those seen by the inbox since; null: whoever. */
  readonly lastSeenFromMs: number | null;
  readonly slice: Slice;
  /** Whom a verification is about. */
  readonly about: string | null;
  /** Of a list: rounds in the time of one of an ordinary list. */
  readonly pace: number;
}

export interface PlannerInput {
  readonly plan: Plan;
  readonly index: ContactIndex;
  readonly missing: Pick<MissingContacts, 'next' | 'has' | 'size' | 'fresh'>;
  /** Contacts that fit a page, as far as that is known. */
  readonly pageSize: number;
  /** How many contacts the next slice of this area may hold at most, where a page was too small for it. */
  readonly narrowed: (area: string) => number | undefined;
  /** Whether the inbox can be asked for those seen lately. */
  readonly listsBySight: boolean;
  /** Whether the inbox can be asked for one status. */
  readonly listsByStatus: boolean;
  /** Least age at which anything is read again. */
  readonly sweepIntervalMs: number;
  /** Verifications since the last other task. */
  readonly verifiedInARow: number;
  readonly nowMs: number;
}

/** Of all other requests; what finds deletions and everything that nothing else does. */
const coldShare = 0.1;
/** What a verification counts of a slice of the cold tier. */
const verificationShare = 0.85;
const mostOwed = 2;
/** Whoever else does its work, the cold tier has a request this often. */
const coldAtLeastEveryMs = 60_000;
/** However many are missing, every so often something else is read. */
const mostVerifiedInARow = 4;

export const emptyPlan: Plan = {
  lists: [],
  arrangedAtMs: 0,
  cold: notBegun,
  coldCredit: 0,
  coldAtMs: null,
  fadedAtMs: 0,
};

/** Room is left for those who come into the slice before it is read: a full page may hide more. */
export function mostInSlice(pageSize: number): number {
  return Math.max(1, pageSize - Math.max(1, Math.ceil(pageSize * 0.05)));
}

/** The request that does most for the freshness of what is known; null: everything is fresh enough. */
export function nextTask(input: PlannerInput): Task | null {
  const verification = verify(input);
  if (verification !== null && input.verifiedInARow < mostVerifiedInARow) return verification;
  const list = input.listsByStatus ? nextList(input) : null;
  const isColdDue = ageOf(input, input.plan.cold, null) >= input.sweepIntervalMs;
  const coldAgeMs = Math.abs(input.nowMs - (input.plan.coldAtMs ?? input.nowMs));
  const isColdOwed = input.plan.coldCredit >= 1 || coldAgeMs >= coldAtLeastEveryMs;
  if (isColdDue && (list === null || isColdOwed)) return coldTask(input);
  if (list !== null) return listTask(input, list);
  return verification;
}

/** The next slice of the cold tier, whether or not it is due. */
export function coldTask(input: PlannerInput): Task {
  const slice = cut(input, null, input.plan.cold);
  return { kind: 'slice', statuses: null, lastSeenFromMs: null, slice, about: null, pace: 1 };
}

function listTask(input: PlannerInput, { list, pace }: PacedList): Task {
  const { statuses, cycle } = list;
  const slice = cut(input, statuses, cycle);
  return { kind: 'list', statuses, lastSeenFromMs: null, slice, about: null, pace };
}

/** The plan once this task was done. */
export function advancePlan(plan: Plan, task: Task, askedAtMs: number): Plan {
  const { kind, slice, statuses } = task;
  if (kind === 'slice') {
    const coldCredit = Math.max(0, plan.coldCredit - 1);
    const cold = advanceCycle(plan.cold, slice, askedAtMs);
    return { ...plan, cold, coldCredit, coldAtMs: askedAtMs };
  }
  // A verification reads everyone around the missing one, so it does part of the cold tier's work.
  const done = kind === 'verify' || kind === 'look_up' ? verificationShare : 0;
  // Bounded, so that what was owed while nothing was due is not claimed in one go.
  const owed = plan.coldCredit + coldShare / (1 - coldShare) - done;
  const coldCredit = Math.min(mostOwed, Math.max(-mostOwed, owed));
  const coldAtMs = plan.coldAtMs ?? askedAtMs;
  if (kind !== 'list') return { ...plan, coldCredit, coldAtMs };
  const area = areaOf(statuses);
  const lists = plan.lists.map((list) =>
    areaOf(list.statuses) === area ? advanceList(list, slice, task.pace, askedAtMs) : list,
  );
  return { ...plan, lists, coldCredit, coldAtMs };
}

function advanceList(
  list: PlannedList,
  slice: Slice,
  pace: number,
  askedAtMs: number,
): PlannedList {
  const turn = slice.nextMs === null ? list.turn + 1 / pace : list.turn;
  return { ...list, cycle: advanceCycle(list.cycle, slice, askedAtMs), turn };
}

function verify(input: PlannerInput): Task | null {
  const { missing, index, pageSize, nowMs } = input;
  const gathered = input.listsBySight
    ? gather(index, missing.fresh(nowMs), mostInSlice(pageSize))
    : null;
  if (gathered !== null) {
    const { lastSeenFromMs, ...range } = gathered;
    const slice = { ...range, nextMs: null, isTied: false };
    return { kind: 'gather', statuses: null, lastSeenFromMs, slice, about: null, pace: 1 };
  }
  const next = missing.next(nowMs);
  const contact = next === null ? undefined : index.find(next.id);
  if (next === null || contact === undefined) return null;
  const around = next.isLookUp ? 2 : mostInSlice(pageSize);
  return {
    kind: next.isLookUp ? 'look_up' : 'verify',
    statuses: null,
    lastSeenFromMs: null,
    slice: sliceAround(input, contact.createdAtMs, around),
    about: next.id,
    pace: 1,
  };
}

/**
 * From the missing one on, with a living neighbour: only an answer that shows someone proves that another is not there. A
 * second to both sides, since the inbox may compare whole seconds; whoever shares that second is asked for too.
 */
function sliceAround(
  { index, missing, pageSize }: PlannerInput,
  createdAtMs: number,
  around: number,
): Slice {
  const startMs = createdAtMs - 1000;
  const crowd = index.rank(null, createdAtMs + 1) - index.rank(null, startMs);
  const ahead = cutSlice(index, null, startMs, Math.max(around, crowd));
  const isLiving = ({ id }: Placed) => !missing.has(id);
  const others = missing.size + 1;
  const neighbour =
    ahead.expected.find(isLiving) ??
    index.before(startMs, others).findLast(isLiving) ??
    index.from(null, startMs, others).find(isLiving);
  const neighbourMs = neighbour?.createdAtMs ?? startMs;
  const fromMs = Math.min(startMs, neighbourMs);
  const toMs = ahead.toMs === null ? null : Math.max(ahead.toMs, neighbourMs);
  const endMs = toMs === null ? Number.POSITIVE_INFINITY : toMs + 1;
  const count = index.rank(null, endMs) - index.rank(null, fromMs);
  const expected = index.from(null, fromMs, count);
  return { ...ahead, fromMs, toMs, expected, isTied: count > mostInSlice(pageSize) };
}

/**
 * The list that is furthest behind. All have turns of the same length but those in which far more or far less is found for
 * their cost, and begin them one after the other: a contact in two of them, on its way from one status to another, is
 * looked at in one about when the other is farthest away.
 */
function nextList(input: PlannerInput): PacedList | null {
  const { plan, index, sweepIntervalMs } = input;
  const most = mostInSlice(input.pageSize);
  const paced = paceLists(plan.lists, index, most);
  const wholeCost = Math.ceil(index.size / most);
  if (wholeCost <= paced.reduce((sum, { cost }) => sum + cost, 0) * twoChances) return null;
  let next: PacedList | null = null;
  let nextTurn = Number.POSITIVE_INFINITY;
  for (const each of paced) {
    const { list, pace } = each;
    if (ageOf(input, list.cycle, list.statuses) < sweepIntervalMs) continue;
    const atTurn = list.turn + shareBefore(index, list.cycle, list.statuses) / pace;
    if (next !== null && atTurn >= nextTurn) continue;
    next = each;
    nextTurn = atTurn;
  }
  return next;
}

function ageOf(
  { index, nowMs }: PlannerInput,
  cycle: Cycle,
  statuses: readonly string[] | null,
): number {
  return ageOfNext(cycle, shareBefore(index, cycle, statuses), nowMs);
}

/** How much of a round is done. */
function shareBefore(
  index: ContactIndex,
  { cursorMs }: Cycle,
  statuses: readonly string[] | null,
): number {
  const size = Math.max(1, index.rank(statuses, Number.POSITIVE_INFINITY));
  return index.rank(statuses, cursorMs) / size;
}

function cut(
  { index, pageSize, narrowed }: PlannerInput,
  statuses: readonly string[] | null,
  { cursorMs }: Cycle,
): Slice {
  const narrow = narrowed(areaOf(statuses)) ?? Number.POSITIVE_INFINITY;
  return cutSlice(index, statuses, cursorMs, Math.min(mostInSlice(pageSize), narrow));
}
