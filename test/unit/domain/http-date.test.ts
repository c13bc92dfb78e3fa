import fc from 'fast-check';
import { expect, test } from 'vitest';

import { parseHttpDate, parseRetryAfter } from '#domain/http-date.ts';

const nowMs = Date.UTC(1994, 10, 6, 8, 49, 37);

test('the date that RFC 9110 gives as example is read', () => {
  expect(parseHttpDate('Sun, 06 Nov 1994 08:49:37 GMT')).toBe(nowMs);
});

test('every date that a server may send is read to the second', () => {
  const seconds = fc.integer({ min: 0, max: Date.UTC(9999, 0) / 1000 });
  fc.assert(
    fc.property(seconds, (second) => {
      expect(parseHttpDate(new Date(second * 1000).toUTCString())).toBe(second * 1000);
    }),
  );
});

test.each([
  '',
  '0',
  'yesterday',
  '1994-11-06T08:49:37Z',
  'Sun, 06 Xyz 1994 08:49:37 GMT',
  'undefined',
])('"%s" is no HTTP date', (text) => {
  expect(parseHttpDate(text)).toBeNull();
});

test.each([
  ['0', 0],
  ['120', 120_000],
  [' 5 ', 5000],
  ['Sun, 06 Nov 1994 08:49:39 GMT', 2000],
  ['Sun, 06 Nov 1994 08:49:00 GMT', 0],
  ['Sun, 06 Nov 1994 10:49:37 GMT', 7_200_000],
  ['9'.repeat(400), Number.MAX_SAFE_INTEGER],
])('Retry-After "%s" is a wait of %i ms', (text, expectedMs) => {
  expect(parseRetryAfter(text, nowMs)).toBe(expectedMs);
});

test.each(['', '-1', '1.5', '1e3', 'soon', 'undefined'])(
  'Retry-After "%s" says nothing',
  (text) => {
    expect(parseRetryAfter(text, nowMs)).toBeNull();
  },
);
