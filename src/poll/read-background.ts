import type { Reading } from '#store/source-state.ts';
import { advanceReading, startReading } from './reading.ts';
import type { PageRead, PollSession, StateChanges, Stop } from './session.ts';

export interface BackgroundPorts {
  readonly sweepIntervalMs: number;
  readonly now: () => number;
}

/**
 * Spends what is left of the poll job's time on a complete, page-by-page reading, which goes on where the last job stopped.
 * The first complete reading is the baseline; every later one finds what moved without moving `lastSeenAt`.
 */
export async function readBackground(
  { sweepIntervalMs, now }: BackgroundPorts,
  session: PollSession,
  deadlineMs: number,
): Promise<Stop | { readonly kind: 'idle' }> {
  // The first page has no deadline: where the budget is small the hot window alone can outlast the interval, and a
  // background that never had its turn would never end the baseline.
  for (let pages = 0; ; pages += 1) {
    const reading = currentReading(session, sweepIntervalMs, now());
    if (reading === null) return { kind: 'idle' };
    const isOver = session.wanted || now() >= deadlineMs;
    if (pages > 0 && isOver) return { kind: 'out_of_time' };
    const page = await session.readPage({}, reading.nextPage, pages === 0 ? null : deadlineMs);
    if (page.kind !== 'read') return page;
    const committed = await session.commit(page, afterPage(session, reading, page));
    if (committed.kind !== 'committed') return committed;
  }
}

/** What the page says of the reading; the end of the first one is the end of the baseline. */
function afterPage({ state }: PollSession, reading: Reading, page: PageRead): StateChanges {
  const firstId = page.contacts[0]?.id ?? null;
  const advanced = advanceReading(reading, { recordCount: page.recordCount, firstId });
  if (advanced.nextPage !== null) return { reading: advanced };
  const complete = { reading: advanced, verifiedFromMs: reading.startedAtMs };
  if (state.baselineCompletedAtMs !== undefined) return complete;
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
  const ageMs = nowMs - (reading?.startedAtMs ?? Number.NEGATIVE_INFINITY);
  // A reading that began in the future was begun by a clock that has since been set back.
  if (ageMs >= 0 && ageMs < sweepIntervalMs) return null;
  return startReading(nowMs) as OpenReading;
}
