import { readingOf } from '#domain/reading.ts';
import type { Contacts } from '#store/contacts.ts';
import type { Reading } from '#store/source-state.ts';
import { concludeListing } from './absent-from-listing.ts';
import { isListingSound } from './baseline.ts';
import { measureDepth } from './depth.ts';
import { mayBeHonoured } from './learn.ts';
import { arrangeLists, fade } from './lists.ts';
import type { Failure, PageRead, Stop } from './page-read.ts';
import { coldTask, mostInSlice, nextTask, type PlannerInput, type Task } from './planner.ts';
import { probeFilters } from './probe.ts';
import { readArea } from './read-area.ts';
import { advanceReading, shapeOf, startReading } from './reading.ts';
import type { PollSession, SessionPorts } from './session.ts';
import type { StateChanges } from './state-changes.ts';

export interface BackgroundPorts {
  readonly sweepIntervalMs: number;
  readonly contacts: Pick<Contacts, 'all'>;
  readonly now: () => number;
  readonly onBaselineRead: SessionPorts['onBaselineRead'];
}

type Done = { readonly kind: 'done' };
type Idle = { readonly kind: 'idle' };

/** While the baseline runs, every fifth request goes to those who are known already. */
const baselineShare = 0.8;

/** Failures in a row after which a poll is given up. */
const mostHiccups = 2;

/** A baseline longer than this many pages says how long it will take. */
const pagesBeforeDepth = 8;

/**
 * Spends what is left of the poll job's time on what moved without moving `lastSeenAt`: first the baseline, page by page,
 * then whatever the planner ranks highest, or pages again where the inbox cannot be asked for less.
 */
export async function readBackground(
  ports: BackgroundPorts,
  session: PollSession,
  deadlineMs: number,
): Promise<Stop | Idle> {
  const { now } = ports;
  session.plan = fade(session.plan, now());
  // The first request has no deadline: where the budget is small the hot window alone can outlast the interval, and a
  // background that never had its turn would never end the baseline.
  let failures = 0;
  for (let requests = 0; ; requests += 1) {
    const isOver = session.wanted || now() >= deadlineMs;
    if (requests > 0 && isOver) return { kind: 'out_of_time' };
    const step = await readNext(ports, session, requests === 0 ? null : deadlineMs);
    if (step.kind === 'failed' && isHiccup(step.answer) && failures < mostHiccups) failures += 1;
    else if (step.kind === 'done') failures = 0;
    else return step;
  }
}

/** One answer of a busy inbox that goes wrong is no reason to leave the others unasked. */
function isHiccup(answer: Failure): boolean {
  if (answer.kind !== 'unavailable') return false;
  return answer.reason === 'server_error' || answer.reason === 'malformed';
}

async function readNext(
  ports: BackgroundPorts,
  session: PollSession,
  deadlineMs: number | null,
): Promise<Stop | Idle | Done> {
  const { state, learned } = session;
  const isBaselined = state.baselineCompletedAtMs !== undefined;
  // A list shows whether the filter is honoured by now; slices never would.
  const isToTryStatus = mayBeHonoured(learned, 'status', ports.now());
  const statusVerdict = isToTryStatus ? 'unknown' : learned.status.verdict;
  const mode = readingOf({ createdAt: learned.createdAt.verdict, status: statusVerdict });
  if (mode === 'pages') return readListing(ports, session, deadlineMs);
  if (isBaselined) {
    const task = planned(ports, session, mode === 'lists');
    return task === null ? { kind: 'idle' } : readArea(session, task, deadlineMs);
  }
  const task = duringBaseline(ports, session, mode === 'lists');
  if (task !== null) return readArea(session, task, deadlineMs);
  const isListed = state.reading?.nextPage === null;
  if (!isListed) return readListing(ports, session, deadlineMs);
  // A listing that cannot be trusted to have shown everyone is followed by one round of slices.
  return readArea(session, coldTask(plannerInput(ports, session, false)), deadlineMs);
}

function planned(ports: BackgroundPorts, session: PollSession, byStatus: boolean): Task | null {
  const most = mostInSlice(session.pageSize);
  session.plan = arrangeLists(session.plan, session.memory.index.counts(), most, ports.now());
  return nextTask(plannerInput(ports, session, byStatus));
}

function plannerInput(
  { sweepIntervalMs, now }: BackgroundPorts,
  session: PollSession,
  byStatus: boolean,
): PlannerInput {
  const { memory, pageSize } = session;
  return {
    plan: session.plan,
    index: memory.index,
    missing: memory.missing,
    pageSize,
    narrowed: (area) => memory.narrowed.get(area),
    listsBySight: session.learned.lastSeenAt.verdict !== 'ignored',
    listsByStatus: byStatus,
    sweepIntervalMs,
    verifiedInARow: memory.verifiedInARow,
    nowMs: now(),
  };
}

/** Those who are known already may change while the others are still being read. */
function duringBaseline(
  ports: BackgroundPorts,
  session: PollSession,
  byStatus: boolean,
): Task | null {
  const credit = session.plan.coldCredit + 1 - baselineShare;
  if (credit < 1) {
    session.plan = { ...session.plan, coldCredit: credit };
    return null;
  }
  const task = planned(ports, session, byStatus);
  session.plan = { ...session.plan, coldCredit: 0 };
  return task?.kind === 'slice' ? null : task;
}

/** One page of the listing of everyone; the end of the first such reading is the end of the baseline. */
async function readListing(
  { sweepIntervalMs, contacts, now, onBaselineRead }: BackgroundPorts,
  session: PollSession,
  deadlineMs: number | null,
): Promise<Stop | Idle | Done> {
  const reading = currentReading(session, sweepIntervalMs, now());
  if (reading === null) return { kind: 'idle' };
  const page = await session.readPage({}, reading.nextPage, { deadlineMs });
  if (page.kind !== 'read') return page;
  const changes = afterPage(session, reading, page);
  const isFirst = session.state.baselineCompletedAtMs === undefined;
  const committed = await session.commit(page, changes);
  if (committed.kind !== 'committed') return committed;
  const isComplete = changes.reading?.nextPage === null;
  if (isFirst && !isComplete) onBaselineRead(session.source, session.state);
  if (isComplete && !isFirst) return concludeListing(contacts, session, changes.reading ?? reading);
  if (reading.nextPage === 1 && isWorthProbing(session, now())) {
    const probed = await probeFilters(session, page.contacts, now);
    if (probed.kind !== 'done') return probed;
  }
  const isDeep = reading.nextPage === pagesBeforeDepth && page.recordCount > 0;
  if (!isDeep || session.learned.expectedPages !== null || deadlineMs === null)
    return { kind: 'done' };
  const { firstId } = shapeOf(page);
  return measureDepth(session, { pageNumber: reading.nextPage, firstId }, deadlineMs);
}

function isWorthProbing({ learned }: PollSession, nowMs: number): boolean {
  return mayBeHonoured(learned, 'createdAt', nowMs) || mayBeHonoured(learned, 'status', nowMs);
}

/** What the page says of the reading; the end of the first one is the end of the baseline. */
function afterPage(session: PollSession, reading: Reading, page: PageRead): StateChanges {
  const advanced = advanceReading(reading, shapeOf(page), session.memory.index.size);
  if (advanced.nextPage !== null) return { reading: advanced };
  const pastEnd = page.recordCount === 0 ? 'empty' : 'repeated';
  session.learn((learned) => (learned.pastEnd === pastEnd ? learned : { ...learned, pastEnd }));
  const complete = { reading: advanced, verifiedFromMs: reading.startedAtMs };
  const isSound = isListingSound(session.learned) || advanced.completedStartsMs.length > 1;
  if (session.state.baselineCompletedAtMs !== undefined || !isSound) return complete;
  return { ...complete, baselineCompletedAtMs: page.observed.toMs };
}

type OpenReading = Reading & { readonly nextPage: number };

/** The reading to go on with, a new one when the last is complete and old enough, null when there is nothing to read. */
function currentReading(
  session: PollSession,
  sweepIntervalMs: number,
  nowMs: number,
): OpenReading | null {
  const { reading } = session.state;
  const isOpen = reading !== undefined && reading.nextPage !== null;
  if (isOpen) return reading as OpenReading;
  const isBaselined = session.state.baselineCompletedAtMs !== undefined;
  const ageMs = nowMs - (reading?.startedAtMs ?? Number.NEGATIVE_INFINITY);
  // A reading that began in the future was begun by a clock that has since been set back.
  if (isBaselined && ageMs >= 0 && ageMs < sweepIntervalMs) return null;
  return startReading(nowMs, reading) as OpenReading;
}
