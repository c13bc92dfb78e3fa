import { expect, test } from 'vitest';
import { absentContact } from '#poll/absent-contact.ts';
import { agentId, askedAt, at, contactId, makeSnapshot } from '../../support/observations.ts';

const lookUp = askedAt('10:00:30');

test('who is gone is told with what is known of them without personal data', () => {
  const known = makeSnapshot({ status: 'REVIEW', watched: { agent: agentId } });
  expect(absentContact(known, contactId, 'deleted', lookUp)).toMatchObject({
    after: {
      ...known,
      presence: 'deleted',
      sequence: known.sequence + 1,
      observedAtMs: at('10:00:30'),
    },
    event: {
      type: 'contact.deleted',
      timestamp: '2026-06-12T10:00:30.500Z',
      data: {
        source: 'default',
        sequence: known.sequence + 1,
        occurred: { notBefore: '2026-06-12T09:59:49.002Z', notAfter: '2026-06-12T10:00:30.500Z' },
      },
    },
  });
  expect(absentContact(known, contactId, 'deleted', lookUp)?.event?.data.contact).toEqual({
    _id: contactId,
    createdAt: '2026-06-12T08:13:50.362Z',
    status: 'REVIEW',
    _agentAssigned: agentId,
  });
});

test('whose agent was never watched is told without one', () => {
  const known = makeSnapshot({ watched: null });
  const contact = absentContact(known, contactId, 'deleted', lookUp)?.event?.data.contact;
  expect(contact).not.toHaveProperty('_agentAssigned');
});

test('the same deletion found twice has the same id', () => {
  const idAt = (time: string) =>
    absentContact(makeSnapshot(), contactId, 'deleted', askedAt(time))?.event?.id;
  expect(idAt('10:00:30')).toMatch(/^evt_/);
  expect(idAt('10:00:45')).toBe(idAt('10:00:30'));
});

test('who has left the part that is read is not deleted, and nothing is told', () => {
  const known = makeSnapshot();
  expect(absentContact(known, contactId, 'left', lookUp)).toEqual({
    after: { ...known, presence: 'left', observedAtMs: at('10:00:30') },
    event: null,
  });
});

test('who had left and is gone is deleted', () => {
  const known = makeSnapshot({ presence: 'left' });
  expect(absentContact(known, contactId, 'deleted', lookUp)?.event?.type).toBe('contact.deleted');
});

test('who was told as DELETED by status disappears in silence', () => {
  const known = makeSnapshot({ status: 'DELETED' });
  expect(absentContact(known, contactId, 'deleted', lookUp)).toMatchObject({
    after: { presence: 'deleted', sequence: known.sequence },
    event: null,
  });
});

test.each([
  ['gone already', makeSnapshot({ presence: 'deleted' }), 'deleted'],
  ['gone already, not only left', makeSnapshot({ presence: 'deleted' }), 'left'],
  ['out of sight already', makeSnapshot({ presence: 'left' }), 'left'],
  ['seen after the look-up', makeSnapshot({ observedAtMs: at('10:00:31') }), 'deleted'],
] as const)('who is %s stays as they are', (_how, known, kind) => {
  expect(absentContact(known, contactId, kind, lookUp)).toBeNull();
});
