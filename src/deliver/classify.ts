import type { SendResult } from '#webhook/send.ts';

/** What an answer means for its delivery and its lane (contract section 5). */
export type Verdict =
  | { readonly kind: 'delivered' }
  | {
      readonly kind: 'retry';
      /** Whether the subscriber answered at all. */
      readonly answered: boolean;
      /** How long it asked not to be called again; null when it did not. */
      readonly holdMs: number | null;
    }
  /** It wants no more: 410. */
  | { readonly kind: 'gone' }
  /** The event could not be rendered, which says nothing about the subscriber. */
  | { readonly kind: 'unsent' }
  /** The attempt was ended by us and says nothing about the subscriber. */
  | { readonly kind: 'aborted' };

const statusesWithRetryAfter: ReadonlySet<number> = new Set([429, 502, 503, 504]);
const longestHoldMs = 24 * 3_600_000;

export function classify(result: SendResult): Verdict {
  if (result.kind === 'unanswered') {
    if (result.error === 'aborted') return { kind: 'aborted' };
    if (result.error === 'format_error') return { kind: 'unsent' };
    return { kind: 'retry', answered: false, holdMs: null };
  }
  const { statusCode, retryAfterMs } = result;
  if (statusCode >= 200 && statusCode < 300) return { kind: 'delivered' };
  if (statusCode === 410) return { kind: 'gone' };
  const asksToWait = statusesWithRetryAfter.has(statusCode) && retryAfterMs !== null;
  return {
    kind: 'retry',
    answered: true,
    holdMs: asksToWait ? Math.min(retryAfterMs, longestHoldMs) : null,
  };
}
