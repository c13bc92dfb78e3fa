import { expect, test } from 'vitest';
import {
  addressOf,
  briefWords,
  nameOf,
  type Subscription,
  standingOf,
  standingSentences,
} from '#dashboard/subscription-words.ts';

const nowMs = Date.parse('2026-06-12T10:00:00.000Z');
const ago = (seconds: number) => new Date(nowMs - seconds * 1000).toISOString();

function make(
  changes: Partial<Subscription> = {},
  deliveries: Partial<Subscription['deliveries']> = {},
): Subscription {
  return {
    id: 'sub_1',
    url: 'https://example.com/in?token=1',
    events: ['contact.created'],
    format: 'standard',
    headers: [],
    ordering: 'none',
    maxInFlight: 8,
    status: 'active',
    deliveries: {
      pending: 0,
      retrying: 0,
      delivered: 0,
      failed: 0,
      expired: 0,
      skipped: 0,
      forgotten: 0,
      ...deliveries,
    },
    createdAt: ago(0),
    updatedAt: ago(0),
    ...changes,
  };
}

const failing = (failures: number, seconds: number) => ({
  failing: { failures, since: ago(seconds) },
});
const nothing = { firstAt: null, nextAttemptAt: null };
const say = (
  subscription: Subscription,
  waiting: Parameters<typeof standingSentences>[1] = nothing,
) => standingSentences(subscription, waiting, nowMs).join(' ');

test.each<[string, Subscription, string]>([
  ['new', make(), 'Nothing was sent to it yet.'],
  ['well', make({}, { delivered: 3 }), 'Everything was delivered.'],
  [
    'well again',
    make({}, { delivered: 3, failed: 1, expired: 1 }),
    'Nothing waits. 2 deliveries were given up.',
  ],
  ['paused', make({ status: 'paused' }), 'It is paused, so nothing is sent. Nothing waits.'],
  [
    'gone',
    make({ status: 'disabled', disabledReason: 'gone' }, { pending: 2 }),
    'It answered 410, which asks for nothing more, so nothing is sent. 2 deliveries wait. Resume it when the subscriber wants events again.',
  ],
  [
    'given up',
    make({ status: 'disabled', disabledReason: 'failing', ...failing(20, 500_000) }),
    'It failed for five days without one success, so nothing is sent. Nothing waits. Resume it when the subscriber is well again.',
  ],
])('how it stands is said in plain words: %s', (_, subscription, sentences) => {
  expect(say(subscription)).toBe(sentences);
});

test('what waits is said with its age', () => {
  const waits = { firstAt: ago(90), nextAttemptAt: null };
  expect(say(make({}, { pending: 1 }), waits)).toBe(
    '1 delivery waits; its event was noticed 1 min ago.',
  );
  expect(say(make({}, { pending: 1, retrying: 1 }), { ...waits, firstAt: ago(0) })).toBe(
    '2 deliveries wait; the event of the first in line was noticed just now.',
  );
});

test('while attempts fail it is said since when, what comes next, and how it ends', () => {
  const subscription = make(failing(7, 7200), { retrying: 1 });
  const waits = { firstAt: ago(7200), nextAttemptAt: ago(-180) };
  expect(say(subscription, waits)).toBe(
    'The last 7 attempts failed; it began 2 h ago. What failed is tried again, next in 3 min. 1 delivery waits; its event was noticed 2 h ago. After five days without one success it is disabled; its events are kept.',
  );
  expect(say(subscription, { ...waits, nextAttemptAt: ago(1) })).toContain('tried again now.');
  expect(say(subscription, { ...waits, nextAttemptAt: null })).toContain('is tried again. ');
});

test.each<[string, Subscription, string]>([
  ['active', make(), 'Nothing waits.'],
  ['active', make({}, { retrying: 1 }), 'On its way.'],
  ['failing', make(failing(1, 5)), 'The last attempt failed, 5 s ago.'],
  ['failing', make(failing(1200, 60)), 'The last 1,200 attempts failed; it began 1 min ago.'],
  ['paused', make({ status: 'paused', ...failing(3, 60) }), 'Its events wait until it is resumed.'],
  [
    'disabled',
    make({ status: 'disabled', disabledReason: 'failing' }),
    'It failed for days; nothing is sent.',
  ],
])('a row says it in one sentence: %s', (standing, subscription, sentence) => {
  expect(standingOf(subscription)).toBe(standing);
  expect(briefWords(subscription, nowMs)).toBe(sentence);
});

test.each([
  ['https://example.com/in?token=1', 'https://example.com/in?…'],
  ['https://example.com/in', 'https://example.com/in'],
  ['https://example.com/in#part', 'https://example.com/in'],
])('of an address only the origin and the path are shown: %s', (url, shown) => {
  expect(addressOf(url)).toBe(shown);
});

test('it is known by its description, or else by its address', () => {
  expect(nameOf(make({ description: 'Orders' }))).toBe('Orders');
  expect(nameOf(make({ description: '  ' }))).toBe('https://example.com/in?…');
  expect(nameOf(make())).toBe('https://example.com/in?…');
});
