import { expect, test } from 'vitest';
import type { Contact, Snapshot } from '#domain/contact.ts';
import { type DiffContext, diffContact } from '#poll/diff.ts';

const at = (time: string) => Date.parse(`2026-06-12T${time}Z`);

const context: DiffContext = {
  sourceId: 'default',
  baseline: {
    id: 'baseline-1',
    startedAtMs: at('08:00:00'),
    activated: true,
    completedAtMs: at('08:05:00'),
  },
  observed: { fromMs: at('10:00:03.000'), toMs: at('10:00:03.500') },
  nowMs: at('10:00:04.120'),
};

function contact(changes: Partial<Contact> = {}): Contact {
  const status = changes.status ?? 'ONHOLD';
  return {
    id: '6a2bbfbe1a0899b1ad04bf58',
    status,
    createdAtMs: at('08:13:50.362'),
    updatedAtMs: at('10:00:02.910'),
    lastSeenAtMs: at('08:13:50'),
    isImported: false,
    record: { _id: '6a2bbfbe1a0899b1ad04bf58', status, somethingNew: [1] },
    ...changes,
  };
}

const known: Snapshot = {
  status: 'OPEN',
  sequence: at('08:13:50.362'),
  createdAtMs: at('08:13:50.362'),
  updatedAtMs: at('08:14:00'),
  observedAtMs: at('09:59:49.002'),
};

test('a changed status is an event that names both values and brackets the moment', () => {
  const diff = diffContact(known, contact(), context);
  expect(diff).toMatchObject({
    kind: 'seen',
    after: { status: 'ONHOLD', sequence: at('10:00:02.910'), observedAtMs: at('10:00:03.000') },
    event: {
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
  });
});

test('the same change found twice has the same id, whenever it is found', () => {
  const first = diffContact(known, contact(), context);
  const later = { ...context, nowMs: context.nowMs + 60_000 };
  const second = diffContact(known, contact(), later);
  expect(second).toMatchObject({ event: { id: idOf(first) } });
});

test.each([
  ['another source', { sourceId: 'other' }, {}],
  ['another baseline', { baseline: { ...context.baseline, id: 'baseline-2' } }, {}],
  ['another value', {}, { status: 'CLOSED' }],
  ['another moment', {}, { updatedAtMs: at('10:00:02.911') }],
])('a change of %s has another id', (_what, contextChanges, contactChanges) => {
  const original = idOf(diffContact(known, contact(), context));
  const other = diffContact(known, contact(contactChanges), { ...context, ...contextChanges });
  expect(idOf(other)).not.toBe(original);
});

test('fields that are not watched make no event', () => {
  const noise = contact({ status: 'OPEN', record: { isOnline: true, unreadMessages: 7 } });
  expect(diffContact(known, noise, context)).toMatchObject({
    event: null,
    after: { sequence: known.sequence, updatedAtMs: at('10:00:02.910') },
  });
});

test('an answer older than what is known counts for nothing', () => {
  const stale = contact({ updatedAtMs: at('08:13:59') });
  expect(diffContact(known, stale, context)).toEqual({ kind: 'stale' });
});

test('a write that leaves updatedAt where it was is still a change', () => {
  const untouched = contact({ updatedAtMs: known.updatedAtMs });
  expect(diffContact(known, untouched, context)).toMatchObject({
    event: { type: 'contact.status_changed' },
  });
});

test('the sequence grows even where updatedAt does not help', () => {
  const ahead = { ...known, sequence: at('23:00:00') };
  expect(diffContact(ahead, contact(), context)).toMatchObject({
    after: { sequence: at('23:00:00') + 1 },
  });
  expect(diffContact(known, contact({ updatedAtMs: null }), context)).toMatchObject({
    after: { sequence: known.sequence + 1 },
  });
});

test('a contact created after the source was connected is news, with its own sequence and no lower bound', () => {
  expect(diffContact(null, contact(), context)).toMatchObject({
    firstSight: 'created',
    after: { sequence: at('08:13:50.362') },
    event: {
      type: 'contact.created',
      data: { reason: 'new', sequence: at('08:13:50.362'), occurred: { notBefore: null } },
    },
  });
});

test('a first sight found again after a crash keeps its id, even when the status moved meanwhile', () => {
  const first = diffContact(null, contact(), context);
  const again = diffContact(null, contact({ status: 'CLOSED' }), context);
  expect(idOf(again)).toBe(idOf(first));
});

test('without updatedAt the change lies before the end of this observation', () => {
  const diff = diffContact(known, contact({ updatedAtMs: null }), context);
  expect(diff).toMatchObject({
    event: { data: { occurred: { notAfter: '2026-06-12T10:00:03.500Z' } } },
  });
});

function idOf(diff: ReturnType<typeof diffContact>): string {
  if (diff.kind !== 'seen' || diff.event === null) throw new Error('There is no event.');
  return diff.event.id;
}
