import type { PageRead, PollSession, StateChanges, Stop } from './session.ts';
import { hotWindowStart } from './window.ts';

export interface HotWindowPorts {
  readonly lookbackMs: number;
  readonly now: () => number;
  /** The inbox answered with contacts outside the window: it does not honour the filter. */
  readonly onFilterIgnored: (sourceId: string) => void;
}

/** How far our clock may be ahead of the inbox's before the very first window is asked for again. */
const clockToleranceMs = 2000;

/**
 * Reads everyone seen lately, page after page. Only a window read to its end moves the coverage; one that was cut short is
 * read again from the same start. It waits for its turn as long as it takes: it is what the source is read for.
 */
export async function readHotWindow(
  ports: HotWindowPorts,
  session: PollSession,
): Promise<{ readonly kind: 'complete' } | Stop> {
  let startMs = firstStart(session, ports);
  let first = await session.readPage({ lastSeenFromMs: startMs }, 1, null);
  if (first.kind === 'read' && isClockAhead(session, first, startMs, ports)) {
    startMs = first.observed.fromMs - ports.lookbackMs;
    first = await session.readPage({ lastSeenFromMs: startMs }, 1, null);
  }
  if (first.kind !== 'read') return first;
  const coveredUntilMs = first.observed.fromMs;
  let previous: PageRead | null = null;
  let page: PageRead | Stop = first;
  for (let pageNumber = 2; ; pageNumber += 1) {
    if (page.kind !== 'read') return page;
    const end = endOf(ports, session, { startMs, coveredUntilMs, page, previous });
    const committed = await session.commit(page, end ?? {});
    if (committed.kind !== 'committed') return committed;
    if (end !== null) return { kind: 'complete' };
    previous = page;
    page = await session.readPage({ lastSeenFromMs: startMs }, pageNumber, null);
  }
}

/** What the end of the window changes; null where the page is not its end. */
function endOf(
  ports: HotWindowPorts,
  session: PollSession,
  window: {
    readonly startMs: number;
    readonly coveredUntilMs: number;
    readonly page: PageRead;
    readonly previous: PageRead | null;
  },
): StateChanges | null {
  const { startMs, coveredUntilMs, page, previous } = window;
  if (isOutside(page, startMs)) {
    // What was read is no window, so nothing is covered.
    ports.onFilterIgnored(session.source.id);
    return activated(session, coveredUntilMs);
  }
  return endsWindow(page, previous) ? covered(session, coveredUntilMs, ports) : null;
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

/** A page may be short, so only an empty one ends the window, or one that comes again. */
function endsWindow(page: PageRead, previous: PageRead | null): boolean {
  if (page.recordCount === 0) return true;
  const firstId = page.contacts[0]?.id;
  return firstId !== undefined && firstId === previous?.contacts[0]?.id;
}

function covered(
  session: PollSession,
  coveredUntilMs: number,
  { now }: HotWindowPorts,
): StateChanges {
  return { coveredUntilMs, hotReadAtMs: now(), ...activated(session, coveredUntilMs) };
}

function activated({ state }: PollSession, atMs: number): StateChanges {
  return state.activatedAtMs === undefined ? { activatedAtMs: atMs } : {};
}
