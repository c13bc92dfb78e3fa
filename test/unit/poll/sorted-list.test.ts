import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sortedList } from '#poll/sorted-list.ts';

const byNumber = (a: number, b: number) => a - b;

test('whatever comes and goes, members stand where a sorted array has them', () => {
  const step = fc.record({ isAdded: fc.boolean(), number: fc.integer({ min: 0, max: 30 }) });
  const input = [fc.array(fc.nat(30)), fc.array(step), fc.nat(30), fc.nat(40), fc.nat(40)] as const;
  fc.assert(
    fc.property(...input, (initial, steps, point, from, to) => {
      const list = sortedList(byNumber, initial);
      const plain = initial.toSorted(byNumber);
      for (const { isAdded, number } of steps) {
        if (isAdded) {
          list.add(number);
          plain.push(number);
          plain.sort(byNumber);
        } else {
          list.remove(number);
          const index = plain.indexOf(number);
          if (index >= 0) plain.splice(index, 1);
        }
      }
      expect(list.slice(0, list.size)).toEqual(plain);
      expect(list.size).toBe(plain.length);
      expect(list.slice(from, to)).toEqual(plain.slice(from, to));
      expect([...list.from(from)]).toEqual(plain.slice(from));
      expect(list.placeOf((number) => number < point)).toBe(
        plain.filter((number) => number < point).length,
      );
    }),
  );
});

test('more members than fit one block are found in their order, and can all go again', () => {
  const numbers = Array.from({ length: 5000 }, (_, index) => (index * 7919) % 5003);
  const sorted = numbers.toSorted(byNumber);
  const list = sortedList<number>(byNumber);
  for (const number of numbers) list.add(number);
  expect(list.slice(0, 5000)).toEqual(sorted);
  expect(list.slice(1500, 3500)).toEqual(sorted.slice(1500, 3500));
  for (const place of [0, 511, 512, 1024, 4999]) {
    const number = sorted[place] ?? -1;
    expect([...list.from(place)]).toEqual(sorted.slice(place));
    expect(list.placeOf((other) => other < number)).toBe(place);
  }
  for (const number of numbers.slice(0, 4000)) list.remove(number);
  expect(list.slice(0, 5000)).toEqual(numbers.slice(4000).sort(byNumber));
  for (const number of numbers) list.remove(number);
  expect(list.size).toBe(0);
  list.add(1);
  expect(list.slice(0, 5)).toEqual([1]);
});

test('of those that compare as equal one goes, and who is not there takes nobody along', () => {
  const list = sortedList(byNumber, [1, 2, 2, 3]);
  list.remove(2);
  list.remove(4);
  list.remove(0);
  expect(list.slice(0, 4)).toEqual([1, 2, 3]);
});
