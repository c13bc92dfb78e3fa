import { expect, test } from 'vitest';
import { advanceReading, startReading } from '#poll/reading.ts';

/** Reads pages of these sizes until the reading ends; answers how many were asked for. */
function readPages(sizes: readonly number[], firstIds?: readonly string[]): number {
  let reading = startReading(0, 0);
  for (let asked = 0; asked < 50; asked += 1) {
    if (reading.nextPage === null) return asked;
    const recordCount = sizes[asked] ?? 0;
    const firstId = recordCount === 0 ? null : (firstIds?.[asked] ?? `page-${asked}`);
    reading = advanceReading(reading, { recordCount, firstId });
  }
  throw new Error('The reading does not end.');
}

test('a short page after two full ones is the last', () => {
  expect(readPages([20, 20, 20, 7])).toBe(4);
});

test('a short page is not the last while the page size is not sure', () => {
  expect(readPages([20, 7, 20, 20])).toBe(5);
  expect(readPages([7])).toBe(2);
});

test('an empty page is the last, and so is an empty inbox', () => {
  expect(readPages([20, 20, 20])).toBe(4);
  expect(readPages([])).toBe(1);
});

test('a page that comes again ends the reading of an inbox that ignores the page number', () => {
  expect(readPages([20, 20, 20, 20], ['same', 'same', 'same', 'same'])).toBe(2);
});

test('a page longer than the page size learned so far makes it learn again', () => {
  expect(readPages([10, 10, 20, 15, 20, 20, 3])).toBe(7);
});

test('a complete reading stays complete', () => {
  const complete = { ...startReading(0, 20), nextPage: null };
  expect(advanceReading(complete, { recordCount: 20, firstId: 'a' })).toEqual(complete);
});
