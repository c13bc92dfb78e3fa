import { expect, test } from 'vitest';
import { sourceState, viewSource } from '#api/source-view.ts';
import type { Source } from '#domain/source.ts';

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

test('another error is failing only after more than 60 s', () => {
  const at = (ageMs: number) =>
    sourceState(running, { baselineCompletedAtMs: 1, error: error('timeout', ageMs) }, nowMs);
  expect(at(60_000)).toBe('watching');
  expect(at(60_001)).toBe('failing');
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

test('the last complete reading vouches for everyone from its start on, also while the next is under way', () => {
  const view = viewSource(source, { verifiedFromMs: nowMs - 90_000 }, 3, nowMs);
  expect(view.freshness.oldestUnverifiedSeconds).toBe(90);
  expect(viewSource(source, {}, 3, nowMs).freshness.oldestUnverifiedSeconds).toBeNull();
});

test('the baseline keeps the number of contacts that it found', () => {
  const grown = { contacts: 120, baselineContacts: 100, baselineCompletedAtMs: nowMs };
  expect(viewSource(source, grown, 3, nowMs)).toMatchObject({
    contacts: 120,
    baseline: { contacts: 100 },
  });
  expect(viewSource(source, { contacts: 40 }, 3, nowMs).baseline.contacts).toBe(40);
});

test('an age is never negative, though another process may have the faster clock', () => {
  const view = viewSource(source, { hotReadAtMs: nowMs + 5000 }, 3, nowMs);
  expect(view.freshness.hotSeconds).toBe(0);
  expect(JSON.stringify(view)).not.toContain('the-token');
});
