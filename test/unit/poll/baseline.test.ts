import { expect, test } from 'vitest';
import { isBaselineProven, isListingSound } from '#poll/baseline.ts';
import { notBegun } from '#poll/cycle.ts';
import { nothingLearned } from '#poll/learn.ts';
import { emptyPlan } from '#poll/planner.ts';
import { startReading } from '#poll/reading.ts';

const startedAtMs = Date.parse('2026-06-12T08:00:00Z');
const minute = 60_000;
const listed = {
  baselineStartedAtMs: startedAtMs,
  baselineCompletedAtMs: startedAtMs + 10 * minute,
  learned: { ...nothingLearned, order: 'lastSeenAt', pastEnd: 'empty' } as const,
};
const long = { ...listed, baselineCompletedAtMs: startedAtMs + 10 * minute + 1 };

test('a baseline that is not complete proves nothing', () => {
  expect(isBaselineProven({ baselineStartedAtMs: startedAtMs })).toBe(false);
});

test('a short listing in some order is proof enough', () => {
  expect(isBaselineProven(listed)).toBe(true);
  expect(isBaselineProven(long)).toBe(false);
});

test('a listing without order, or one that comes again past its end, may have left somebody out', () => {
  for (const lie of [{ order: 'none' }, { pastEnd: 'repeated' }] as const) {
    const learned = { ...listed.learned, ...lie };
    expect(isListingSound(learned)).toBe(false);
    expect(isBaselineProven({ ...listed, learned })).toBe(false);
  }
});

test('a long listing is proved by a round of slices or by another listing', () => {
  const last = { startedAtMs, endedAtMs: startedAtMs + minute };
  const plan = { ...emptyPlan, cold: { ...notBegun, last } };
  expect(isBaselineProven({ ...long, plan })).toBe(true);
  const reading = { ...startReading(startedAtMs), completedStartsMs: [startedAtMs] };
  expect(isBaselineProven({ ...long, reading })).toBe(false);
  const twice = { ...reading, completedStartsMs: [startedAtMs + minute, startedAtMs] };
  expect(isBaselineProven({ ...long, reading: twice })).toBe(true);
});
