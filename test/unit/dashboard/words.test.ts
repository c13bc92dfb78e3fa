import { expect, test } from 'vitest';
import { ageWords, countWords, distanceWords, durationWords } from '#dashboard/words.ts';

test.each([
  [0, '0 ms'],
  [0.0194, '19 ms'],
  [0.5, '500 ms'],
  [0.9951, '1 s'],
  [1, '1 s'],
  [1.44, '1.4 s'],
  [9.96, '10 s'],
  [42.4, '42 s'],
  [59.6, '1 min'],
  [60, '1 min'],
  [65, '1 min 5 s'],
  [599, '9 min 59 s'],
  [600, '10 min'],
  [3599, '59 min'],
  [3600, '1 h'],
  [7500, '2 h 5 min'],
  [47 * 3600, '47 h'],
  [48 * 3600, '2 days'],
  [51 * 3600, '2 days 3 h'],
  [30 * 86_400, '30 days'],
])('%s seconds are %s', (seconds, words) => {
  expect(durationWords(seconds)).toBe(words);
});

test('an age is in whole seconds, and never less than one', () => {
  expect([0, 0.2, 1.2, 41.01].map(ageWords)).toEqual(['1 s', '1 s', '2 s', '42 s']);
});

test.each([
  [0, 'now'],
  [999, 'now'],
  [-999, 'now'],
  [12_000, '12 s ago'],
  [-180_000, 'in 3 min'],
  [165_000, '2 min ago'],
  [7_500_000, '2 h ago'],
  [47 * 3_600_000, '47 h ago'],
  [-50 * 3_600_000, 'in 2 days'],
])('%s ms ago is “%s”', (passedMs, words) => {
  expect(distanceWords(1_000_000 - passedMs, 1_000_000)).toBe(words);
});

test('counts say one or many', () => {
  expect(countWords(1, 'change')).toBe('1 change');
  expect(countWords(0, 'change')).toBe('0 changes');
  expect(countWords(1200, 'delivery', 'deliveries')).toBe('1,200 deliveries');
});
