import { expect, test } from 'vitest';
import { createHeldObservations } from '#poll/held-observations.ts';

const minute = 60_000;

function setUp() {
  const clock = { nowMs: 0 };
  return { clock, held: createHeldObservations(() => clock.nowMs) };
}

test('only a later reading that shows the same confirms', () => {
  const { held } = setUp();
  expect(held.isConfirmed('a', 'CLOSED', 1)).toBe(false);
  held.hold('a', 'CLOSED', 5);
  expect(held.isConfirmed('a', 'CLOSED', 5)).toBe(false);
  expect(held.isConfirmed('a', 'OPEN', 6)).toBe(false);
  expect(held.isConfirmed('b', 'CLOSED', 6)).toBe(false);
  expect(held.isConfirmed('a', 'CLOSED', 6)).toBe(true);
});

test('the first of several readings that agree counts, the last of those that do not', () => {
  const { held } = setUp();
  held.hold('a', 'CLOSED', 5);
  held.hold('a', 'CLOSED', 9);
  expect(held.isConfirmed('a', 'CLOSED', 7)).toBe(true);
  held.hold('a', 'REVIEW', 9);
  expect(held.isConfirmed('a', 'CLOSED', 20)).toBe(false);
  expect(held.isConfirmed('a', 'REVIEW', 9)).toBe(false);
});

test('what is released or ten minutes old is forgotten', () => {
  const { held, clock } = setUp();
  held.hold('a', 'CLOSED', 0);
  held.hold('b', 'CLOSED', 0);
  held.release('a');
  expect([held.has('a'), held.has('b')]).toEqual([false, true]);
  clock.nowMs = 10 * minute;
  expect(held.has('b')).toBe(false);
  expect(held.isConfirmed('b', 'CLOSED', 10 * minute)).toBe(false);
});

test('however many are held, the memory is bounded and the newest stay', () => {
  const { held } = setUp();
  for (let number = 0; number <= 10_000; number += 1) held.hold(`contact-${number}`, 'CLOSED', 0);
  expect([held.has('contact-0'), held.has('contact-1'), held.has('contact-10000')]).toEqual([
    false,
    true,
    true,
  ]);
});
