import type { Logger } from 'pino';
import type { Learned } from '#store/source-state.ts';
import { filterNames } from './learn.ts';

/** Tells operators what an inbox turns out to do, and warns where that makes it slower to watch. */
export function createLearnedLog(
  log: Logger,
): (sourceId: string, before: Learned, after: Learned) => void {
  return (source_id, before, after) => {
    for (const filter of filterNames) {
      const { verdict } = after[filter];
      if (verdict === before[filter].verdict) continue;
      if (verdict === 'ignored') log.warn({ source_id, filter }, 'source.filter_ignored');
      else log.info({ source_id, filter }, 'source.filter_honoured');
    }
    const { pageSize, order, pastEnd, expectedPages } = after;
    if (after.shortPages && !before.shortPages) log.warn({ source_id }, 'source.pages_short');
    const isNews =
      pageSize !== before.pageSize || order !== before.order || pastEnd !== before.pastEnd;
    if (isNews || expectedPages !== before.expectedPages) {
      const line = { page_size: pageSize, order, past_end: pastEnd, expected_pages: expectedPages };
      log.info({ source_id, ...line }, 'source.learned');
    }
  };
}
