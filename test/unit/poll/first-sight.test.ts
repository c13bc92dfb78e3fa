import { expect, test } from 'vitest';
import type { Contact } from '#domain/contact.ts';
import { type Baseline, judgeFirstSight } from '#poll/first-sight.ts';
import { makeContact } from '../../support/observations.ts';

const startedAtMs = Date.parse('2026-06-12T10:00:00Z');
const completedAtMs = startedAtMs + 600_000;
const activating: Baseline = {
  id: 'b',
  startedAtMs,
  activated: false,
  completedAtMs: null,
  proven: false,
};
const baselining: Baseline = { ...activating, activated: true };
const watching: Baseline = { ...baselining, completedAtMs, proven: true };

function contact(createdAtMs: number, changes: Partial<Contact> = {}): Contact {
  const times = { createdAtMs, updatedAtMs: createdAtMs, lastSeenAtMs: createdAtMs };
  return makeContact({ ...times, ...changes });
}

test('who existed before the source was connected is remembered silently', () => {
  expect(judgeFirstSight(contact(startedAtMs - 1), baselining)).toEqual({ kind: 'seed' });
});

test('who is created while the baseline runs is announced', () => {
  expect(judgeFirstSight(contact(startedAtMs + 1), baselining)).toEqual({
    kind: 'created',
    reason: 'new',
  });
});

test('who was created in the second of the connection is known from the first hot window', () => {
  const sameSecond = contact(startedAtMs + 400);
  expect(judgeFirstSight(sameSecond, activating)).toEqual({ kind: 'seed' });
  expect(judgeFirstSight(sameSecond, baselining)).toEqual({ kind: 'created', reason: 'new' });
});

test('an import is announced as one', () => {
  expect(judgeFirstSight(contact(startedAtMs + 1, { isImported: true }), watching)).toEqual({
    kind: 'created',
    reason: 'imported',
  });
});

test.each(['updatedAtMs', 'lastSeenAtMs'] as const)(
  'an old record that shows up after the baseline is promoted when %s says that it was touched since',
  (field) => {
    const old = contact(startedAtMs - 86_400_000, { [field]: completedAtMs + 1 });
    expect(judgeFirstSight(old, watching)).toEqual({ kind: 'created', reason: 'promoted' });
  },
);

test('an old record that shows up late and untouched is counted, not announced', () => {
  const old = contact(startedAtMs - 86_400_000, { updatedAtMs: completedAtMs });
  expect(judgeFirstSight(old, watching)).toEqual({ kind: 'late_seed' });
});

test('who is first seen as deleted is remembered, however new', () => {
  const deleted = contact(startedAtMs + 1, { status: 'DELETED' });
  expect(judgeFirstSight(deleted, watching)).toEqual({ kind: 'seed' });
});

test('an older contact whom the baseline may have overlooked is no news, however lately touched', () => {
  const old = contact(startedAtMs - 86_400_000, { lastSeenAtMs: completedAtMs + 1 });
  expect(judgeFirstSight(old, { ...watching, proven: false })).toEqual({ kind: 'late_seed' });
});
