import type { Attempt } from '#domain/delivery.ts';
import { nextAttemptDelay } from '#domain/retry-schedule.ts';
import { type Subscription, secretsInForce } from '#domain/subscription.ts';
import type { ClaimedDelivery, LaneOutcome } from '#store/lane-work.ts';
import type { Sender, SendResult } from '#webhook/send.ts';
import { classify, type Verdict } from './classify.ts';

export interface AttemptPorts {
  readonly sender: Pick<Sender, 'send'>;
  readonly retryScheduleMs: readonly number[];
  readonly now: () => number;
  /** In [0, 1); spreads retries. */
  readonly random: () => number;
}

/** A delivery with what is sent of it. */
export type LoadedDelivery = ClaimedDelivery & { readonly eventId: string; readonly body: Buffer };

export interface Attempted {
  readonly verdict: Verdict;
  readonly result: SendResult;
  /** What to record; null when the attempt was ended by us, which leaves the delivery as it was. */
  readonly outcome: LaneOutcome | null;
}

/** One attempt of one delivery, up to what is to be recorded of it. */
export async function attemptDelivery(
  ports: AttemptPorts,
  subscription: Subscription,
  delivery: LoadedDelivery,
  holdUntilMs: number,
  signal: AbortSignal,
): Promise<Attempted> {
  const { url, headers } = subscription;
  const secrets = secretsInForce(subscription, ports.now());
  const { eventId, body } = delivery;
  const result = await ports.sender.send({ url, headers, secrets, eventId, body }, signal);
  const verdict = classify(result);
  if (verdict.kind === 'aborted') return { verdict, result, outcome: null };
  const attempts = [...delivery.attempts, describe(result)];
  const { origin, ref } = delivery;
  const { kind, dueMs } = fate(ports, verdict, attempts.length, holdUntilMs);
  return { verdict, result, outcome: { origin, ref, attempts, kind, dueMs } };
}

function fate(
  { retryScheduleMs, now, random }: AttemptPorts,
  verdict: Exclude<Verdict, { kind: 'aborted' }>,
  attemptsMade: number,
  holdUntilMs: number,
): Pick<LaneOutcome, 'kind' | 'dueMs'> {
  if (verdict.kind === 'delivered') return { kind: 'delivered', dueMs: null };
  // Its events wait for whoever resumes the subscription.
  if (verdict.kind === 'gone') return { kind: 'retry', dueMs: now() };
  const delayMs = nextAttemptDelay(retryScheduleMs, attemptsMade, random());
  if (delayMs === null) return { kind: 'failed', dueMs: null };
  const heldUntilMs = Math.max(holdUntilMs, now() + (verdict.holdMs ?? 0));
  return { kind: 'retry', dueMs: Math.max(now() + delayMs, heldUntilMs) };
}

function describe(result: SendResult): Attempt {
  const timing = {
    at: new Date(result.atMs).toISOString(),
    durationMs: Math.round(result.durationMs),
  };
  if (result.kind === 'unanswered') {
    return { ...timing, error: result.error, message: result.message };
  }
  const { statusCode, response, location } = result;
  const isRedirect = statusCode >= 300 && statusCode < 400;
  return {
    ...timing,
    statusCode,
    response,
    ...(isRedirect ? { message: redirectAdvice(location) } : {}),
  };
}

function redirectAdvice(location: string | null): string {
  const where = location === null ? 'the address it redirects to' : location.slice(0, 200);
  return `Redirects are not followed: update the subscription's url to ${where}.`;
}
