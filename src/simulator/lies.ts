/** What inboxes do and do not say. Shares lie in [0, 1]; with several lies at once the stale answer comes before the lagging index. */
export interface Lies {
  /** Share of answers that a replica gives, which is `staleMs` behind in everything. */
  readonly staleAnswers: number;
  readonly staleMs: number;
  /** Filters and order see a write so much later, while records show it at once. */
  readonly indexLagMs: number;
  /** Share of pages that lack some of their records, chosen at random, whatever follows. */
  readonly shortPages: number;
  /** Share of pages that are empty, whatever follows. */
  readonly emptyPages: number;
  /** What is answered past the end: nothing, or the last page again. */
  readonly pastEnd: 'empty' | 'lastPage';
  /** Every page is page 1. */
  readonly ignoresPage: boolean;
  /** Another order at every answer. */
  readonly shuffles: boolean;
  /** Share of records that come without what a record needs, or are none. */
  readonly brokenRecords: number;
  /** `createdAt`, `updatedAt` and `lastSeenAt` are shown cut to whole seconds. */
  readonly stampsInSeconds: boolean;
  /** Ranges compare whole seconds, of the stamp and of the bound. */
  readonly boundsInSeconds: boolean;
  /** Whether a range holds what lies on its bounds. */
  readonly bounds: 'inclusive' | 'exclusive';
  /** Requests of somebody else with the first token; they count in its rate limit and are not on record. */
  readonly foreignPerMinute: number;
}

export const noLies: Lies = {
  staleAnswers: 0,
  staleMs: 0,
  indexLagMs: 0,
  shortPages: 0,
  emptyPages: 0,
  pastEnd: 'empty',
  ignoresPage: false,
  shuffles: false,
  brokenRecords: 0,
  stampsInSeconds: false,
  boundsInSeconds: false,
  bounds: 'inclusive',
  foreignPerMinute: 0,
};
