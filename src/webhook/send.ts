import { type Dispatcher, errors } from 'undici';
import type { AttemptError, AttemptPhases } from '#domain/delivery.ts';
import { parseRetryAfter } from '#domain/http-date.ts';
import { createAbortListeners } from './abort-listeners.ts';
import type { AddressGuard } from './address-guard.ts';
import { type Answer, Attempt, type AttemptEnd } from './attempt.ts';
import { attemptFailure, timeoutFailure } from './attempt-failure.ts';
import { createGuardedAgent } from './guarded-agent.ts';
import { createNameLookup, type NameLookup } from './name-lookup.ts';
import { signatureHeaders } from './signature.ts';

/**
 * Subscriptions share hosts, and whoever finds all connections of its host taken waits behind strangers, so the bound stands
 * above what hanging subscribers can take: all 500 lanes that drain at once, each with the default of 8 requests, or 64 with
 * the most of 64. Lanes whose requests have failed go on with one at a time. A process may open far more files than that.
 */
const connectionsPerOrigin = 4096;

export interface OutgoingWebhook {
  /** Has no `subscriberUrlProblem`. */
  readonly url: string;
  /** Have no `requestHeaderProblem`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly eventId: string;
  /** Signed and sent as it is. */
  readonly body: Buffer;
  /** Default `application/json`. */
  readonly contentType?: string;
  /** At least one; have no `secretProblem`. */
  readonly secrets: readonly string[];
}

interface Timing {
  /** When the attempt began; epoch ms. */
  readonly atMs: number;
  readonly durationMs: number;
  /** Without what did not happen, and without what had not ended when the attempt was given up. */
  readonly phases: AttemptPhases;
}

interface AnsweredSend extends Timing {
  readonly kind: 'answered';
  readonly statusCode: number;
  /** From `Retry-After`, counted from the end of the attempt; not capped. */
  readonly retryAfterMs: number | null;
  readonly location: string | null;
  /** The first 1 KiB of the answer's body, as it came: never decompressed. */
  readonly response: string;
}

export interface UnansweredSend extends Timing {
  readonly kind: 'unanswered';
  readonly error: AttemptError;
  /** A sentence for the subscription's owner, without address, path, query or secret. */
  readonly message: string;
}

export type SendResult = AnsweredSend | UnansweredSend;

export interface Sender {
  /**
   * One signed POST. Whatever the other side does is a result; only what this service did wrong (an invalid URL, header
   * or secret) rejects. An aborted signal ends it as `aborted`.
   */
  send(webhook: OutgoingWebhook, signal?: AbortSignal): Promise<SendResult>;
  /** Ends what is still under way, and what is sent later, as `aborted`. */
  close(): Promise<void>;
}

/** `timeoutMs` is one deadline over DNS, TCP, TLS, headers and body; `now` is epoch ms, `clock` monotonic ms. */
export function createSender(options: {
  readonly guard: AddressGuard;
  readonly timeoutMs: number;
  readonly now: () => number;
  readonly userAgent: string;
  readonly clock?: () => number;
  /** Is closed with the sender. */
  readonly names?: NameLookup;
}): Sender {
  const { guard, timeoutMs, now, userAgent } = options;
  const { clock = monotonicMs, names = createNameLookup() } = options;
  const agent = createGuardedAgent({
    guard,
    connectionsPerOrigin,
    connectTimeoutMs: timeoutMs,
    clock,
    lookUp: names.lookUp,
  });
  const aborts = createAbortListeners();

  return {
    async send(webhook, signal) {
      const atMs = now();
      const url = new URL(webhook.url);
      const request = signedRequest(webhook, url, Math.floor(atMs / 1000), userAgent);
      const { promise, resolve } = Promise.withResolvers<AttemptEnd>();
      const attempt = new Attempt(agent, request, clock, resolve);
      // Timers of one length share a list in Node; an AbortSignal.timeout for each attempt costs a fifth of it.
      const deadline = setTimeout(
        () => attempt.stop(timeoutFailure(attempt.progress, timeoutMs)),
        timeoutMs,
      );
      if (signal?.aborted) attempt.abort();
      else attempt.start();
      if (signal) aborts.add(signal, attempt);
      const end = await promise;
      clearTimeout(deadline);
      if (signal) aborts.delete(signal, attempt);

      const endedMs = now();
      const durationMs = Math.max(0, endedMs - atMs);
      const timing: Timing = { atMs, durationMs, phases: attempt.phases() };
      if (end.kind === 'answered') {
        // undici frees the connection a turn of the event loop later; whoever sends at once would open another.
        await new Promise<void>((resolve) => setImmediate(resolve));
        return answered(end, endedMs, timing);
      }
      if (end.kind === 'stopped') return { kind: 'unanswered', ...end.failure, ...timing };
      const { cause } = end;
      if (isOurMistake(cause)) throw cause;
      const isTls = url.protocol === 'https:';
      const failure = attemptFailure(cause, attempt.progress, isTls, timeoutMs);
      return { kind: 'unanswered', ...failure, ...timing };
    },
    async close() {
      await agent.destroy();
      names.close();
    },
  };
}

function monotonicMs(): number {
  return performance.now();
}

function signedRequest(
  webhook: OutgoingWebhook,
  url: URL,
  timestampSeconds: number,
  userAgent: string,
): Dispatcher.DispatchOptions {
  const { eventId, body, secrets, contentType = 'application/json' } = webhook;
  return {
    origin: url.origin,
    path: url.pathname + url.search,
    method: 'POST',
    headers: {
      ...webhook.headers,
      'content-type': contentType,
      'user-agent': userAgent,
      ...signatureHeaders({ eventId, timestampSeconds, body, secrets }),
    },
    body,
  };
}

function answered(answer: Answer, endedMs: number, timing: Timing): AnsweredSend {
  const { kind, statusCode, retryAfter, location, response } = answer;
  const retryAfterMs = retryAfter === null ? null : parseRetryAfter(retryAfter, endedMs);
  return { kind, statusCode, retryAfterMs, location, response, ...timing };
}

function isOurMistake(cause: Error): boolean {
  return cause instanceof errors.InvalidArgumentError || cause instanceof errors.NotSupportedError;
}
