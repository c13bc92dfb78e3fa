import { expect, test } from 'vitest';
import { sourceState, viewSource } from '#api/source-view.ts';
import type { Source } from '#domain/source.ts';
import type { BudgetUsage } from '#store/budget.ts';
import type { Learned } from '#store/source-state.ts';

const nowMs = Date.parse('2026-06-12T10:00:00.000Z');
const running = { paused: false };
const error = (kind: string, ageMs: number) => ({
  kind,
  message: 'It said so.',
  sinceMs: nowMs - ageMs,
});

test('a source is baselining until its first reading is complete, then watching', () => {
  expect(sourceState(running, {}, nowMs)).toBe('baselining');
  expect(sourceState(running, { baselineCompletedAtMs: 1 }, nowMs)).toBe('watching');
});

test('a refused token is failing at once', () => {
  expect(sourceState(running, { error: error('unauthorized', 0) }, nowMs)).toBe('failing');
});

test('another error is failing only after 60 s', () => {
  const at = (ageMs: number) =>
    sourceState(running, { baselineCompletedAtMs: 1, error: error('timeout', ageMs) }, nowMs);
  expect(at(59_999)).toBe('watching');
  expect(at(60_000)).toBe('failing');
});

test('an error that is over is none', () => {
  expect(sourceState(running, { baselineCompletedAtMs: 1, error: null }, nowMs)).toBe('watching');
});

test('a paused source is paused, whatever went wrong before', () => {
  expect(sourceState({ paused: true }, { error: error('unauthorized', 0) }, nowMs)).toBe('paused');
});

const source: Source = {
  id: 'default',
  provider: 'botpenguin',
  baseUrl: 'https://inbox.example',
  token: 'the-token',
  requestsPerMinute: 90,
  paused: false,
  createdAt: '2026-06-01T08:00:00.000Z',
  updatedAt: '2026-06-01T08:00:00.000Z',
};

const honoured = { verdict: 'honoured' as const, atMs: nowMs };
const learned: Learned = {
  pageSize: 20,
  order: 'createdAt',
  lastSeenAt: honoured,
  createdAt: honoured,
  status: honoured,
  pastEnd: 'empty',
  shortPages: false,
  expectedPages: 10,
};
const usage: BudgetUsage = { usedLastMinute: 3, limit: 90, limitInForce: 90, limitedAtMs: null };

test('the last complete reading vouches for everyone from its start on, also while the next is under way', () => {
  const view = viewSource(source, { verifiedFromMs: nowMs - 90_000 }, usage, nowMs);
  expect(view.freshness.oldestUnverifiedSeconds).toBe(90);
  expect(viewSource(source, {}, usage, nowMs).freshness.oldestUnverifiedSeconds).toBeNull();
});

test('the baseline keeps the number of contacts that it found', () => {
  const grown = { contacts: 120, baselineContacts: 100, baselineCompletedAtMs: nowMs };
  expect(viewSource(source, grown, usage, nowMs)).toMatchObject({
    contacts: 120,
    baseline: { contacts: 100, expectedContacts: null, secondsLeft: 0 },
  });
  expect(viewSource(source, { contacts: 40 }, usage, nowMs).baseline.contacts).toBe(40);
});

test('an age is never negative, though another process may have the faster clock', () => {
  const view = viewSource(source, { hotReadAtMs: nowMs + 5000 }, usage, nowMs);
  expect(view.freshness.hotSeconds).toBe(0);
  expect(JSON.stringify(view)).not.toContain('the-token');
});

test('what was learned of the inbox is shown, with the reading that follows from it', () => {
  const status = { verdict: 'ignored' as const, atMs: nowMs - 1000 };
  const view = viewSource(source, { learned: { ...learned, status } }, usage, nowMs);
  expect(view.inbox).toEqual({
    pageSize: 20,
    order: 'createdAt',
    filters: {
      lastSeenAt: { verdict: 'honoured', since: '2026-06-12T10:00:00.000Z' },
      createdAt: { verdict: 'honoured', since: '2026-06-12T10:00:00.000Z' },
      status: { verdict: 'ignored', since: '2026-06-12T09:59:59.000Z' },
    },
    pastEnd: 'empty',
    shortPages: false,
    reading: 'slices',
  });
  expect(view.warnings).toEqual([expect.stringContaining('`status`')]);
});
