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
    const ignored = isOutside(page, startMs);
    if (ignored) ports.onFilterIgnored(session.source.id);
    const isLast = ignored || endsWindow(session, page, previous);
    const committed = await session.commit(
      page,
      isLast ? covered(session, coveredUntilMs, ports) : {},
    );
    if (committed.kind !== 'committed') return committed;
    if (isLast) return { kind: 'complete' };
    previous = page;
    page = await session.readPage({ lastSeenFromMs: startMs }, pageNumber, null);
  }
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

/** Stamps are cut to the second, so a contact may lie a second before the window and still be in it. */
function isOutside({ contacts }: PageRead, startMs: number): boolean {
  return contacts.some(
    ({ lastSeenAtMs }) => lastSeenAtMs !== null && lastSeenAtMs < startMs - 1000,
  );
}

/** Until a complete reading has shown the page size, any record at all may mean that there is another page. */
function endsWindow({ state }: PollSession, page: PageRead, previous: PageRead | null): boolean {
  if (page.recordCount < Math.max(state.reading?.pageSize ?? 0, 1)) return true;
  const firstId = page.contacts[0]?.id;
  return firstId !== undefined && firstId === previous?.contacts[0]?.id;
}

function covered(
  { state }: PollSession,
  coveredUntilMs: number,
  { now }: HotWindowPorts,
): StateChanges {
  return {
    coveredUntilMs,
    hotReadAtMs: now(),
    error: null,
    ...(state.activatedAtMs === undefined ? { activatedAtMs: coveredUntilMs } : {}),
  };
}
