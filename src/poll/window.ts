/**
 * Where the hot window starts, in the inbox's time: an overlap before what was covered, so that an outage is read over and
 * stamps that tie, are cut or lie a little ahead are read again. Its end stays open, so that a contact dated ahead of our
 * clock is not cut off.
 */
export function hotWindowStart(input: {
  readonly inboxNowMs: number;
  readonly coveredUntilMs: number | null;
  readonly lookbackMs: number;
}): number {
  const { inboxNowMs, coveredUntilMs, lookbackMs } = input;
  return Math.min(inboxNowMs, coveredUntilMs ?? inboxNowMs) - lookbackMs;
}
