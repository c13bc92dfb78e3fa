const imfFixdate = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/**
 * How long a `Retry-After` field (RFC 9110 section 10.2.3) asks to wait from `nowMs` on, in ms: seconds or an HTTP date, 0
 * for one that is past, null for anything else. Not capped: how much patience is due is the caller's decision.
 */
export function parseRetryAfter(field: string, nowMs: number): number | null {
  const text = field.trim();
  if (/^\d+$/.test(text)) return Math.min(Number(text) * 1000, Number.MAX_SAFE_INTEGER);
  if (!imfFixdate.test(text)) return null;
  const dateMs = Date.parse(text);
  return Number.isNaN(dateMs) ? null : Math.max(0, dateMs - nowMs);
}
