const maxRetryAfterMs = 24 * 3_600_000;

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
 * `Retry-After` (RFC 9110 section 10.2.3), seconds or an HTTP-date, as ms from `nowMs`; null when it says neither. At most
 * 24 h, so that one absurd header cannot silence a source for ever.
 */
export function parseRetryAfter(text: string, nowMs: number): number | null {
  const value = text.trim();
  const dateMs = parseHttpDate(value);
  if (dateMs !== null) return Math.min(Math.max(0, dateMs - nowMs), maxRetryAfterMs);
  return /^\d+$/.test(value) ? Math.min(Number(value) * 1000, maxRetryAfterMs) : null;
}
