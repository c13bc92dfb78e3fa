import { expect, test } from 'vitest';
import { sourceWarnings } from '#api/source-warnings.ts';
import type { BudgetUsage } from '#store/budget.ts';
import type { Learned } from '#store/source-state.ts';

const usage: BudgetUsage = { usedLastMinute: 3, limit: 90, limitInForce: 90, limitedAtMs: null };
const honoured = { verdict: 'honoured' as const, atMs: 0 };
const ignored = { verdict: 'ignored' as const, atMs: 0 };
const learned: Learned = {
  pageSize: 20,
  order: 'createdAt',
  lastSeenAt: honoured,
  createdAt: honoured,
  status: { verdict: 'unknown', atMs: 0 },
  pastEnd: 'empty',
  shortPages: false,
  expectedPages: 10,
};

test('an inbox that does as it is asked needs no warning, and neither does one that nobody knows', () => {
  expect(sourceWarnings({ learned }, usage)).toEqual([]);
  expect(sourceWarnings({}, usage)).toEqual([]);
});

test.each(['lastSeenAt', 'createdAt', 'status'] as const)(
  'an ignored %s is told by its name',
  (name) => {
    const warnings = sourceWarnings({ learned: { ...learned, [name]: ignored } }, usage);
    expect(warnings).toEqual([expect.stringContaining(`ignores the filter \`${name}\``)]);
  },
);

test('short pages and other users of the token are told, with the rate that is left', () => {
  const halved = { ...usage, limitInForce: 45, limitedAtMs: 1 };
  const warnings = sourceWarnings({ learned: { ...learned, shortPages: true } }, halved);
  expect(warnings).toEqual([
    expect.stringContaining('short pages'),
    expect.stringContaining('45 of 90 requests a minute'),
  ]);
});
