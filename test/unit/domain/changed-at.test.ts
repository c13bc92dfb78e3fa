import { expect, test } from 'vitest';
import { changedAt } from '#domain/changed-at.ts';

const updatedAt = '2026-06-12T10:00:00.000Z';

test.each([
  ['later', '2026-06-12T10:00:05.000Z', '2026-06-12T10:00:05.000Z'],
  ['within the same millisecond', updatedAt, '2026-06-12T10:00:00.001Z'],
  ['by a clock that is behind', '2026-06-12T09:00:00.000Z', '2026-06-12T10:00:00.001Z'],
])('a change %s has a time of its own', (_, now, expected) => {
  expect(changedAt({ updatedAt }, Date.parse(now))).toBe(expected);
});
