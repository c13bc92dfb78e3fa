import type { z } from 'zod';
import type { eventSchema } from '#api/event-schema.ts';
import type { EventType } from '#domain/change-event.ts';
import { describeValue, fieldOf, textOf } from '#domain/describe-value.ts';
import {
  calmText,
  contactIdOf,
  contactName,
  fieldLabel,
  shortId,
  valueWords,
} from './contact-words.ts';
import { countWords, durationWords } from './words.ts';

export type ShownEvent = z.output<typeof eventSchema>;

/** What each type is headed by. */
export const eventTitles: Readonly<Record<EventType, string>> = {
  'contact.created': 'New contact',
  'contact.status_changed': 'Status changed',
  'contact.assigned': 'Assignment changed',
  'contact.live_chat_started': 'Live chat started',
  'contact.live_chat_ended': 'Live chat ended',
  'contact.message_received': 'Message received',
  'contact.updated': 'Contact updated',
  'contact.deleted': 'Contact deleted',
  'source.failing': 'Inbox cannot be read',
  'source.recovered': 'Inbox can be read again',
  'subscription.failing': 'Subscription failing',
  'subscription.disabled': 'Subscription disabled',
  'subscription.test': 'Test',
};

const mostQuote = 280;
const mostShort = 80;

/** What happened, in one sentence. It holds what strangers wrote, on one line and cut, but not escaped. */
export function eventSentence(event: ShownEvent): string {
  return sentences[event.type](event, event.data.contact ?? {});
}

type Sentence = (event: ShownEvent, contact: Readonly<Record<string, unknown>>) => string;

const sentences: Readonly<Record<EventType, Sentence>> = {
  'contact.created': ({ data }, contact) => createdSentence(contact, data.reason),
  'contact.status_changed': ({ data }, contact) => {
    const { from, to } = changeOf(data.changes, 'status');
    return `${contactName(contact)}’s status went from ${from} to ${to}.`;
  },
  'contact.assigned': ({ data }, contact) => {
    const { from, to } = changeOf(data.changes, '_agentAssigned');
    const who = contactName(contact);
    if (to === 'nothing') return `${who} is no longer assigned to agent ${shortId(from)}.`;
    if (from === 'nothing') return `${who} was assigned to agent ${shortId(to)}.`;
    return `${who} went from agent ${shortId(from)} to agent ${shortId(to)}.`;
  },
  'contact.live_chat_started': (_, contact) => `A live chat with ${contactName(contact)} began.`,
  'contact.live_chat_ended': (_, contact) => `The live chat with ${contactName(contact)} ended.`,
  'contact.message_received': (_, contact) => {
    const text = calmText(textOf(fieldOf(fieldOf(contact, 'lastMessage'), 'text')), mostQuote);
    return text === ''
      ? `${contactName(contact)} sent a message without text.`
      : `${contactName(contact)} wrote: “${text}”`;
  },
  'contact.updated': ({ data }, contact) => {
    const names = Object.keys(data.changes ?? {}).map((name) => fieldLabel(name).toLowerCase());
    return `${contactName(contact)}’s ${names.length === 0 ? 'details' : listWords(names)} changed.`;
  },
  'contact.deleted': (_, contact) => `Contact ${contactIdOf(contact)} was deleted from the inbox.`,
  'source.failing': ({ data }) => {
    const message = calmText(textOf(fieldOf(data.error, 'message')), mostQuote);
    const why = message === '' ? '.' : `: ${message}`;
    return `The inbox of source ${data.source} cannot be read${why}`;
  },
  'source.recovered': ({ data, timestamp }) => {
    const ms = Date.parse(timestamp) - Date.parse(textOf(data.failingSince));
    const after = Number.isNaN(ms) ? '' : `, after ${durationWords(Math.max(0, ms) / 1000)}`;
    return `The inbox of source ${data.source} can be read again${after}.`;
  },
  'subscription.failing': ({ data }) =>
    `${subscriptionWords(data)} is failing: ${failureWords(data)}. It is ${valueWords(data.percent)} % of the way to being disabled.`,
  'subscription.disabled': ({ data }) =>
    data.reason === 'gone'
      ? `${subscriptionWords(data)} was disabled: its subscriber answered that it is gone.`
      : `${subscriptionWords(data)} was disabled after ${failureWords(data)}.`,
  'subscription.test': ({ data }) => `A test was sent to s${subscriptionWords(data).slice(1)}.`,
};

function createdSentence(contact: Readonly<Record<string, unknown>>, reason: unknown): string {
  const who = contactName(contact);
  const platform = calmText(describeValue(fieldOf(contact, 'platform')), mostShort).toLowerCase();
  const via = platform === '' ? '' : `, via ${platform}`;
  if (reason === 'imported') return `${who} was imported into the inbox.`;
  if (reason === 'promoted') return `${who} is an older contact that came into view now${via}.`;
  if (reason === 'returned') return `${who} is back after having been deleted.`;
  return `${who} is new${via}.`;
}

function changeOf(changes: ShownEvent['data']['changes'], name: string) {
  const change = changes?.[name];
  return { from: valueWords(change?.from), to: valueWords(change?.to) };
}

function subscriptionWords({ subscription }: ShownEvent['data']): string {
  return `Subscription ${calmText(textOf(subscription), mostShort)}`;
}

function failureWords({ failures }: ShownEvent['data']): string {
  const count = typeof failures === 'number' ? failures : 0;
  return `${countWords(count, 'attempt')} in a row without a success`;
}

/** `tags, phone and e-mail`. */
function listWords(words: readonly string[]): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/** When it happened, as far as that can be known, and how long it took to be noticed. */
export function occurredSentence({ timestamp, data }: ShownEvent): string {
  const { occurred } = data;
  if (occurred === undefined) return `It was noticed at ${utcWords(timestamp)}.`;
  const { notBefore, notAfter } = occurred;
  const soonest = secondsBetween(notAfter, timestamp);
  if (notBefore === null) {
    return `It happened at ${utcWords(notAfter)} or before: nobody had looked at this contact until then. It was noticed ${soonest === 0 ? 'at once' : `${durationWords(soonest)} after that`}.`;
  }
  const latest = secondsBetween(notBefore, timestamp);
  const isSameSecond = notBefore.slice(0, 19) === notAfter.slice(0, 19);
  const span = isSameSecond
    ? `at ${utcWords(notAfter)}`
    : `between ${utcWords(notBefore, notAfter)} and ${utcWords(notAfter)}`;
  return `It happened ${span}, and was noticed ${lateWords(soonest, latest)}.`;
}

/** How long after it happened it was noticed, in seconds. */
function lateWords(soonest: number, latest: number): string {
  const [low, high] = [durationWords(soonest), durationWords(latest)];
  if (soonest === 0) return `within ${high}`;
  return low === high ? `${low} after that` : `${low} to ${high} after that`;
}

/** The inbox's clock and ours may differ a little. */
function secondsBetween(from: string, to: string): number {
  return Math.max(0, (Date.parse(to) - Date.parse(from)) / 1000);
}

const days = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' });

/** `10:00:04 UTC on 12 June 2026`; without what it has in common with `other`, which follows. */
function utcWords(iso: string, other?: string): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return calmText(iso, mostShort);
  const time = at.toISOString().slice(11, 19);
  const isSameDay = other?.slice(0, 10) === iso.slice(0, 10);
  return isSameDay ? time : `${time} UTC on ${days.format(at)}`;
}
