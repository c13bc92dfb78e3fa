import { expect, test } from 'vitest';
import { createContactIndex, type Placed } from '#poll/contact-index.ts';

test('NangoHQ/nango#2064: half a million contacts fit the index and come out of it without filling the stack', () => {
  const count = 500_000;
  function* everyone(): Generator<Placed> {
    for (let place = 0; place < count; place += 1) {
      yield { id: `contact-${place}`, createdAtMs: place, status: 'OPEN' };
    }
  }
  const index = createContactIndex(everyone());
  index.place({ id: 'late', createdAtMs: 5, status: 'CLOSED' });
  expect(index.from(null, null, count + 1)).toHaveLength(count + 1);
  expect(index.rank(['OPEN'], count)).toBe(count);
});
