import type { InboxQuestion } from '#inbox/request-body.ts';
import { learnShortfall } from './learn.ts';
import { countChange } from './lists.ts';
import type { PageRead, Stop } from './page-read.ts';
import { advancePlan, type Task } from './planner.ts';
import type { PollSession } from './session.ts';
import { areaOf } from './slice.ts';
import type { StateChanges } from './state-changes.ts';

/** What the pages of one area showed, all told. */
interface AreaRead {
  readonly seen: ReadonlySet<string>;
  /** Nobody else can be in it: its last page was not full. */
  readonly isComplete: boolean;
}

/** What the pages of an area showed so far. */
interface AreaShown {
  readonly seen: Set<string>;
  /** Whether the first page showed somebody who was not known. */
  hasStrangers: boolean;
}

/** Reads what a task asks for, commits it and draws from it who is missing. */
export async function readArea(
  session: PollSession,
  task: Task,
  deadlineMs: number | null,
): Promise<Stop | { readonly kind: 'done' }> {
  const shown: AreaShown = { seen: new Set(), hasStrangers: false };
  const confirming = isVerification(task);
  for (let pageNumber = 1; ; pageNumber += 1) {
    const page = await session.readPage(questionOf(task), pageNumber, {
      deadlineMs: pageNumber === 1 ? deadlineMs : null,
      isOutsideScope: isOutsideScope(session, task),
    });
    if (page.kind !== 'read') return page;
    if (pageNumber === 1) shown.hasStrangers = showsStranger(session, page);
    const end = endOf(session, task, page, shown);
    const changes = end === null ? {} : afterArea(session, task, page, end);
    const committed = await session.commit(inScope(session, task, page), changes, { confirming });
    if (committed.kind !== 'committed') return committed;
    session.plan = committed.statuses.reduce(countChange, session.plan);
    if (end !== null) return drawConclusions(session, task, end, page.askedAtMs);
  }
}

function isVerification({ kind }: Task): boolean {
  return kind === 'gather' || kind === 'verify' || kind === 'look_up';
}

function showsStranger({ memory }: PollSession, { contacts }: PageRead): boolean {
  return contacts.some(({ id }) => memory.index.find(id) === undefined);
}

/** A look-up has to find those too who have left the scope. */
function isOutsideScope({ source }: PollSession, { kind }: Task): boolean {
  return kind === 'look_up' && source.scope !== undefined;
}

/** What lies outside the scope is not this source's to know. */
function inScope(session: PollSession, task: Task, page: PageRead): PageRead {
  return isOutsideScope(session, task) ? { ...page, contacts: [] } : page;
}

/**
 * What the pages so far showed, once there is no reason to read on. One page cannot shift while it is read, so only those
 * who cannot be parted from too many others are read page after page, and where pages come short.
 */
function endOf(
  session: PollSession,
  task: Task,
  { contacts, recordCount }: PageRead,
  { seen, hasStrangers }: AreaShown,
): AreaRead | null {
  const before = seen.size;
  for (const { id } of contacts) seen.add(id);
  const isFull = recordCount >= session.pageSize;
  const isNews = seen.size > before;
  // Where no smaller cut helped, the inbox compares more coarsely than it was asked: neighbours fill the page.
  const isSmallest = session.memory.narrowed.get(areaOf(task.statuses)) === 1;
  // Outside of the scope nobody knows how many stand in the range.
  const isOpen = task.slice.isTied || isSmallest || isOutsideScope(session, task);
  const goesOn = session.learned.shortPages || (isOpen && isFull);
  if (isNews && goesOn) return null;
  // Of a list that holds everyone it should, another may be hidden behind the page: the next round, cut with those who have
  // come since, shows him. Only the cold tier has to prove that there is nobody.
  const isList = task.kind === 'list' && task.slice.expected.every(({ id }) => seen.has(id));
  // Pages that come again are the end, or an inbox that answers every page with the first: a smaller cut, made with whom it
  // has shown, tells which.
  const isAgain = !isNews && !hasStrangers;
  return { seen, isComplete: !isFull || isAgain || isList };
}

function questionOf({ slice, statuses, lastSeenFromMs }: Task): InboxQuestion {
  return {
    ...(slice.fromMs === null ? {} : { createdFromMs: slice.fromMs }),
    ...(slice.toMs === null ? {} : { createdToMs: slice.toMs }),
    ...(statuses === null ? {} : { statuses }),
    ...(lastSeenFromMs === null ? {} : { lastSeenFromMs }),
  };
}

/** The marks that go with the last page of an area; one that may hide more is cut smaller and read again. */
function afterArea(
  session: PollSession,
  task: Task,
  page: PageRead,
  { isComplete, seen }: AreaRead,
): StateChanges {
  const { memory } = session;
  const area = areaOf(task.statuses);
  if (task.kind === 'slice' || task.kind === 'verify') {
    const missed = task.slice.expected.filter(({ id }) => !seen.has(id)).length;
    const { recordCount } = page;
    session.learn((learned) => learnShortfall(learned, memory.evidence, recordCount, missed > 2));
  }
  if (!isComplete && isVerification(task)) return {};
  if (!isComplete) {
    // Those who came into the slice are known now, so the next one is cut before them. If that is not enough, it is halved.
    const most = memory.narrowed.get(area) ?? task.slice.expected.length * 2;
    memory.narrowed.set(area, Math.max(1, Math.floor(most / 2)));
    return {};
  }
  if (!isVerification(task)) memory.narrowed.delete(area);
  const plan = advancePlan(session.plan, task, page.askedAtMs);
  const isRoundOver = task.kind === 'slice' && plan.cold.cursorMs === null;
  if (!isRoundOver || plan.cold.last === null) return { plan };
  const verified = { plan, verifiedFromMs: plan.cold.last.startedAtMs };
  if (session.state.baselineCompletedAtMs !== undefined) return verified;
  return { ...verified, baselineCompletedAtMs: page.observed.toMs };
}

/** Who should have been in the answer and was not, is looked for; and who was looked for long enough is gone. */
async function drawConclusions(
  session: PollSession,
  task: Task,
  end: AreaRead,
  nowMs: number,
): Promise<Stop | { readonly kind: 'done' }> {
  const { memory } = session;
  const { missing } = memory;
  memory.verifiedInARow = isVerification(task) ? memory.verifiedInARow + 1 : 0;
  if (task.kind === 'gather') {
    for (const { id } of task.slice.expected) missing.noteGathered(id);
    return { kind: 'done' };
  }
  // Whoever stands as they did is not missing; whose answer was not believed is looked at again.
  if (task.about !== null && end.seen.has(task.about)) missing.noteDoubt(task.about, nowMs);
  const answer = judgeAnswer(session, task, end);
  if (!answer.isOfUse) {
    if (task.about !== null) missing.noteDoubt(task.about, nowMs);
    return { kind: 'done' };
  }
  if (task.kind === 'look_up') return concludeLookUp(session, task, nowMs, end.seen);
  for (const { id } of answer.absent) {
    // Whoever is gone with all their neighbours is looked for where somebody lives.
    if (task.kind === 'list' || !answer.showsSomeone) missing.note(id, nowMs);
    else missing.noteReading(id, nowMs);
  }
  return { kind: 'done' };
}

/**
 * Who is not where they were. An answer without anybody who is known proves nothing, and is of no use to whom it is about,
 * nor is one that could not hold them.
 */
function judgeAnswer({ memory }: PollSession, task: Task, end: AreaRead) {
  const expected = task.slice.expected.filter(({ id }) => memory.index.find(id) !== undefined);
  const absent = expected.filter(({ id }) => !end.seen.has(id));
  const showsSomeone = absent.length < expected.length;
  const isAbout = showsSomeone && expected.some(({ id }) => id === task.about);
  return { absent, showsSomeone, isOfUse: end.isComplete && (task.about === null || isAbout) };
}

async function concludeLookUp(
  session: PollSession,
  { about }: Task,
  nowMs: number,
  seen: ReadonlySet<string>,
): Promise<Stop | { readonly kind: 'done' }> {
  const { missing, index } = session.memory;
  if (about === null) return { kind: 'done' };
  if (seen.has(about)) {
    if (session.source.scope === undefined) return { kind: 'done' };
    return session.commitAbsence({ contactId: about, kind: 'left' });
  }
  if (!missing.noteLookUp(about, index.size, nowMs)) return { kind: 'done' };
  return session.commitAbsence({ contactId: about, kind: 'deleted' });
}
