import { expect, test } from 'vitest';
import { diffContact } from '#poll/diff.ts';
import {
  agentId,
  askedAt,
  at,
  diffOf,
  makeContact,
  makeSnapshot,
} from '../../support/observations.ts';

/** What was known: written at 10:00:00, seen at 10:00:01. */
const known = makeSnapshot({ updatedAtMs: at('10:00:00'), observedAtMs: at('10:00:01') });
const older = makeContact({ updatedAtMs: at('09:59:59.999') });
const sameWrite = (changes: Parameters<typeof makeContact>[0] = {}) =>
  makeContact({ updatedAtMs: at('10:00:00'), ...changes });

test('memiiso/debezium-server-iceberg#544: a stale answer after a newer write counts for nothing', () => {
  expect(diffContact(known, older, askedAt('10:00:05'))).toEqual({ kind: 'stale' });
  expect(diffContact(known, older, askedAt('10:10:00.999'))).toEqual({ kind: 'stale' });
});

test('an older record that still stands ten minutes later was restored, and its sequence grows', () => {
  const { events, after } = diffOf(known, older, askedAt('10:10:01'));
  expect(events).toMatchObject([{ type: 'contact.status_changed' }]);
  expect(after).toMatchObject({
    sequence: at('09:59:59.999'),
    updatedAtMs: at('09:59:59.999'),
  });
  const ahead = { ...known, sequence: at('11:00:00') };
  expect(diffOf(ahead, older, askedAt('10:10:01')).after.sequence).toBe(at('11:00:00') + 1);
});

test('a look-up a minute later is enough to believe an older record', () => {
  const confirming = { confirming: true };
  expect(diffContact(known, older, askedAt('10:01:00.999', confirming)).kind).toBe('stale');
  expect(diffContact(known, older, askedAt('10:01:01', confirming)).kind).toBe('seen');
});

test('of two answers about the same write, or about none that is dated, the one asked earlier is stale', () => {
  const early = askedAt('10:00:00.500');
  expect(diffContact(known, sameWrite(), early).kind).toBe('stale');
  expect(diffContact(known, makeContact({ updatedAtMs: null }), early).kind).toBe('stale');
  expect(diffContact(known, makeContact({ updatedAtMs: at('10:00:00.100') }), early).kind).toBe(
    'seen',
  );
});

test('a clock that was set back by an hour does not silence records without a date', () => {
  const undated = makeContact({ updatedAtMs: null });
  expect(diffContact(known, undated, askedAt('09:00:00')).kind).toBe('seen');
});

test.each([
  ['status', sameWrite()],
  ['agent', sameWrite({ status: 'OPEN', agent: agentId })],
  ['live chat', sameWrite({ status: 'OPEN', isLiveChatActive: true })],
])(
  'another %s of the same write is in doubt for a minute, then it is believed',
  (_what, contact) => {
    expect(diffOf(known, contact, askedAt('10:00:01')).isDoubtful).toBe(true);
    expect(diffOf(known, contact, askedAt('10:01:00.999')).isDoubtful).toBe(true);
    const later = diffOf(known, contact, askedAt('10:01:01'));
    expect(later.isDoubtful).toBe(false);
    expect(later.events).toHaveLength(1);
  },
);

test('who was found to be gone and shows up in the same write is in doubt', () => {
  const gone = { ...known, presence: 'deleted' } as const;
  expect(diffOf(gone, sameWrite({ status: 'OPEN' }), askedAt('10:00:30')).isDoubtful).toBe(true);
});

test.each([
  ['nothing else', sameWrite({ status: 'OPEN' })],
  ['another message', sameWrite({ status: 'OPEN', userMessageAtMs: at('09:59:00') })],
  ['another detail', sameWrite({ status: 'OPEN', details: { tags: ['x'] } })],
  ['another status of a later write', makeContact({ updatedAtMs: at('10:00:00.001') })],
  ['another status without any date', makeContact({ updatedAtMs: null })],
])('%s is in no doubt', (_what, contact) => {
  expect(diffOf(known, contact, askedAt('10:00:02')).isDoubtful).toBe(false);
});

test('what an older version did not watch is in no doubt', () => {
  const first = { ...known, watched: null };
  const contact = sameWrite({ status: 'OPEN', agent: agentId });
  expect(diffOf(first, contact, askedAt('10:00:02')).isDoubtful).toBe(false);
});
