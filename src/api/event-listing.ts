import type { ChangeEvent } from '#domain/change-event.ts';
import type { EventLog, EventWishes, SeenEvent } from '#store/event-log.ts';
import { compareLogIds, type LogId } from '#store/log-id.ts';

/** A place in the order over all logs: by log id, and by source where two logs share one. */
export interface EventPosition {
  readonly logId: LogId;
  readonly source: string;
}

interface Found extends SeenEvent, EventPosition {}

type ReadBefore = Pick<EventLog, 'readBefore'>;

/** How many entries are read from one log at a time, and in all for one page. */
const batchSize = 500;
const mostScanned = 10_000;

/** Where a page begins and how far it goes: both ends stay out of it. */
export interface EventSpan {
  readonly from: EventPosition | null;
  readonly until?: EventPosition | null;
  readonly limit: number;
}

/**
 * One page of the logs of `sources`, the newest first. What is appended meanwhile stands before every position that was
 * handed out, so pages neither repeat nor leave out. A page ends early when too much had to be looked through; only
 * `next` null is the end.
 */
export async function listEvents(
  log: ReadBefore,
  sources: readonly string[],
  wishes: EventWishes,
  { from, until = null, limit }: EventSpan,
): Promise<{ events: ChangeEvent[]; next: EventPosition | null }> {
  const events: ChangeEvent[] = [];
  let last: EventPosition | null = null;
  let scanned = 0;
  const readAtOnce = isUnfiltered(wishes) ? limit + 1 : batchSize;
  const read: Read = (source, before) => log.readBefore(source, before, readAtOnce, wishes);
  for await (const found of newestFirst(read, sources, from)) {
    if (until !== null && !isNewer(found, until)) return { events, next: null };
    const { event } = found;
    if ((event !== null && events.length === limit) || scanned === mostScanned) {
      return { events, next: last };
    }
    if (event !== null) events.push(event);
    last = { logId: found.logId, source: found.source };
    scanned += 1;
  }
  return { events, next: null };
}

type Read = (source: string, before: LogId | null) => Promise<readonly SeenEvent[]>;

/** Merges the logs; each is read as far as it is needed. */
async function* newestFirst(
  read: Read,
  sources: readonly string[],
  from: EventPosition | null,
): AsyncGenerator<Found> {
  const refill = async (source: string, before: LogId | null): Promise<Found[]> => {
    const entries = await read(source, before);
    return entries.map((entry) => ({ ...entry, source }));
  };
  const heads = await Promise.all(
    sources.map((source) => refill(source, from === null ? null : startIn(source, from))),
  );
  for (;;) {
    const [first, ...others] = heads.filter((queue) => queue.length > 0);
    if (first === undefined) return;
    const newest = others.reduce(
      (best, queue) => (isNewer(queue[0], best[0]) ? queue : best),
      first,
    );
    const found = newest.shift();
    if (found === undefined) return;
    yield found;
    if (newest.length === 0) newest.push(...(await refill(found.source, found.logId)));
  }
}

/** The first log id of this source that is no longer to be read. */
function startIn(source: string, from: EventPosition): LogId {
  if (source >= from.source) return from.logId;
  // Sorted behind the other source, an entry with the very same id is still to come.
  const [ms = '0', number = '0'] = from.logId.split('-');
  return `${ms}-${Number(number) + 1}`;
}

function isNewer(left: EventPosition | undefined, right: EventPosition | undefined): boolean {
  if (left === undefined || right === undefined) return left !== undefined;
  return (compareLogIds(left.logId, right.logId) || compareText(left.source, right.source)) > 0;
}

function compareText(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

function isUnfiltered({ type, contact }: EventWishes): boolean {
  return type === null && contact === null;
}
