import type { Reading } from '#store/source-state.ts';
import type { PageRead } from './page-read.ts';

/** What a page of a reading shows of the inbox's own paging. */
export interface PageShape {
  readonly recordCount: number;
  readonly firstId: string | null;
}

export function shapeOf({ recordCount, contacts }: PageRead): PageShape {
  return { recordCount, firstId: contacts[0]?.id ?? null };
}

/** A page may be short, so only an empty one is a sign of the end, or one that comes again. */
export function showsEnd({ recordCount, firstId }: PageShape, lastFirstId: string | null): boolean {
  return recordCount === 0 || (firstId !== null && firstId === lastFirstId);
}

/** `before`: the reading that was complete before this one. */
export function startReading(nowMs: number, before?: Reading): Reading {
  const { completedStartsMs = [] } = before ?? {};
  return {
    nextPage: 1,
    startedAtMs: nowMs,
    lastFirstId: null,
    endSigns: 0,
    records: 0,
    completedStartsMs,
  };
}

/** One sign can be a hiccup of the inbox, or a list that shifted by exactly a page. */
const signsNeeded = 2;
/** Whoever has read everyone twice, and this many more, goes round in circles. */
const recordsBorne = 500;
/** As many as it takes to believe an unreliable inbox that somebody is gone. */
const startsKept = 6;

/**
 * The reading after one more page. An inbox tells neither its page size nor which page is the last, and a page may be
 * short: the end is where pages are empty, or where the same page comes again (an inbox that ignores the page number),
 * and where that is so twice in a row. An empty page is asked for again. An inbox whose pages begin again after the last one
 * has no end: there it is where twice as many records were read as there are contacts, `known`.
 */
export function advanceReading(reading: Reading, page: PageShape, known: number): Reading {
  const { nextPage, lastFirstId } = reading;
  if (nextPage === null) return reading;
  const isEmpty = page.recordCount === 0;
  const endSigns = showsEnd(page, lastFirstId) ? reading.endSigns + 1 : 0;
  const records = reading.records + page.recordCount;
  if (endSigns === signsNeeded || records > 2 * known + recordsBorne) {
    const completedStartsMs = [reading.startedAtMs, ...reading.completedStartsMs].slice(
      0,
      startsKept,
    );
    return { ...reading, endSigns, records, nextPage: null, completedStartsMs };
  }
  return {
    ...reading,
    endSigns,
    records,
    lastFirstId: page.firstId ?? lastFirstId,
    nextPage: isEmpty ? nextPage : nextPage + 1,
  };
}
