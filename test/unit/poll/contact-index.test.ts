import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createContactIndex, type Placed } from '#poll/contact-index.ts';

const statuses = ['OPEN', 'CLOSED', 'Waiting'];
const placed: fc.Arbitrary<Placed> = fc.record({
  id: fc.integer({ min: 0, max: 30 }).map((number) => `contact-${number}`),
  createdAtMs: fc.integer({ min: 0, max: 20 }),
  status: fc.constantFrom(...statuses),
});
const writes = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('place' as const), contact: placed }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('remove' as const), contact: placed }) },
  ),
  { maxLength: 60 },
);

/** The same in the plainest way: a map that is sorted anew for every question. */
function createModel(initial: readonly Placed[]) {
  const contacts = new Map(initial.map((contact) => [contact.id, contact]));
  const inOrder = (wanted: readonly string[] | null) =>
    [...contacts.values()]
      .filter(({ status }) => wanted === null || wanted.includes(status))
      .sort((a, b) => a.createdAtMs - b.createdAtMs || a.id.localeCompare(b.id));
  return { contacts, inOrder };
}

test('the index answers as a list that is sorted anew for every question', () => {
  fc.assert(
    fc.property(
      fc.array(placed, { maxLength: 30 }),
      writes,
      fc.record({
        wanted: fc.option(fc.subarray([...statuses, 'Nobody has this'])),
        fromMs: fc.option(fc.integer({ min: -1, max: 22 })),
        count: fc.integer({ min: 0, max: 40 }),
      }),
      (initial, written, { wanted, fromMs, count }) => {
        const index = createContactIndex(initial);
        const { contacts, inOrder } = createModel(initial);
        for (const { kind, contact } of written) {
          if (kind === 'place') contacts.set(contact.id, contact);
          else contacts.delete(contact.id);
          if (kind === 'place') index.place(contact);
          else index.remove(contact.id);
        }
        const isAhead = ({ createdAtMs }: Placed) => fromMs === null || createdAtMs >= fromMs;
        const older = inOrder(null).filter(({ createdAtMs }) => createdAtMs < (fromMs ?? 0));
        expect(index.size).toBe(contacts.size);
        expect(index.from(wanted, fromMs, count)).toEqual(
          inOrder(wanted).filter(isAhead).slice(0, count),
        );
        expect(index.before(fromMs ?? 0, count)).toEqual(
          older.slice(Math.max(0, older.length - count)),
        );
        expect(index.rank(wanted, fromMs)).toBe(
          fromMs === null ? 0 : inOrder(wanted).filter((each) => !isAhead(each)).length,
        );
        expect(Object.fromEntries(index.counts())).toEqual(
          Object.fromEntries(
            [...Map.groupBy(inOrder(null), ({ status }) => status)].map(([status, members]) => [
              status,
              members.length,
            ]),
          ),
        );
      },
    ),
  );
});

test('who is placed anew stands where they stand now, and nowhere else', () => {
  const index = createContactIndex([{ id: 'ada', createdAtMs: 10, status: 'OPEN' }]);
  index.place({ id: 'ada', createdAtMs: 10, status: 'CLOSED' });
  expect(index.find('ada')).toEqual({ id: 'ada', createdAtMs: 10, status: 'CLOSED' });
  expect(index.from(['OPEN'], null, 10)).toEqual([]);
  expect([...index.counts()]).toEqual([['CLOSED', 1]]);
});

test('who is removed is not found, and removing a stranger changes nothing', () => {
  const index = createContactIndex([{ id: 'ada', createdAtMs: 10, status: 'OPEN' }]);
  index.remove('bob');
  expect(index.size).toBe(1);
  index.remove('ada');
  expect(index.find('ada')).toBeUndefined();
  expect(index.size).toBe(0);
});
