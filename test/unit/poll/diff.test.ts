import { expect, test } from 'vitest';
import type { Contact } from '#domain/contact.ts';
import {
  agentId,
  askedAt,
  at,
  diffOf,
  makeContact,
  makeContext,
  makeSnapshot,
  typesOf,
} from '../../support/observations.ts';

const idOf = (...args: Parameters<typeof diffOf>) => diffOf(...args).events[0]?.id;

test('a changed status is an event that names both values and brackets the moment', () => {
  expect(diffOf(makeSnapshot(), makeContact())).toMatchObject({
    after: { status: 'ONHOLD', sequence: at('10:00:02.910'), observedAtMs: at('10:00:03.000') },
    events: [
      {
        type: 'contact.status_changed',
        timestamp: '2026-06-12T10:00:04.120Z',
        data: {
          source: 'default',
          sequence: at('10:00:02.910'),
          contact: { somethingNew: [1] },
          changes: { status: { from: 'OPEN', to: 'ONHOLD' } },
          occurred: { notBefore: '2026-06-12T09:59:49.002Z', notAfter: '2026-06-12T10:00:02.910Z' },
        },
      },
    ],
  });
});

test('huginn/huginn#2753: a status that returns to an old value is an event again', () => {
  const first = diffOf(makeSnapshot({ status: 'OPEN' }), makeContact({ status: 'CLOSED' }));
  const reopened = makeContact({ status: 'OPEN', updatedAtMs: at('10:05:00') });
  const [event] = diffOf(first.after, reopened, askedAt('10:05:01')).events;
  expect(event?.data.changes).toEqual({ status: { from: 'CLOSED', to: 'OPEN' } });
  expect(event?.data.sequence).toBeGreaterThan(first.after.sequence);
});

test('huginn/huginn#841 and chatwoot/chatwoot#11973: fields that are not watched make no event', () => {
  const record = { isOnline: true, unreadMessages: 7, conversationSummary: { summary: 'x' } };
  const noise = makeContact({ status: 'OPEN', lastSeenAtMs: at('10:00:02'), record });
  const { events, after } = diffOf(makeSnapshot(), noise);
  expect(events).toEqual([]);
  expect(after).toMatchObject({
    sequence: makeSnapshot().sequence,
    updatedAtMs: at('10:00:02.910'),
  });
});

test('dgtlmoon/changedetection.io#1679: an answer that says the same in another order is no event with an empty diff', () => {
  const details = {
    tags: ['new', 'vip'],
    phone: { prefix: '+44', number: '1' },
    hasOrdered: { status: false, lastAt: '' },
    isUserBlocked: undefined,
  };
  expect(typesOf(makeSnapshot(), makeContact({ status: 'OPEN', details }))).toEqual([]);
});

test('dgtlmoon/changedetection.io#2358: what an older version did not watch is taken over in silence, what it did is compared', () => {
  const known = makeSnapshot({ watched: null });
  const contact = makeContact({
    status: 'OPEN',
    agent: agentId,
    isLiveChatActive: true,
    userMessageAtMs: at('10:00:00'),
  });
  const { events, after } = diffOf(known, contact);
  expect(events).toEqual([]);
  expect(after.watched).toMatchObject({ agent: agentId, isLiveChatActive: true });
  expect(typesOf(known, { ...contact, status: 'CLOSED' })).toEqual(['contact.status_changed']);
});

test('the same change found twice has the same id, whenever it is found', () => {
  const contact = makeContact({ details: { tags: ['a', 'b'] }, agent: agentId });
  const idsOf = (seen: Contact, nowMs: number) =>
    diffOf(makeSnapshot(), seen, makeContext({ nowMs })).events.map(({ id }) => id);
  const reordered = { ...contact, details: { ...contact.details, tags: ['b', 'a'] } };
  expect(idsOf(reordered, at('11:00:00'))).toEqual(idsOf(contact, at('10:00:04')));
});

test.each([
  ['another source', { sourceId: 'other' }, {}],
  ['another baseline', { baseline: { ...makeContext().baseline, id: 'baseline-2' } }, {}],
  ['another value', {}, { status: 'CLOSED' }],
  ['another moment', {}, { updatedAtMs: at('10:00:02.911') }],
])('a change of %s has another id', (_what, contextChanges, contactChanges) => {
  const original = idOf(makeSnapshot(), makeContact());
  const other = idOf(makeSnapshot(), makeContact(contactChanges), makeContext(contextChanges));
  expect(other).not.toBe(original);
});

test('the sequence grows even where updatedAt does not help', () => {
  const ahead = makeSnapshot({ sequence: at('23:00:00') });
  expect(diffOf(ahead, makeContact()).after.sequence).toBe(at('23:00:00') + 1);
  const undated = makeContact({ updatedAtMs: null });
  expect(diffOf(makeSnapshot(), undated).after.sequence).toBe(makeSnapshot().sequence + 1);
});

test('a contact created after the source was connected is news, with its own sequence and no lower bound', () => {
  const busy = makeContact({ agent: agentId, userMessageAtMs: at('10:00:00') });
  expect(diffOf(null, busy)).toMatchObject({
    firstSight: 'created',
    after: { sequence: at('08:13:50.362'), presence: 'listed', watched: { agent: agentId } },
    events: [
      {
        type: 'contact.created',
        data: {
          reason: 'new',
          sequence: at('08:13:50.362'),
          occurred: { notBefore: null, notAfter: '2026-06-12T10:00:02.910Z' },
        },
      },
    ],
  });
});

test('a first sight found again after a crash keeps its id, even when the status moved meanwhile', () => {
  expect(idOf(null, makeContact({ status: 'CLOSED' }))).toBe(idOf(null, makeContact()));
});

test('without updatedAt the change lies before the end of this observation', () => {
  const { events } = diffOf(makeSnapshot(), makeContact({ updatedAtMs: null }));
  expect(events[0]?.data.occurred?.notAfter).toBe('2026-06-12T10:00:03.500Z');
});

test('an updatedAt from before the last observation does not bound a change seen only now', () => {
  const known = makeSnapshot({ updatedAtMs: null });
  const { events } = diffOf(known, makeContact({ updatedAtMs: at('09:00:00') }));
  expect(events[0]?.data.occurred).toEqual({
    notBefore: '2026-06-12T09:59:49.002Z',
    notAfter: '2026-06-12T10:00:03.500Z',
  });
});
