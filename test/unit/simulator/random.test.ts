import { expect, test } from 'vitest';

import { createRandom } from '#simulator/random.ts';

const draws = 10_000;
// Five standard deviations of the mean of so many numbers from [0, 1): 5 × 0.289 / √10,000.
const tolerance = 0.0145;

function take(count: number, draw: () => number): number[] {
  return Array.from({ length: count }, draw);
}

test('the same seeds give the same numbers, and any other seed or stream gives others', () => {
  const numbersOf = (seed: number, stream: number) => take(5, createRandom(seed, stream).next);
  expect(numbersOf(1, 0)).toEqual(numbersOf(1, 0));
  const all = [numbersOf(1, 0), numbersOf(1, 1), numbersOf(2, 0), numbersOf(-1, 0)].flat();
  expect(new Set(all).size).toBe(20);
});

test('numbers fill [0, 1) evenly', () => {
  const numbers = take(draws, createRandom(1, 0).next);
  expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...numbers)).toBeLessThan(1);
  expect(Math.abs(numbers.reduce((a, b) => a + b) / draws - 0.5)).toBeLessThan(tolerance);
});

test('whole numbers take every value of their range, ends included', () => {
  const random = createRandom(1, 0);
  const numbers = new Set(take(1000, () => random.integer(-1, 2)));
  expect([...numbers].sort((a, b) => a - b)).toEqual([-1, 0, 1, 2]);
});

test('luck follows its probability', () => {
  const random = createRandom(1, 0);
  expect(take(1000, () => Number(random.isLucky(0)))).not.toContain(1);
  expect(take(1000, () => Number(random.isLucky(1)))).not.toContain(0);
});

test('picks follow their weights, and a weight of nothing is never picked', () => {
  const random = createRandom(1, 0);
  const choices = [
    ['often', 3],
    ['seldom', 1],
    ['never', 0],
  ] as const;
  const picks = Array.from({ length: draws }, () => random.pickWeighted(choices));
  expect(picks).not.toContain('never');
  const often = picks.filter((pick) => pick === 'often').length / draws;
  // Five standard deviations of a share: 5 × √(0.75 × 0.25 / 10,000).
  expect(Math.abs(often - 0.75)).toBeLessThan(0.022);
});

test('waits have the mean of their rate, and at rate 0 last for ever', () => {
  const random = createRandom(1, 0);
  const waits = take(draws, () => random.exponential(0.25));
  // Five standard deviations of the mean of so many waits: 5 × 4 / √10,000.
  expect(Math.abs(waits.reduce((a, b) => a + b) / draws - 4)).toBeLessThan(0.2);
  expect(random.exponential(0)).toBe(Number.POSITIVE_INFINITY);
});

test('from nothing, nothing can be picked', () => {
  expect(() => createRandom(1, 0).pick([])).toThrow('Nothing to pick from');
});
