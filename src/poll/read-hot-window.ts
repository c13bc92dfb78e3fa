import { isNewestFirst, learnShrunkPage } from './learn.ts';
import type { PageRead, Stop } from './page-read.ts';
import { shapeOf, showsEnd } from './reading.ts';
import { watchForRounds } from './round.ts';
import type { PollSession } from './session.ts';
import type { StateChanges } from './state-changes.ts';
import { hotWindowStart } from './window.ts';

export interface HotWindowPorts {
  readonly lookbackMs: number;
  readonly now: () => number;
}

/** How far our clock may be ahead of the inbox's before the very first window is asked for again. */
const clockToleranceMs = 2000;
/** An inbox that lists whom it saw last first is read this far into what is known, every time. */
const overlapMs = 10_000;

interface Window {
  readonly startMs: number;
  readonly coveredUntilMs: number;
  /** When its first page was asked for, by our clock: whoever came after that may be missing. */
  readonly askedAtMs: number;
  /** Read to the very end, whatever has been learned: what lags behind in the inbox is found here. */
  readonly isWhole: boolean;
}

/** One page of a window. */
interface Turn {
  readonly page: PageRead;
  readonly previous: PageRead | null;
  /** Nobody else can follow. */
  readonly isOver: boolean;
}

/**
 * Reads everyone seen lately, page after page. Only a window read to its end moves the coverage; one that was cut short is
 * read again from the same start. It waits for its turn as long as it takes: it is what the source is read for.
 */
export async function readHotWindow(
  ports: HotWindowPorts,
  session: PollSession,
): Promise<{ readonly kind: 'complete' } | Stop> {
  const isWhole = ports.now() - session.memory.hotReadWholeAtMs >= ports.lookbackMs;
  let startMs = firstStart(session, ports);
  let first = await session.readPage({ lastSeenFromMs: startMs }, 1, { deadlineMs: null });
  if (first.kind === 'read' && isClockAhead(session, first, startMs, ports)) {
    startMs = first.observed.fromMs - ports.lookbackMs;
    first = await session.readPage({ lastSeenFromMs: startMs }, 1, { deadlineMs: null });
  }
  if (first.kind !== 'read') return first;
  const window = {
    startMs,
    coveredUntilMs: first.observed.fromMs,
    askedAtMs: first.askedAtMs,
    isWhole,
  };
  const goesRound = watchForRounds();
  let previous: PageRead | null = null;
  let page: PageRead | Stop = first;
  for (let pageNumber = 2; ; pageNumber += 1) {
    if (page.kind !== 'read') return page;
    const isOver = goesRound(page.contacts) || endsListing(page, previous);
    const end = endOf(ports, session, window, { page, previous, isOver });
    const committed = await session.commit(page, end ?? {});
    if (committed.kind !== 'committed') return committed;
    if (end !== null) return { kind: 'complete' };
    previous = page;
    page = await session.readPage({ lastSeenFromMs: startMs }, pageNumber, { deadlineMs: null });
  }
}

/** What the end of the window changes; null where the page is not its end. */
function endOf(
  { now }: HotWindowPorts,
  session: PollSession,
  window: Window,
  { page, previous, isOver }: Turn,
): StateChanges | null {
  const { startMs, coveredUntilMs, askedAtMs } = window;
  const covered = { coveredUntilMs, hotReadAtMs: askedAtMs, ...activated(session, coveredUntilMs) };
  if (isOutside(page, startMs)) {
    // A listing in the order in which people were seen is a window all the same; any other covers nothing.
    return reachesBefore(session, page, startMs) ? covered : activated(session, coveredUntilMs);
  }
  noteShortPage(session, page, previous);
  if (isOver) {
    session.memory.hotReadWholeAtMs = now();
    return covered;
  }
  return !window.isWhole && isEnough(session, window, page) ? covered : null;
}

function firstStart({ state }: PollSession, { lookbackMs, now }: HotWindowPorts): number {
  return hotWindowStart({
    inboxNowMs: now() + (state.clockOffsetMs ?? 0),
    coveredUntilMs: state.coveredUntilMs ?? null,
    lookbackMs,
  });
}

/** The inbox's clock is known from its answers only, so the first window may lie in its future. */
function isClockAhead(
  { state }: PollSession,
  page: PageRead,
  startMs: number,
  { lookbackMs }: HotWindowPorts,
): boolean {
  if (state.coveredUntilMs !== undefined) return false;
  return startMs > page.observed.fromMs - lookbackMs + clockToleranceMs;
}

/**
 * Most of the page lies outside the window. Not all of it need to: an odd record or two must not look like a filter that is
 * not honoured. Stamps are cut to the second, so a contact may lie a second before the window and still be in it.
 */
function isOutside({ contacts }: PageRead, startMs: number): boolean {
  const outside = contacts.filter(
    ({ lastSeenAtMs }) => lastSeenAtMs !== null && lastSeenAtMs < startMs - 1000,
  );
  return outside.length * 2 > contacts.length;
}

function endsListing(page: PageRead, previous: PageRead | null): boolean {
  return showsEnd(shapeOf(page), previous === null ? null : shapeOf(previous).firstId);
}

/** Whether what is learned of this inbox says that nothing new can follow. */
function isEnough(session: PollSession, { startMs }: Window, page: PageRead): boolean {
  const { pageSize, shortPages } = session.learned;
  if (pageSize !== null && !shortPages && page.recordCount < pageSize) return true;
  const { coveredUntilMs } = session.state;
  return reachesBefore(session, page, Math.max(startMs, (coveredUntilMs ?? startMs) - overlapMs));
}

/** The page, newest first, goes back to those last seen before this moment. */
function reachesBefore(
  { learned }: PollSession,
  { contacts }: PageRead,
  beforeMs: number,
): boolean {
  if (learned.order !== 'lastSeenAt') return false;
  const times = contacts.map(({ lastSeenAtMs }) => lastSeenAtMs ?? Number.POSITIVE_INFINITY);
  return isNewestFirst(times) && (times.at(-1) ?? Number.POSITIVE_INFINITY) < beforeMs - 1000;
}

/** More people behind a short page: it was a full one. */
function noteShortPage(session: PollSession, page: PageRead, previous: PageRead | null): void {
  const { pageSize } = session.learned;
  if (pageSize === null || previous === null || endsListing(page, previous)) return;
  if (previous.recordCount >= pageSize) return;
  session.learn((learned) =>
    learnShrunkPage(learned, session.memory.evidence, previous.recordCount),
  );
}

function activated({ state }: PollSession, atMs: number): StateChanges {
  return state.activatedAtMs === undefined ? { activatedAtMs: atMs } : {};
}
