import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareLogIds, logStart } from '#store/log-id.ts';

const parts = fc.tuple(fc.nat(2 ** 31 - 1), fc.nat(20));
const toId = ([ms, number]: [number, number]) => `${ms}-${number}`;

test('log ids are ordered by their milliseconds, then by their number, both as numbers', () => {
  const ids = ['10-2', '9-11', '10-10', '9-2', '1718186400000-0'];
  expect(ids.sort(compareLogIds)).toEqual(['9-2', '9-11', '10-2', '10-10', '1718186400000-0']);
});

test('the order is the same from both sides, and only an id equals itself', () => {
  fc.assert(
    fc.property(parts, parts, (left, right) => {
      const [forth, back] = [
        compareLogIds(toId(left), toId(right)),
        compareLogIds(toId(right), toId(left)),
      ];
      expect(Math.sign(forth) + Math.sign(back)).toBe(0);
      expect(forth === 0).toBe(toId(left) === toId(right));
    }),
  );
});

test('every entry comes after the start of the log', () => {
  fc.assert(
    fc.property(parts, ([ms, number]) => {
      expect(compareLogIds(toId([ms, number + 1]), logStart)).toBeGreaterThan(0);
    }),
  );
});
