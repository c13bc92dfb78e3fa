import type { z } from 'zod';
import type { subscriptionSchema } from '#api/subscription-schema.ts';
import { type ApiKeyId, accessTo, type Principal } from '#domain/api-key.ts';
import type { Tone } from './components.ts';
import { countWords, distanceWords } from './words.ts';

export type Subscription = z.output<typeof subscriptionSchema>;
export type Standing = 'active' | 'failing' | 'paused' | 'disabled';

export function standingOf({ status, failing }: Subscription): Standing {
  return status === 'active' && failing !== undefined ? 'failing' : status;
}

export const standingWords: Readonly<
  Record<Standing, { readonly tone: Tone; readonly word: string }>
> = {
  active: { tone: 'good', word: 'Active' },
  failing: { tone: 'warn', word: 'Failing' },
  paused: { tone: 'idle', word: 'Paused' },
  disabled: { tone: 'bad', word: 'Disabled' },
};

/** What people know it by. */
export function nameOf({ description, url }: Subscription): string {
  const words = description?.trim() ?? '';
  return words === '' ? addressOf(url) : words;
}

/** Where it leads, without what follows a question mark: that is where tokens stand. */
export function addressOf(url: string): string {
  if (!URL.canParse(url)) return url;
  const { origin, pathname, search } = new URL(url);
  return `${origin}${pathname}${search === '' ? '' : '?…'}`;
}

export function waitingOf({ deliveries }: Subscription): number {
  return deliveries.pending + deliveries.retrying;
}

/** How it stands, in as few words as a row of a list has room for. */
export function briefWords(subscription: Subscription, nowMs: number): string {
  const { failing, disabledReason } = subscription;
  switch (standingOf(subscription)) {
    case 'paused':
      return 'Its events wait until it is resumed.';
    case 'disabled':
      return disabledReason === 'gone'
        ? 'It answered 410; nothing is sent.'
        : 'It failed for days; nothing is sent.';
    case 'failing':
      return failedWords(failing, nowMs);
    case 'active':
      return waitingOf(subscription) === 0 ? 'Nothing waits.' : 'On its way.';
  }
}

export interface Waiting {
  /** When the event that is first in line was committed; null where nothing waits. */
  readonly firstAt: string | null;
  readonly nextAttemptAt: string | null;
}

/** How it stands, in plain sentences: what is, and what comes of it. */
export function standingSentences(
  subscription: Subscription,
  { firstAt, nextAttemptAt }: Waiting,
  nowMs: number,
): string[] {
  const waiting = waitingWords(subscription, firstAt, nowMs);
  const { failing, disabledReason } = subscription;
  switch (standingOf(subscription)) {
    case 'paused':
      return ['It is paused, so nothing is sent.', waiting];
    case 'disabled':
      return disabledReason === 'gone'
        ? [
            'It answered 410, which asks for nothing more, so nothing is sent.',
            waiting,
            'Resume it when the subscriber wants events again.',
          ]
        : [
            'It failed for five days without one success, so nothing is sent.',
            waiting,
            'Resume it when the subscriber is well again.',
          ];
    case 'failing': {
      const next = `What failed is tried again${nextWords(nextAttemptAt, nowMs)}.`;
      const end = 'After five days without one success it is disabled; its events are kept.';
      return [failedWords(failing, nowMs), next, waiting, end];
    }
    case 'active':
      return wellWords(subscription, waiting);
  }
}

function nextWords(nextAttemptAt: string | null, nowMs: number): string {
  if (nextAttemptAt === null) return '';
  const atMs = Date.parse(nextAttemptAt);
  return atMs <= nowMs + 1000 ? ' now' : `, next ${distanceWords(atMs, nowMs)}`;
}

function wellWords(subscription: Subscription, waiting: string): string[] {
  const { delivered, failed, expired } = subscription.deliveries;
  if (waitingOf(subscription) > 0) return [waiting];
  const lost = failed + expired;
  if (lost > 0) {
    return [`Nothing waits. ${countWords(lost, 'delivery was', 'deliveries were')} given up.`];
  }
  return [delivered === 0 ? 'Nothing was sent to it yet.' : 'Everything was delivered.'];
}

function waitingWords(subscription: Subscription, firstAt: string | null, nowMs: number): string {
  const count = waitingOf(subscription);
  if (count === 0) return 'Nothing waits.';
  const waits = countWords(count, 'delivery waits', 'deliveries wait');
  if (firstAt === null) return `${waits}.`;
  const since = distanceWords(Date.parse(firstAt), nowMs);
  const first = count === 1 ? 'its event' : 'the event of the first in line';
  return `${waits}; ${first} was noticed ${since === 'now' ? 'just now' : since}.`;
}

function failedWords(failing: Subscription['failing'], nowMs: number): string {
  if (failing === undefined) return '';
  const { failures, since } = failing;
  const began = distanceWords(Date.parse(since), nowMs);
  return failures === 1
    ? `The last attempt failed, ${began === 'now' ? 'just now' : began}.`
    : `The last ${countWords(failures, 'attempt')} failed; it began ${began === 'now' ? 'just now' : began}.`;
}

/** Whether this key may do more than look at it. */
export function mayChange(principal: Principal, { createdBy }: Subscription): boolean {
  return accessTo(principal, { createdBy: createdBy as ApiKeyId | undefined }) === 'change';
}
