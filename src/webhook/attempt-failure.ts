import { errors } from 'undici';
import type { AttemptError } from '#domain/delivery.ts';
import { AddressRefusedError, mostHeaderBytes } from './guarded-agent.ts';
import { NameLookupError } from './name-lookup.ts';
import { AnswerTooLongError } from './read-bound.ts';

/** How far an attempt had come. */
export type AttemptProgress = 'connecting' | 'waiting' | 'reading';

export interface AttemptFailure {
  readonly error: AttemptError;
  /** A sentence for the subscription's owner, made from fixed words: errors of the system hold addresses. */
  readonly message: string;
}

/** What an error of undici, TLS, TCP or DNS means to the subscription's owner. `isTls`: the URL is https. */
export function attemptFailure(
  cause: Error,
  progress: AttemptProgress,
  isTls: boolean,
  timeoutMs: number,
): AttemptFailure {
  // One error per address tried; the last address tried stands for all.
  const error: Error = cause instanceof AggregateError ? (cause.errors.at(-1) ?? cause) : cause;
  if (error instanceof AddressRefusedError) {
    return { error: 'address_refused', message: error.message };
  }
  if (error instanceof NameLookupError) return nameFailure(error.code);
  if (error instanceof errors.ConnectTimeoutError) return timeoutFailure('connecting', timeoutMs);
  if (error instanceof errors.ClientDestroyedError || error instanceof errors.ClientClosedError) {
    return abortedFailure;
  }
  if (error instanceof errors.HeadersOverflowError) {
    const message = `The headers of the answer are longer than ${mostHeaderBytes / 1024} KiB.`;
    return { error: 'connection_failed', message };
  }
  if (error instanceof AnswerTooLongError) {
    return { error: 'connection_failed', message: error.message };
  }
  const { code = '', syscall } = error as NodeJS.ErrnoException;
  if (code === 'ETIMEDOUT') return timeoutFailure(progress, timeoutMs);
  if (code === 'ECONNREFUSED') {
    return {
      error: 'connection_refused',
      message: 'The host refused the connection: nothing listens at that port.',
    };
  }
  // Before the first byte of the request, what is neither DNS nor TCP is the handshake.
  if (progress === 'connecting' && isTls && syscall !== 'connect') {
    return { error: 'tls_error', message: tlsMessage(code) };
  }
  return { error: 'connection_failed', message: `${broken[progress]}${inWords(code)}.` };
}

function tlsMessage(code: string): string {
  const isDistrusted = /CERT|SELF_SIGNED|UNABLE_TO/.test(code);
  const reason = isDistrusted
    ? 'its certificate is expired, for another name, or of nobody known'
    : 'see that the port speaks TLS';
  return `No secure connection could be made${inWords(code)}: ${reason}.`;
}

function nameFailure(code: string): AttemptFailure {
  const reason = unresolved[code] ?? 'the look-up failed';
  return {
    error: 'dns_error',
    message: `The host name could not be resolved: ${reason} (${code}). See that the url names the right host.`,
  };
}

/** The deadline over the whole attempt passed when it had come this far. */
export function timeoutFailure(progress: AttemptProgress, timeoutMs: number): AttemptFailure {
  return {
    error: 'timeout',
    message: `${late[progress]} within ${timeoutMs} ms: ${sooner[progress]}.`,
  };
}

export const abortedFailure: AttemptFailure = {
  error: 'aborted',
  message: 'The service stopped this attempt before its answer was complete.',
};

export const endlessFailure: AttemptFailure = {
  error: 'connection_failed',
  message: 'The subscriber announced its answer over and over, but did not send it.',
};

const unresolved: Readonly<Record<string, string>> = {
  ENOTFOUND: 'there is no address for it',
  ENODATA: 'there is no address for it',
  ETIMEOUT: 'its name server did not answer',
  ESERVFAIL: 'its name server could not answer',
  EREFUSED: 'its name server refused to answer',
  EAI_AGAIN: 'no name server answered',
};

const late: Readonly<Record<AttemptProgress, string>> = {
  connecting: 'No connection was made',
  waiting: 'No answer came',
  reading: 'The answer began, but did not end',
};

const sooner: Readonly<Record<AttemptProgress, string>> = {
  connecting: 'a firewall may drop what comes from here',
  waiting: 'answer 2xx first, and do the work afterwards',
  reading: 'end the answer at once, its body is not needed',
};

const broken: Readonly<Record<AttemptProgress, string>> = {
  connecting: 'The host could not be reached',
  waiting: 'The connection broke before an answer came',
  reading: 'The connection broke in the middle of the answer',
};

/** Codes are constants of Node, OpenSSL or undici, so unlike error messages they hold nothing of the request. */
function inWords(code: string): string {
  return code === '' ? '' : ` (${code})`;
}
