/**
 * An HTTP-date (RFC 9110 section 5.6.7) as epoch ms, null when it is none. Only the form that servers must send is read:
 * its two obsolete forms carry a two-digit year or no zone, and a guess is worse than no answer.
 */
export function parseHttpDate(text: string): number | null {
  if (!/^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(text)) return null;
  const timeMs = Date.parse(text);
  return Number.isNaN(timeMs) ? null : timeMs;
}

/**
 * How long a `Retry-After` field (RFC 9110 section 10.2.3), seconds or an HTTP-date, asks to wait from `nowMs` on, in ms; 0
 * for a date that is past, null for anything else. Not capped: how much patience is due is the caller's decision.
 */
export function parseRetryAfter(field: string, nowMs: number): number | null {
  const text = field.trim();
  if (/^\d+$/.test(text)) return Math.min(Number(text) * 1000, Number.MAX_SAFE_INTEGER);
  const dateMs = parseHttpDate(text);
  return dateMs === null ? null : Math.max(0, dateMs - nowMs);
}
