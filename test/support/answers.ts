import type { AttemptError } from '#domain/delivery.ts';
import type { SendResult } from '#webhook/send.ts';

const timing = { atMs: 0, durationMs: 1, phases: {} };

/** What a sender gives for an answer. */
export function answered(statusCode: number, retryAfterMs: number | null = null): SendResult {
  return { kind: 'answered', statusCode, retryAfterMs, location: null, response: '', ...timing };
}

export function unanswered(error: AttemptError): SendResult {
  return { kind: 'unanswered', error, message: 'No answer.', ...timing };
}
