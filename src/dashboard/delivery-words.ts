import type { z } from 'zod';
import type { deliverySchema } from '#api/deliveries.ts';
import type { AttemptError, DeliveryStatus } from '#domain/delivery.ts';
import type { Tone } from './components.ts';

export type Delivery = z.output<typeof deliverySchema>;
export type Attempt = Delivery['attempts'][number];

interface Words {
  readonly tone: Tone;
  readonly word: string;
}

/** The places of a delivery, by the words of the dashboard. */
export const placeWords: Readonly<Record<DeliveryStatus, Words>> = {
  pending: { tone: 'idle', word: 'Waits' },
  retrying: { tone: 'warn', word: 'Is retried' },
  delivered: { tone: 'good', word: 'Delivered' },
  failed: { tone: 'bad', word: 'Failed' },
  expired: { tone: 'bad', word: 'Expired' },
  skipped: { tone: 'idle', word: 'Skipped' },
};

function didSucceed({ statusCode }: Attempt): boolean {
  return statusCode !== undefined && statusCode >= 200 && statusCode < 300;
}

interface AttemptWords extends Words {
  /** What it means, in a sentence. */
  readonly meaning: string;
}

export function attemptWords(attempt: Attempt): AttemptWords {
  const { statusCode, error, message } = attempt;
  if (statusCode === undefined) {
    const { word, meaning } = errorWords[(error ?? 'aborted') as AttemptError] ?? unknownError;
    return { tone: error === 'aborted' ? 'idle' : 'bad', word, meaning: message ?? meaning };
  }
  if (didSucceed(attempt)) {
    return { tone: 'good', word: `Answered ${statusCode}`, meaning: 'It was taken.' };
  }
  return { tone: 'bad', word: `Answered ${statusCode}`, meaning: statusMeaning(statusCode) };
}

const unknownError = { word: 'No answer', meaning: 'There was no answer.' };

/** The sentence stands in where the attempt has none of its own. */
const errorWords: Readonly<Record<AttemptError, Omit<AttemptWords, 'tone'>>> = {
  format_error: { word: 'Not sent', meaning: 'The event could not be put into its format.' },
  dns_error: { word: 'Host unknown', meaning: 'The host name could not be resolved.' },
  address_refused: {
    word: 'Address refused',
    meaning: 'The host has an address that webhooks may not go to.',
  },
  connection_refused: { word: 'Connection refused', meaning: 'The host refused the connection.' },
  connection_failed: { word: 'Connection broke', meaning: 'The connection did not hold.' },
  tls_error: { word: 'Not secure', meaning: 'No secure connection could be made.' },
  timeout: { word: 'Too slow', meaning: 'No answer came in time.' },
  aborted: { word: 'Stopped here', meaning: 'The service stopped this attempt; it is made again.' },
};

const statusMeanings: Readonly<Record<number, string>> = {
  401: 'The subscriber asks who we are: it wants credentials, or a signature that it knows.',
  403: 'The subscriber does not let us in.',
  404: 'There is nothing at this address.',
  405: 'This address takes no POST.',
  408: 'The subscriber took too long to read it.',
  410: 'The subscriber is gone and wants nothing more.',
  413: 'The event is too large for the subscriber.',
  429: 'The subscriber asks for fewer requests.',
};

function statusMeaning(statusCode: number): string {
  const known = statusMeanings[statusCode];
  if (known !== undefined) return known;
  if (statusCode < 400)
    return 'Redirects are not followed: the subscription needs the last address.';
  return statusCode < 500
    ? 'The subscriber did not take it as it is.'
    : 'Something went wrong at the subscriber.';
}

export interface Phase {
  readonly name: 'dns' | 'connect' | 'tls' | 'wait' | 'rest';
  readonly label: string;
  readonly ms: number;
}

/** What took how long, one after the other; what did not happen is left out. */
export function phasesOf({ durationMs, phases = {} }: Attempt): Phase[] {
  const { dnsMs = 0, connectMs = 0, tlsMs = 0, firstByteMs } = phases;
  const opened = dnsMs + connectMs + tlsMs;
  const answeredAt = firstByteMs === undefined ? null : Math.max(firstByteMs, opened);
  const rest = Math.max(0, durationMs - (answeredAt ?? opened));
  const all: Phase[] = [
    { name: 'dns', label: 'DNS', ms: dnsMs },
    { name: 'connect', label: 'Connect', ms: connectMs },
    { name: 'tls', label: 'TLS', ms: tlsMs },
    { name: 'wait', label: 'First byte', ms: answeredAt === null ? 0 : answeredAt - opened },
    { name: 'rest', label: answeredAt === null ? 'No answer' : 'Rest', ms: rest },
  ];
  return all.filter(({ ms }) => ms > 0);
}

export interface Success {
  readonly succeeded: number;
  readonly attempts: number;
  /** Whether each succeeded, the latest last. */
  readonly latest: readonly boolean[];
}

const judgedAttempts = 100;
const drawnAttempts = 60;

/**
 * How the latest attempts went, as far as they are kept. What was listed in part says nothing about the time before its last
 * one: attempts from there on back would be those of the other lists alone.
 */
export function successOf(
  lists: readonly { readonly data: readonly Delivery[]; readonly next: string | null }[],
): Success {
  const horizons = lists.map(({ data, next }) => {
    const last = data.at(-1)?.attempts.at(-1);
    return next === null || last === undefined ? '' : last.at;
  });
  const horizon = horizons.sort().at(-1) ?? '';
  const attempts = lists
    .flatMap(({ data }) => data.flatMap((delivery) => delivery.attempts))
    .filter(({ at, error }) => at >= horizon && error !== 'aborted')
    .sort((left, right) => left.at.localeCompare(right.at))
    .slice(-judgedAttempts);
  const outcomes = attempts.map(didSucceed);
  return {
    succeeded: outcomes.filter(Boolean).length,
    attempts: attempts.length,
    latest: outcomes.slice(-drawnAttempts),
  };
}
