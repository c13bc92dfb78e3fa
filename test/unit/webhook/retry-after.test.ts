import { expect, test } from 'vitest';
import { parseRetryAfter } from '#webhook/retry-after.ts';

const nowMs = Date.UTC(2026, 5, 12, 10, 0, 0);

test.each([
  ['0', 0],
  ['120', 120_000],
  [' 5 ', 5000],
  ['Fri, 12 Jun 2026 10:01:30 GMT', 90_000],
  ['Fri, 12 Jun 2026 09:00:00 GMT', 0],
])('reads %j as a wait of %i ms', (field, waitMs) => {
  expect(parseRetryAfter(field, nowMs)).toBe(waitMs);
});

test.each(['', '-1', '1.5', '5s', 'soon', '2026-06-12T10:01:30Z', 'Fri, 99 Foo 2026 10:00:00 GMT'])(
  'takes no wait from %j',
  (field) => {
    expect(parseRetryAfter(field, nowMs)).toBeNull();
  },
);

test('keeps an absurdly long wait a number', () => {
  expect(parseRetryAfter('9'.repeat(400), nowMs)).toBe(Number.MAX_SAFE_INTEGER);
});
