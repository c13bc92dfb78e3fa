import { expect, test } from 'vitest';
import { readingOf } from '#domain/reading.ts';

test.each([
  ['honoured', 'honoured', 'lists'],
  ['unknown', 'unknown', 'lists'],
  ['unknown', 'ignored', 'slices'],
  ['ignored', 'honoured', 'pages'],
  ['ignored', 'ignored', 'pages'],
] as const)('with createdAt %s and status %s an inbox is read by %s', (createdAt, status, mode) => {
  expect(readingOf({ createdAt, status })).toBe(mode);
});
