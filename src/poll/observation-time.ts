/** When an answer shows the inbox as it was, in the inbox's time; epoch ms. */
export interface ObservationTime {
  /** The answer is not older than this. */
  readonly fromMs: number;
  /** The answer is not newer than this. */
  readonly toMs: number;
}

/**
 * Brackets the moment at which an answer was true. The `Date` header (RFC 9110, 6.6.1) is cut to the second; our clock is
 * finer and is used where the two agree. Without the header our clock is all there is.
 */
export function observationTime(answer: {
  readonly askedAtMs: number;
  readonly answeredAtMs: number;
  readonly serverTimeMs: number | null;
}): ObservationTime {
  const { askedAtMs, answeredAtMs, serverTimeMs } = answer;
  if (serverTimeMs === null) return { fromMs: askedAtMs, toMs: answeredAtMs };
  const durationMs = answeredAtMs - askedAtMs;
  return {
    fromMs: clamp(askedAtMs, Math.max(0, serverTimeMs - durationMs), serverTimeMs),
    toMs: clamp(answeredAtMs, serverTimeMs, serverTimeMs + 1000),
  };
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}
