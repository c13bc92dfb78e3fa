import { expect, test } from 'vitest';
import { freshnessOf } from '#api/source-freshness.ts';
import { forecastBaseline } from '#poll/baseline-forecast.ts';
import type { Cycle, Learned, Plan } from '#store/source-state.ts';

const nowMs = 1_000_000_000;

/** A round under way, and the last one, which began so long ago. */
function cycle(lastAgeSeconds: number | null): Cycle {
  const startedAtMs = nowMs - 1000;
  if (lastAgeSeconds === null) return { cursorMs: 5, startedAtMs, last: null };
  const last = { startedAtMs: nowMs - lastAgeSeconds * 1000, endedAtMs: startedAtMs };
  return { cursorMs: 5, startedAtMs, last };
}

function plan(lists: (number | null)[], cold: number | null): Plan {
  return {
    lists: lists.map((age) => ({ statuses: ['OPEN'], cycle: cycle(age), found: 0, turn: 0 })),
    arrangedAtMs: 0,
    cold: cycle(cold),
    coldCredit: 0,
    coldAtMs: null,
    fadedAtMs: 0,
  };
}

test.each<[lists: (number | null)[], active: number | null]>([
  [[30, 90, 60], 90],
  [[30, null], null],
  [[], null],
])('with lists read %j seconds ago the active tier is as old as %j', (lists, active) => {
  const { tiers } = freshnessOf({ plan: plan(lists, 600) }, nowMs);
  expect(tiers).toEqual({
    active: { oldestUnverifiedSeconds: active },
    cold: { oldestUnverifiedSeconds: 600 },
  });
});

test('a tier whose first round is still under way is of unknown age', () => {
  expect(freshnessOf({ plan: plan([1], null) }, nowMs).tiers.cold).toEqual({
    oldestUnverifiedSeconds: null,
  });
});

const unknown = { verdict: 'unknown' as const, atMs: 0 };
const learned: Learned = {
  pageSize: 20,
  order: null,
  lastSeenAt: unknown,
  createdAt: unknown,
  status: unknown,
  pastEnd: null,
  shortPages: false,
  expectedPages: 50,
};

test('the baseline takes as long as its pages that are left take at the rate in force', () => {
  expect(forecastBaseline({ learned, contacts: 100 }, 90)).toEqual({
    expectedContacts: 1000,
    secondsLeft: 30,
  });
});

test('an inbox that is larger than it looked is expected to end now', () => {
  expect(forecastBaseline({ learned, contacts: 1200 }, 90)).toEqual({
    expectedContacts: 1200,
    secondsLeft: 0,
  });
});

test('as long as nobody knows how long it is, no time is told', () => {
  for (const gap of [{ expectedPages: null }, { pageSize: null }]) {
    expect(forecastBaseline({ learned: { ...learned, ...gap }, contacts: 5 }, 90)).toEqual({
      expectedContacts: null,
      secondsLeft: null,
    });
  }
});
