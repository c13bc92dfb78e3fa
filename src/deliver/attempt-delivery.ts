import type { Attempt } from '#domain/delivery.ts';
import { nextAttemptDelay } from '#domain/retry-schedule.ts';
import { type Subscription, secretsInForce } from '#domain/subscription.ts';
import type { ClaimedDelivery, LaneOutcome } from '#store/lane-work.ts';
import { slackAdvice } from '#webhook/format-slack.ts';
import { renderEvent } from '#webhook/render.ts';
import type { Sender, SendResult } from '#webhook/send.ts';
import { classify, type Verdict } from './classify.ts';

export interface AttemptPorts {
  readonly sender: Pick<Sender, 'send'>;
  readonly retryScheduleMs: readonly number[];
  readonly now: () => number;
  /** In [0, 1); spreads retries. */
  readonly random: () => number;
}

/** Kept of one delivery, however long its schedule and however often it is reopened. */
const attemptsKept = 50;

/** A delivery with what is sent of it. */
export type LoadedDelivery = ClaimedDelivery & {
  readonly eventId: string;
  /** Redis's time. */
  readonly committedAtMs: number;
  readonly body: Buffer;
};

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
  const result = await send(ports, subscription, delivery, signal);
  const verdict = classify(result);
  if (verdict.kind === 'aborted') return { verdict, result, outcome: null };
  const attempt = describe(subscription, result);
  const attempts = [...delivery.attempts, attempt].slice(-attemptsKept);
  const { origin, ref, dueMs: plannedMs } = delivery;
  // A probe before its time has the schedule go on as it was.
  const isEarly = verdict.kind === 'retry' && plannedMs !== null && ports.now() < plannedMs;
  const scheduled = delivery.scheduled + (isEarly ? 0 : 1);
  const nextMs = isEarly ? plannedMs : planNext(ports, scheduled);
  const { kind, dueMs } = fate(ports, verdict, nextMs, holdUntilMs);
  return { verdict, result, outcome: { origin, ref, attempts, scheduled, kind, dueMs } };
}

async function send(
  { sender, now }: AttemptPorts,
  subscription: Subscription,
  { eventId, body: logged }: LoadedDelivery,
  signal: AbortSignal,
): Promise<SendResult> {
  const rendered = renderEvent(subscription, logged);
  if (rendered.kind === 'failed') {
    const { message } = rendered;
    const atMs = now();
    return { kind: 'unanswered', error: 'format_error', message, atMs, durationMs: 0, phases: {} };
  }
  const { url, headers } = subscription;
  const { body, contentType } = rendered;
  const secrets = secretsInForce(subscription, now());
  return sender.send({ url, headers, secrets, eventId, body, contentType }, signal);
}

/** Null when the schedule is used up. */
function planNext(
  { retryScheduleMs, now, random }: AttemptPorts,
  scheduled: number,
): number | null {
  const delayMs = nextAttemptDelay(retryScheduleMs, scheduled, random());
  return delayMs === null ? null : now() + delayMs;
}

function fate(
  { now }: AttemptPorts,
  verdict: Exclude<Verdict, { kind: 'aborted' }>,
  nextMs: number | null,
  holdUntilMs: number,
): Pick<LaneOutcome, 'kind' | 'dueMs'> {
  if (verdict.kind === 'delivered') return { kind: 'delivered', dueMs: null };
  // Its events wait for whoever resumes the subscription.
  if (verdict.kind === 'gone') return { kind: 'retry', dueMs: now() };
  if (nextMs === null) return { kind: 'failed', dueMs: null };
  const holdMs = verdict.kind === 'retry' ? (verdict.holdMs ?? 0) : 0;
  const heldUntilMs = Math.max(holdUntilMs, now() + holdMs);
  return { kind: 'retry', dueMs: Math.max(nextMs, heldUntilMs) };
}

function describe({ format, url }: Subscription, result: SendResult): Attempt {
  const { atMs, durationMs, phases } = result;
  const timing = {
    at: new Date(atMs).toISOString(),
    durationMs: Math.round(durationMs),
    ...(Object.keys(phases).length === 0 ? {} : { phases }),
  };
  if (result.kind === 'unanswered') {
    return { ...timing, error: result.error, message: result.message };
  }
  const { statusCode, response, location } = result;
  const isRedirect = statusCode >= 300 && statusCode < 400;
  const advice = format === 'slack' ? slackAdvice(statusCode, response) : null;
  const message = isRedirect ? redirectAdvice(url, location) : advice;
  return { ...timing, statusCode, response, ...(message === null ? {} : { message }) };
}

/** Names the origin alone: attempts are not encrypted, and the rest of an address may hold what only its owner should know. */
function redirectAdvice(url: string, location: string | null): string {
  const advice = "Redirects are not followed: update the subscription's url to";
  const target = location === null ? null : URL.parse(location, url);
  if (target?.origin === new URL(url).origin) {
    return `${advice} the address it redirects to; only what follows the origin differs.`;
  }
  const isWeb = target?.protocol === 'http:' || target?.protocol === 'https:';
  return `${advice} ${isWeb ? `an address at ${target.origin}` : 'the address it redirects to'}.`;
}
