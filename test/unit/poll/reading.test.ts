import { expect, test } from 'vitest';
import { advanceReading, startReading } from '#poll/reading.ts';

/** Reads pages of these sizes until the reading ends; answers how many were asked for. */
function readPages(sizes: readonly number[], firstIds?: readonly string[], known = 1000): number {
  let reading = startReading(0);
  for (let asked = 0; asked < 50; asked += 1) {
    if (reading.nextPage === null) return asked;
    const recordCount = sizes[asked] ?? 0;
    const firstId = recordCount === 0 ? null : (firstIds?.[asked] ?? `page-${asked}`);
    reading = advanceReading(reading, { recordCount, firstId }, known);
  }
  throw new Error('The reading does not end.');
}

test('airbytehq/airbyte#86465: a short page is not the last page, wherever it comes', () => {
  expect(readPages([20, 20, 19, 20, 3])).toBe(7);
  expect(readPages([7])).toBe(3);
});

test('an empty page ends a reading only when it is empty twice', () => {
  expect(readPages([20, 20, 20])).toBe(5);
  expect(readPages([])).toBe(2);
  expect(readPages([0, 20, 20])).toBe(5);
  expect(readPages([20, 0, 20, 0, 20])).toBe(7);
});

test('an empty page is asked for again, not passed over', () => {
  const second = advanceReading(startReading(0), { recordCount: 20, firstId: 'a' }, 1000);
  const empty = advanceReading(second, { recordCount: 0, firstId: null }, 1000);
  expect(empty.nextPage).toBe(second.nextPage);
});

test('a page that keeps coming ends the reading of an inbox that ignores the page number', () => {
  expect(readPages([20, 20, 20, 20], ['same', 'same', 'same', 'same'])).toBe(3);
});

test('a list that shifts by a whole page under the reader is no end', () => {
  expect(readPages([20, 20, 20, 20], ['a', 'a', 'b', 'c'])).toBe(6);
});

test('a complete reading stays complete', () => {
  const complete = { ...startReading(0), nextPage: null };
  expect(advanceReading(complete, { recordCount: 20, firstId: 'a' }, 1000)).toEqual(complete);
});

test('an inbox whose pages begin again ends where everyone was read twice and some more', () => {
  const rounds = Array.from({ length: 50 }, () => 20);
  // 40 contacts: twice all of them, and 500 records more.
  expect(readPages(rounds, undefined, 40)).toBe(30);
  expect(() => readPages(rounds, undefined, 1000)).toThrow('does not end');
});
