import type { Reading } from '#store/source-state.ts';

/** What a page of a reading shows of the inbox's own paging. */
export interface PageShape {
  readonly recordCount: number;
  readonly firstId: string | null;
}

export function startReading(nowMs: number, pageSize: number): Reading {
  return { nextPage: 1, startedAtMs: nowMs, pageSize, fullPages: 0, lastFirstId: null };
}

/**
 * The reading after one more page. An inbox does not tell its page size nor which page is the last: a page that is short
 * counts as the last only after two full ones, an empty one always, and a page that comes again means that the inbox
 * ignores the page number.
 */
export function advanceReading(reading: Reading, page: PageShape): Reading {
  const { nextPage, lastFirstId } = reading;
  if (nextPage === null) return reading;
  const pageSize = Math.max(reading.pageSize, page.recordCount);
  const sameSize = pageSize === reading.pageSize;
  const isFull = page.recordCount === pageSize;
  const fullPages = isFull ? (sameSize ? reading.fullPages : 0) + 1 : reading.fullPages;
  const isRepeated = page.firstId !== null && page.firstId === lastFirstId;
  const isShort = !isFull && reading.fullPages >= 2;
  const isLast = page.recordCount === 0 || isRepeated || isShort;
  return {
    ...reading,
    pageSize,
    fullPages,
    lastFirstId: page.firstId,
    nextPage: isLast ? null : nextPage + 1,
  };
}
