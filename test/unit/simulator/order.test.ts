import fc from 'fast-check';
import { expect, test } from 'vitest';

import { createOrder } from '#simulator/order.ts';

interface Member {
  readonly serial: number;
  key: number;
}

const steps = fc.array(
  fc.record({
    act: fc.constantFrom('add', 'move', 'remove'),
    which: fc.nat(20),
    key: fc.integer({ min: -3, max: 3 }),
  }),
);

test('after any writes, members stand as if sorted anew', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -3, max: 3 })), steps, (initialKeys, writes) => {
      let serial = 0;
      const make = (key: number): Member => ({ serial: serial++, key });
      let model = initialKeys.map(make);
      const order = createOrder<Member>(({ key }) => key, model);
      for (const { act, which, key } of writes) {
        const member = act === 'add' ? make(key) : model[which % model.length];
        if (member === undefined) continue;
        if (act === 'remove') {
          model = model.filter((other) => other !== member);
          order.remove(member);
          continue;
        }
        if (act === 'add') model.push(member);
        member.key = key;
        order.place(member);
      }
      const sorted = model.toSorted((a, b) => a.key - b.key || a.serial - b.serial);
      expect(order.members).toEqual(sorted);
      expect(order.between(-1, 1)).toEqual(sorted.filter(({ key }) => key >= -1 && key <= 1));
    }),
  );
});

test('a member that was never filed can be removed without harm', () => {
  const member = { serial: 0, key: 1 };
  const order = createOrder(({ key }) => key, [member]);
  order.remove({ serial: 0, key: 1 });
  expect(order.members).toEqual([member]);
});
