import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseDuration } from '#domain/duration.ts';
import { nextAttemptDelay } from '#domain/retry-schedule.ts';

test('each failed attempt waits for its entry, and after the last there is no more', () => {
  const schedule = [5000, 60_000];
  const delays = [1, 2, 3].map((attempts) => nextAttemptDelay(schedule, attempts, 0.5));
  expect(delays).toEqual([5000, 60_000, null]);
});

test('outpost, hook0 (by reading): jitter stays within 20 % either way', () => {
  expect(nextAttemptDelay([1000], 1, 0)).toBe(800);
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (random) => {
      const delay = nextAttemptDelay([1000], 1, random) ?? 0;
      expect(delay).toBeGreaterThanOrEqual(800);
      expect(delay).toBeLessThanOrEqual(1200);
    }),
  );
});

test.each([
  ['200ms', 200],
  ['5s', 5000],
  ['1m', 60_000],
  ['2h', 7_200_000],
])('%s is %i ms', (text, milliseconds) => {
  expect(parseDuration(text)).toBe(milliseconds);
});

test.each(['', '5', 's', '5 s', '-5s', '1.5h', '5d', '5sm'])('"%s" is no duration', (text) => {
  expect(parseDuration(text)).toBeNull();
});
