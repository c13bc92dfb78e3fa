import { expect, test } from 'vitest';
import {
  eventSentence,
  eventTitles,
  occurredSentence,
  type ShownEvent,
} from '#dashboard/event-words.ts';
import { type EventType, eventTypes } from '#domain/change-event.ts';

const id = '6a2bbfbe1a0899b1ad04bf58';
const agents = ['5fed38e56fb193dcc6c933f5', '61b2c3d4e5f60718293a4b01'] as const;

function named(name: unknown, more: object = {}): Record<string, unknown> {
  return { _id: id, profile: { userDetails: { name } }, ...more };
}

function makeEvent(type: EventType, data: Partial<ShownEvent['data']>): ShownEvent {
  return {
    id: 'evt_1',
    type,
    timestamp: '2026-06-12T10:00:04.120Z',
    data: { source: 'default', ...data },
  };
}

const assigned = (from: string | null, to: string | null) =>
  makeEvent('contact.assigned', {
    contact: named('Ada'),
    changes: { _agentAssigned: { from, to } },
  });
const subscription = 'sub_5dXk2mQwTzR8vLpB';

test.each<[type: EventType, data: Partial<ShownEvent['data']>, sentence: string]>([
  ['contact.created', { contact: named('Ada'), reason: 'new' }, 'Ada is new.'],
  [
    'contact.created',
    { contact: named('Ada', { platform: ['WHATSAPP'] }), reason: 'new' },
    'Ada is new, via whatsapp.',
  ],
  [
    'contact.created',
    { contact: named('Ada'), reason: 'imported' },
    'Ada was imported into the inbox.',
  ],
  [
    'contact.created',
    { contact: named('Ada'), reason: 'promoted' },
    'Ada is an older contact that came into view now.',
  ],
  [
    'contact.created',
    { contact: named('Ada'), reason: 'returned' },
    'Ada is back after having been deleted.',
  ],
  ['contact.created', { contact: named(''), reason: 'new' }, 'Contact …04bf58 is new.'],
  ['contact.created', { contact: { _id: 'c-1' }, reason: 'new' }, 'Contact c-1 is new.'],
  [
    'contact.status_changed',
    { contact: named('Ada'), changes: { status: { from: 'OPEN', to: 'ONHOLD' } } },
    'Ada’s status went from OPEN to ONHOLD.',
  ],
  ['contact.live_chat_started', { contact: named('Ada') }, 'A live chat with Ada began.'],
  ['contact.live_chat_ended', { contact: named('Ada') }, 'The live chat with Ada ended.'],
  [
    'contact.message_received',
    { contact: named('Ada', { lastMessage: { text: 'Where\nis it?' } }) },
    'Ada wrote: “Where is it?”',
  ],
  ['contact.message_received', { contact: named('Ada') }, 'Ada sent a message without text.'],
  [
    'contact.updated',
    {
      contact: named('Ada'),
      changes: { tags: { to: [] }, email: { to: 'a@b' }, phone: { to: null } },
    },
    'Ada’s tags, e-mail and phone changed.',
  ],
  [
    'contact.updated',
    { contact: named('Ada'), changes: { name: { to: 'Ada' } } },
    'Ada’s name changed.',
  ],
  ['contact.deleted', { contact: { _id: id } }, `Contact ${id} was deleted from the inbox.`],
  [
    'source.failing',
    { error: { message: 'The inbox refused the API token.' } },
    'The inbox of source default cannot be read: The inbox refused the API token.',
  ],
  [
    'source.recovered',
    { failingSince: '2026-06-12T09:55:04.120Z' },
    'The inbox of source default can be read again, after 5 min.',
  ],
  [
    'subscription.failing',
    { source: 'service', subscription, failures: 12, percent: 50 },
    `Subscription ${subscription} is failing: 12 attempts in a row without a success. It is 50 % of the way to being disabled.`,
  ],
  [
    'subscription.disabled',
    { source: 'service', subscription, failures: 1, reason: 'gone' },
    `Subscription ${subscription} was disabled: its subscriber answered that it is gone.`,
  ],
  [
    'subscription.disabled',
    { source: 'service', subscription, failures: 24, reason: 'failing' },
    `Subscription ${subscription} was disabled after 24 attempts in a row without a success.`,
  ],
  [
    'subscription.test',
    { source: 'service', subscription },
    `A test was sent to subscription ${subscription}.`,
  ],
])('%s in a sentence', (type, data, sentence) => {
  expect(eventSentence(makeEvent(type, data))).toBe(sentence);
});

test('an assignment says who has the contact now, and who had it', () => {
  expect(eventSentence(assigned(null, agents[1]))).toBe('Ada was assigned to agent …3a4b01.');
  expect(eventSentence(assigned(agents[0], null))).toBe(
    'Ada is no longer assigned to agent …c933f5.',
  );
  expect(eventSentence(assigned(agents[0], agents[1]))).toBe(
    'Ada went from agent …c933f5 to agent …3a4b01.',
  );
});

test('every type has a title, and a sentence even where the event holds nothing', () => {
  for (const type of eventTypes) {
    expect(eventTitles[type]).toMatch(/^[A-Z]/);
    expect(eventSentence(makeEvent(type, {}))).toMatch(/[.”:]$/);
  }
});

test('a name cannot turn the order of reading, break the line or be endless', () => {
  const sentence = (name: unknown) =>
    eventSentence(makeEvent('contact.created', { contact: named(name) }));
  expect(sentence('Ada\u202e\u2066 x\n\n\u0000y')).toBe('Ada x y is new.');
  expect(sentence('x'.repeat(1000))).toBe(`${'x'.repeat(79)}… is new.`);
  expect(sentence('😀'.repeat(1000))).toBe(`${'😀'.repeat(79)}… is new.`);
  expect(sentence({ $ne: 1 })).toBe('Contact …04bf58 is new.');
  expect(sentence('\ud83d')).toBe('\ufffd is new.');
});

const noticedAt = (notBefore: string | null, notAfter: string) =>
  occurredSentence(makeEvent('contact.created', { occurred: { notBefore, notAfter } }));

test('when it happened is told by its earliest and latest moment, and by how late it was noticed', () => {
  expect(noticedAt('2026-06-12T09:59:49.120Z', '2026-06-12T10:00:02.920Z')).toBe(
    'It happened between 09:59:49 and 10:00:02 UTC on 12 June 2026, and was noticed 1.2 s to 15 s after that.',
  );
  expect(noticedAt('2026-06-11T23:59:49.120Z', '2026-06-12T10:00:02.120Z')).toContain(
    'between 23:59:49 UTC on 11 June 2026 and 10:00:02 UTC on 12 June 2026',
  );
  expect(noticedAt('2026-06-12T10:00:02.120Z', '2026-06-12T10:00:02.120Z')).toBe(
    'It happened at 10:00:02 UTC on 12 June 2026, and was noticed 2 s after that.',
  );
});

test('at first sight nobody knows how long ago it happened', () => {
  expect(noticedAt(null, '2026-06-12T10:00:02.120Z')).toBe(
    'It happened at 10:00:02 UTC on 12 June 2026 or before: nobody had looked at this contact until then. It was noticed 2 s after that.',
  );
});

test('an inbox whose clock is ahead of ours was noticed at once, not before', () => {
  expect(noticedAt(null, '2026-06-12T10:00:09.000Z')).toContain('It was noticed at once.');
  expect(noticedAt('2026-06-12T10:00:00.120Z', '2026-06-12T10:00:09.000Z')).toContain(
    'and was noticed within 4 s.',
  );
});

test('what nobody observed was noticed, and no more is said', () => {
  expect(occurredSentence(makeEvent('source.failing', {}))).toBe(
    'It was noticed at 10:00:04 UTC on 12 June 2026.',
  );
});
