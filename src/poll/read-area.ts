import type { InboxQuestion } from '#inbox/request-body.ts';
import type { Placed } from './contact-index.ts';
import { learnShortfall } from './learn.ts';
import { countChange } from './lists.ts';
import type { PageRead, Stop } from './page-read.ts';
import { advancePlan, areaOf, mostInSlice, type Task } from './planner.ts';
import type { PollSession } from './session.ts';
import type { StateChanges } from './state-changes.ts';

/** What the pages of one area showed, all told. */
interface AreaRead {
  readonly seen: ReadonlySet<string>;
  /** Nobody else can be in it: its last page was not full. */
  readonly isComplete: boolean;
}

/** Reads what a task asks for, commits it and draws from it who is missing. */
export async function readArea(
  session: PollSession,
  task: Task,
  deadlineMs: number | null,
): Promise<Stop | { readonly kind: 'done' }> {
  const seen = new Set<string>();
  const confirming = task.about !== null;
  for (let pageNumber = 1; ; pageNumber += 1) {
    const page = await session.readPage(questionOf(task), pageNumber, {
      deadlineMs: pageNumber === 1 ? deadlineMs : null,
      isOutsideScope: isOutsideScope(session, task),
    });
    if (page.kind !== 'read') return page;
    const end = endOf(session, task, page, seen);
    const changes = end === null ? {} : afterArea(session, task, page, end);
    const committed = await session.commit(inScope(session, task, page), changes, { confirming });
    if (committed.kind !== 'committed') return committed;
    session.plan = committed.statuses.reduce(countChange, session.plan);
    if (end !== null) return drawConclusions(session, task, end, page.askedAtMs);
  }
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
 * who share one moment with too many others are read page after page, and where pages come short.
 */
function endOf(
  session: PollSession,
  task: Task,
  { contacts, recordCount }: PageRead,
  seen: Set<string>,
): AreaRead | null {
  const before = seen.size;
  for (const { id } of contacts) seen.add(id);
  const isFull = recordCount >= session.pageSize;
  const isNews = seen.size > before;
  const goesOn = session.learned.shortPages || (task.slice.isTied && isFull);
  return isNews && goesOn ? null : { seen, isComplete: !isFull || !isNews };
}

function questionOf({ slice, statuses }: Task): InboxQuestion {
  return {
    ...(slice.fromMs === null ? {} : { createdFromMs: slice.fromMs }),
    ...(slice.toMs === null ? {} : { createdToMs: slice.toMs }),
    ...(statuses === null ? {} : { statuses }),
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
  const missed = task.slice.expected.filter(({ id }) => !seen.has(id)).length;
  session.learn((learned) =>
    learnShortfall(learned, memory.evidence, page.recordCount, missed > 2),
  );
  if (!isComplete) {
    const most = Math.min(
      memory.narrowed.get(area) ?? Number.POSITIVE_INFINITY,
      mostInSlice(session.pageSize),
    );
    memory.narrowed.set(
      area,
      Math.max(1, Math.floor(Math.min(most, task.slice.expected.length) / 2)),
    );
    return {};
  }
  if (task.about === null) memory.narrowed.delete(area);
  const plan = advancePlan(session.plan, task, page.askedAtMs);
  const isRoundOver = task.kind === 'slice' && plan.cold.cursorMs === null;
  return {
    plan,
    ...(isRoundOver && plan.cold.last !== null
      ? { verifiedFromMs: plan.cold.last.startedAtMs }
      : {}),
  };
}

/** Who should have been in the answer and was not, is looked for; and who was looked for long enough is gone. */
async function drawConclusions(
  session: PollSession,
  task: Task,
  { seen, isComplete }: AreaRead,
  nowMs: number,
): Promise<Stop | { readonly kind: 'done' }> {
  const { memory } = session;
  const { missing, index } = memory;
  const { about, kind } = task;
  memory.verifiedInARow = about === null ? 0 : memory.verifiedInARow + 1;
  const expected = task.slice.expected.filter(({ id }) => index.find(id) !== undefined);
  const present = expected.filter(({ id }) => seen.has(id));
  for (const contact of present) noteSeen(session, task, contact, nowMs);
  // An answer without anybody who is known proves nothing; the one it is about must not be asked for over and over.
  const provesAbsence = isComplete && (present.length > 0 || kind === 'list');
  if (!provesAbsence || (about !== null && !expected.some(({ id }) => id === about))) {
    if (about !== null) missing.noteDoubt(about, nowMs);
    return { kind: 'done' };
  }
  const absent = expected.filter(({ id }) => !seen.has(id));
  if (kind === 'look_up') return concludeLookUp(session, task, nowMs, seen);
  for (const { id } of absent) {
    if (kind === 'list') missing.note(id, nowMs);
    else missing.noteReading(id, nowMs);
  }
  return { kind: 'done' };
}

/** Whoever stands as they did is not missing; whose answer was not believed is looked at again. */
function noteSeen({ memory }: PollSession, task: Task, { id }: Placed, nowMs: number): void {
  if (task.about !== id) return;
  memory.missing.noteDoubt(id, nowMs);
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
