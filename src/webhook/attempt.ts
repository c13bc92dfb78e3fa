import { StringDecoder } from 'node:string_decoder';
import { type Dispatcher, errors } from 'undici';
import type { AttemptPhases } from '#domain/delivery.ts';
import type { Abortable } from './abort-listeners.ts';
import {
  type AttemptFailure,
  type AttemptProgress,
  abortedFailure,
  endlessFailure,
} from './attempt-failure.ts';
import type { GuardedAgent } from './guarded-agent.ts';
import { inTenths, type OpeningTimes } from './opening-times.ts';

/** An answer's body is read up to here; then its socket is closed, and the answer counts as it is. */
const mostReadBytes = 16 * 1024;
const mostKeptBytes = 1024;
/** Answers of the kind "103 Early Hints", none of which is the answer. */
const mostInformational = 16;

export interface Answer {
  readonly kind: 'answered';
  readonly statusCode: number;
  readonly retryAfter: string | null;
  readonly location: string | null;
  /** The first 1 KiB of the body as UTF-8, without an incomplete last character. */
  readonly response: string;
}

export type AttemptEnd =
  | Answer
  | { readonly kind: 'failed'; readonly cause: Error }
  | { readonly kind: 'stopped'; readonly failure: AttemptFailure };

/**
 * One request's way through undici, from dispatch to its one end. As a handler of `dispatch` and not a `request`, because
 * `request` makes a stream per answer and lets go of an aborted request only once its connection stands.
 */
export class Attempt implements Abortable, Dispatcher.DispatchHandler {
  progress: AttemptProgress = 'connecting';
  readonly #agent: Pick<GuardedAgent, 'dispatch' | 'takeOpening'>;
  readonly #request: Dispatcher.DispatchOptions;
  readonly #clock: () => number;
  readonly #startedAt: number;
  #opening: OpeningTimes | null = null;
  /** It went out on a connection that was there before. */
  #isOnKept = false;
  #informational = 0;
  #firstByteAt: number | null = null;
  #controller: Dispatcher.DispatchController | null = null;
  #onEnd: ((end: AttemptEnd) => void) | null;
  #statusCode = 0;
  #retryAfter: string | null = null;
  #location: string | null = null;
  #readBytes = 0;
  #kept: Buffer[] = [];

  /** `clock` is monotonic, in ms. */
  constructor(
    agent: Pick<GuardedAgent, 'dispatch' | 'takeOpening'>,
    request: Dispatcher.DispatchOptions,
    clock: () => number,
    onEnd: (end: AttemptEnd) => void,
  ) {
    this.#agent = agent;
    this.#request = request;
    this.#clock = clock;
    this.#startedAt = clock();
    this.#onEnd = onEnd;
  }

  start(): void {
    this.#agent.dispatch(this.#request, this);
  }

  phases(): AttemptPhases {
    if (this.#firstByteAt === null) return { ...this.#opening };
    return { ...this.#opening, firstByteMs: inTenths(this.#firstByteAt - this.#startedAt) };
  }

  /** Ends the attempt now, whatever it is waiting for, and closes its connection. */
  stop(failure: AttemptFailure): void {
    if (this.#onEnd === null) return;
    this.#end({ kind: 'stopped', failure });
    this.#controller?.abort(new Error(failure.message));
  }

  abort(): void {
    this.stop(abortedFailure);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // Stopped while it was waiting for a connection: undici could not be told before. Thrown, because `abort` would close
    // the connection, which is as good as new.
    if (this.#onEnd === null) throw new Error('stopped');
    this.#controller = controller;
    this.#opening = this.#agent.takeOpening();
    this.#isOnKept = this.#opening === null;
    this.progress = 'waiting';
  }

  onResponseStarted(): void {
    this.#firstByteAt ??= this.#clock();
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    statusCode: number,
    headers: Readonly<Record<string, string | string[] | undefined>>,
  ): void {
    // Informational answers come here too; the final one overwrites what they left.
    if (statusCode < 200) this.#informational += 1;
    if (this.#informational > mostInformational) this.stop(endlessFailure);
    this.progress = 'reading';
    this.#statusCode = statusCode;
    this.#retryAfter = firstOf(headers['retry-after']);
    this.#location = firstOf(headers.location);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    const missingBytes = mostKeptBytes - this.#readBytes;
    // A copy: a slice would keep the parser's whole buffer alive as long as the attempt's record.
    if (missingBytes > 0) this.#kept.push(Buffer.from(chunk.subarray(0, missingBytes)));
    this.#readBytes += chunk.length;
    if (this.#readBytes <= mostReadBytes) return;
    this.#endAnswered();
    controller.abort(new Error('the answer is longer than is read'));
  }

  onResponseEnd(): void {
    this.#endAnswered();
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, cause: Error): void {
    if (this.#wasTooLate(cause)) {
      this.#goAgain();
      return;
    }
    if (this.progress === 'connecting') this.#opening = this.#agent.takeOpening();
    this.#end({ kind: 'failed', cause });
  }

  /**
   * A kept connection that closes without a byte of answer was most likely closed by the subscriber, or by something
   * between, before the request came: that says nothing about the subscriber.
   */
  #wasTooLate(cause: Error): boolean {
    const { code } = cause as NodeJS.ErrnoException;
    const isClosed =
      cause instanceof errors.SocketError || code === 'ECONNRESET' || code === 'EPIPE';
    return isClosed && this.#isOnKept && this.#firstByteAt === null && this.#onEnd !== null;
  }

  /**
   * The same request once more, within the same deadline; if it did arrive, the subscriber knows it by its `webhook-id`.
   * This comes to its end, because each time costs a kept connection, and a new one is not kept.
   */
  #goAgain(): void {
    this.progress = 'connecting';
    this.#controller = null;
    this.#isOnKept = false;
    // A turn later undici knows of the others that were closed with it.
    setImmediate(() => {
      if (this.#onEnd !== null) this.start();
    });
  }

  #endAnswered(): void {
    this.#end({
      kind: 'answered',
      statusCode: this.#statusCode,
      retryAfter: this.#retryAfter,
      location: this.#location,
      response: textOf(this.#kept),
    });
  }

  #end(end: AttemptEnd): void {
    const onEnd = this.#onEnd;
    this.#onEnd = null;
    onEnd?.(end);
  }
}

function textOf(chunks: readonly Buffer[]): string {
  return chunks.length === 0 ? '' : new StringDecoder('utf8').write(Buffer.concat(chunks));
}

function firstOf(value: string | string[] | undefined): string | null {
  return (Array.isArray(value) ? value[0] : value) ?? null;
}
