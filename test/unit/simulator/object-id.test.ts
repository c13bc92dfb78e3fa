import { expect, test } from 'vitest';

import { createObjectIds, drawHex } from '#simulator/object-id.ts';
import { createRandom } from '#simulator/random.ts';

test('ids hold seconds, a lasting part and a counter', () => {
  const nextId = createObjectIds(createRandom(1, 0));
  // 2026-06-12T08:13:50Z, the moment of the documented sample.
  const ids = [1781252030362, 1781252030362, 1781252031000].map(nextId);
  expect(ids.map((id) => id.slice(0, 8))).toEqual(['6a2bbfbe', '6a2bbfbe', '6a2bbfbf']);
  expect(new Set(ids.map((id) => id.slice(8, 18))).size).toBe(1);
  const counters = ids.map((id) => Number.parseInt(id.slice(18), 16));
  expect(counters.map((counter) => counter - counters[0]!)).toEqual([0, 1, 2]);
  expect(ids.every((id) => /^[0-9a-f]{24}$/.test(id))).toBe(true);
});

test('the digits that are drawn are those of the numbers drawn, and no more than asked for', () => {
  const numbers = [0x0123abcd, 0xfedc4567];
  const random = { ...createRandom(1, 0), integer: () => numbers.shift() ?? 0 };
  expect(drawHex(random, 10)).toBe('0123abcdfe');
});
