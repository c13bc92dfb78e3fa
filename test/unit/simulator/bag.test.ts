import fc from 'fast-check';
import { expect, test } from 'vitest';

import { createBag } from '#simulator/bag.ts';
import { createRandom } from '#simulator/random.ts';

const steps = fc.array(fc.record({ isAdded: fc.boolean(), member: fc.nat(8) }));

test('after any writes, a bag holds what a set would, and nothing else is drawn', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(8)), steps, (initial, writes) => {
      const bag = createBag(initial);
      const model = new Set(initial);
      for (const { isAdded, member } of writes) {
        if (isAdded) bag.add(member);
        else bag.remove(member);
        if (isAdded) model.add(member);
        else model.delete(member);
      }
      expect(bag.size).toBe(model.size);
      const random = createRandom(1, 0);
      const drawn = new Set(Array.from({ length: 200 }, () => bag.draw(random)));
      expect(drawn).toEqual(model.size === 0 ? new Set([undefined]) : model);
    }),
  );
});
