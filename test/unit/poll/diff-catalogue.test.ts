import { expect, test } from 'vitest';
import {
  agentId,
  askedAt,
  at,
  diffOf,
  makeContact,
  makeSnapshot,
  typesOf,
} from '../../support/observations.ts';

test('chatwoot/chatwoot#9277: an agent who is set, changed or cleared is an event that names both', () => {
  const changeOf = (from: string | null, to: string | null) => {
    const known = makeSnapshot({ status: 'ONHOLD', watched: { agent: from } });
    return diffOf(known, makeContact({ agent: to })).events.map(({ type, data }) => [
      type,
      data.changes,
    ]);
  };
  const assigned = (from: string | null, to: string | null) => [
    ['contact.assigned', { _agentAssigned: { from, to } }],
  ];
  expect(changeOf(null, agentId)).toEqual(assigned(null, agentId));
  expect(changeOf(agentId, 'agent-2')).toEqual(assigned(agentId, 'agent-2'));
  expect(changeOf(agentId, null)).toEqual(assigned(agentId, null));
  expect(changeOf(agentId, agentId)).toEqual([]);
});

test.each([
  [true, 'contact.live_chat_started'],
  [false, 'contact.live_chat_ended'],
])('a live chat that flips to %s is %s', (to, type) => {
  const known = makeSnapshot({ status: 'ONHOLD', watched: { isLiveChatActive: !to } });
  const { events } = diffOf(known, makeContact({ isLiveChatActive: to }));
  expect(events).toMatchObject([
    { type, data: { changes: { isLiveChatActive: { from: !to, to } } } },
  ]);
});

test('a newer message of the visitor is an event, the first one too', () => {
  const message = makeContact({ status: 'OPEN', userMessageAtMs: at('10:00:01') });
  const knowing = (userMessageAtMs: number | null) =>
    makeSnapshot({ watched: { userMessageAtMs } });
  expect(typesOf(knowing(null), message)).toEqual(['contact.message_received']);
  expect(typesOf(knowing(at('10:00:00')), message)).toEqual(['contact.message_received']);
  expect(typesOf(knowing(at('10:00:01')), message)).toEqual([]);
  expect(typesOf(knowing(at('10:00:02')), message)).toEqual([]);
});

test('a message that is answered is not a new one when the answer is taken back', () => {
  const known = makeSnapshot({ watched: { userMessageAtMs: at('09:00:00') } });
  const answered = diffOf(known, makeContact({ status: 'OPEN', userMessageAtMs: null }));
  expect(answered.events).toEqual([]);
  const again = makeContact({
    status: 'OPEN',
    userMessageAtMs: at('09:00:00'),
    updatedAtMs: at('10:01:00'),
  });
  expect(typesOf(answered.after, again, askedAt('10:01:01'))).toEqual([]);
});

test.each([
  ['name', 'Ada Lovelace'],
  ['email', 'a.lovelace@example.com'],
  ['phone', { number: '2', prefix: '+44' }],
  ['tags', ['vip']],
  ['segments', ['s-1', 's-2']],
  ['attributes', [{ key: 'size', value: 'M' }]],
  ['hasOrdered', { status: true, lastAt: '2026-06-12T09:59:59.000Z' }],
  ['isSubscriber', false],
  ['isUserBlocked', true],
])('a changed %s is an update that names the new value and not the old one', (name, to) => {
  const { events } = diffOf(
    makeSnapshot(),
    makeContact({ status: 'OPEN', details: { [name]: to } }),
  );
  expect(events).toHaveLength(1);
  expect(events[0]?.type).toBe('contact.updated');
  expect(events[0]?.data.changes).toEqual({ [name]: { to } });
});

test('several details that changed are one update, and one that was removed is null', () => {
  const details = { name: undefined, email: 'new@example.com' };
  const { events } = diffOf(makeSnapshot(), makeContact({ status: 'OPEN', details }));
  expect(events.map(({ data }) => data.changes)).toEqual([
    { name: { to: null }, email: { to: 'new@example.com' } },
  ]);
});

test('the events of one observation share their sequence and come in the order of the catalogue', () => {
  const known = makeSnapshot();
  const { events, after } = diffOf(
    known,
    makeContact({
      status: 'DELETED',
      agent: agentId,
      isLiveChatActive: true,
      userMessageAtMs: at('10:00:00'),
      details: { name: 'Eve' },
    }),
  );
  expect(events.map(({ type }) => type)).toEqual([
    'contact.status_changed',
    'contact.assigned',
    'contact.live_chat_started',
    'contact.message_received',
    'contact.updated',
    'contact.deleted',
  ]);
  expect(new Set(events.map(({ data }) => data.sequence))).toEqual(new Set([after.sequence]));
  expect(new Set(events.map(({ id }) => id)).size).toBe(6);
});

test('a status that becomes DELETED is told, then the deletion without personal data', () => {
  const { events } = diffOf(makeSnapshot(), makeContact({ status: 'DELETED', agent: agentId }));
  expect(events.map(({ type, data }) => [type, data.contact])).toEqual([
    ['contact.status_changed', { _id: makeContact().id, status: 'DELETED', somethingNew: [1] }],
    ['contact.assigned', { _id: makeContact().id, status: 'DELETED', somethingNew: [1] }],
    [
      'contact.deleted',
      {
        _id: makeContact().id,
        createdAt: '2026-06-12T08:13:50.362Z',
        status: 'DELETED',
        _agentAssigned: agentId,
      },
    ],
  ]);
});

test('who stays DELETED is not deleted again', () => {
  const known = makeSnapshot({ status: 'DELETED' });
  expect(typesOf(known, makeContact({ status: 'DELETED' }))).toEqual([]);
});

test.each([
  ['found to be gone', makeSnapshot({ presence: 'deleted' })],
  ['marked as DELETED', makeSnapshot({ status: 'DELETED' })],
  ['both', makeSnapshot({ status: 'DELETED', presence: 'deleted' })],
])('who was %s and is there again has returned, and nothing else is told', (_how, known) => {
  const { events, after } = diffOf(
    known,
    makeContact({ agent: agentId, details: { name: 'Eve' } }),
  );
  expect(events).toMatchObject([
    {
      type: 'contact.created',
      data: {
        reason: 'returned',
        sequence: at('10:00:02.910'),
        contact: { somethingNew: [1] },
        occurred: { notBefore: '2026-06-12T09:59:49.002Z' },
      },
    },
  ]);
  expect(after).toMatchObject({
    presence: 'listed',
    status: 'ONHOLD',
    watched: { agent: agentId },
  });
});

test('who was found to be gone and shows up as DELETED is listed in silence', () => {
  const known = makeSnapshot({ presence: 'deleted' });
  const { events, after } = diffOf(known, makeContact({ status: 'DELETED', agent: agentId }));
  expect(events).toEqual([]);
  expect(after).toMatchObject({ presence: 'listed', status: 'DELETED', sequence: known.sequence });
});

test('who had left and is seen again is compared as usual', () => {
  const known = makeSnapshot({ presence: 'left' });
  expect(diffOf(known, makeContact({ status: 'OPEN' }))).toMatchObject({
    events: [],
    after: { presence: 'listed' },
  });
  expect(typesOf(known, makeContact({ status: 'CLOSED' }))).toEqual(['contact.status_changed']);
});

test('who is first seen as DELETED is remembered in silence, and returns as usual', () => {
  const { events, after } = diffOf(null, makeContact({ status: 'DELETED' }));
  expect(events).toEqual([]);
  const restored = makeContact({ updatedAtMs: at('10:10:00') });
  expect(diffOf(after, restored, askedAt('10:10:01')).events).toMatchObject([
    { data: { reason: 'returned' } },
  ]);
});

test('an event is what JSON makes of it: who relays it before it is logged sees what subscribers see', () => {
  const known = makeSnapshot({ watched: { agent: 'before', isLiveChatActive: true } });
  const changed = makeContact({
    status: 'CLOSED',
    agent: agentId,
    userMessageAtMs: at('10:00:01'),
    details: { name: undefined, phone: null, tags: [], hasOrdered: undefined },
  });
  const deleted = { ...makeContact({ status: 'DELETED', updatedAtMs: at('10:00:03') }) };
  const all = [
    ...diffOf(known, changed).events,
    ...diffOf(known, deleted).events,
    ...diffOf(null, makeContact({ createdAtMs: at('10:00:00') })).events,
  ];
  expect(new Set(all.map(({ type }) => type)).size).toBeGreaterThanOrEqual(6);
  for (const event of all) expect(JSON.parse(JSON.stringify(event))).toStrictEqual(event);
});
