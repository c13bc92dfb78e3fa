/** Whether an inbox does what a filter says, as far as its answers have shown. */
export type FilterVerdict = 'unknown' | 'honoured' | 'ignored';

/**
 * How an inbox can be read beside its hot window: by status within ranges of `createdAt`, by ranges of `createdAt` alone, or
 * from the first page to the last.
 */
export type ReadingMode = 'lists' | 'slices' | 'pages';

/** The best reading that the inbox's filters allow; a filter counts as honoured until it was seen to be ignored. */
export function readingOf(verdicts: {
  readonly createdAt: FilterVerdict;
  readonly status: FilterVerdict;
}): ReadingMode {
  if (verdicts.createdAt === 'ignored') return 'pages';
  return verdicts.status === 'ignored' ? 'slices' : 'lists';
}
