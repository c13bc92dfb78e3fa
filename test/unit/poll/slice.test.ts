import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ContactIndex, createContactIndex, type Placed } from '#poll/contact-index.ts';
import { cutSlice, type Slice } from '#poll/slice.ts';

/** Long quiet times, busy seconds, and whole imports in one millisecond. */
const stepMs = fc.oneof(
  { weight: 4, arbitrary: fc.constant(0) },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 3 }) },
  { weight: 2, arbitrary: fc.integer({ min: 1900, max: 2100 }) },
  { weight: 1, arbitrary: fc.integer({ min: 10_000, max: 1e9 }) },
);
const population = fc
  .array(fc.tuple(stepMs, fc.constantFrom('OPEN', 'CLOSED', 'REVIEW')), { maxLength: 80 })
  .map((steps) => {
    let createdAtMs = Date.parse('2026-01-01T00:00:00.000Z');
    return steps.map(([passedMs, status], place): Placed => {
      createdAtMs += passedMs;
      return { id: `contact-${place}`, createdAtMs, status };
    });
  });
const wanted = fc.constantFrom(null, ['OPEN'], ['OPEN', 'REVIEW']);
const most = fc.integer({ min: 1, max: 25 });

function indexOf(...timesMs: readonly number[]) {
  return createContactIndex(
    timesMs.map((createdAtMs, place) => ({ id: `contact-${place}`, createdAtMs, status: 'OPEN' })),
  );
}

/** A whole round; one that does not end after everyone had a slice of their own never does. */
function walk(index: ContactIndex, statuses: readonly string[] | null, atMost: number): Slice[] {
  const slices: Slice[] = [];
  let fromMs: number | null = null;
  do {
    const slice = cutSlice(index, statuses, fromMs, atMost);
    slices.push(slice);
    fromMs = slice.nextMs;
    if (slices.length > index.size + 1) throw new Error('The round does not end.');
  } while (fromMs !== null);
  return slices;
}

function isInside({ fromMs, toMs }: Slice, timeMs: number): boolean {
  return (fromMs === null || timeMs >= fromMs) && (toMs === null || timeMs <= toMs);
}

test('a round ends and expects everyone of its statuses exactly once', () => {
  fc.assert(
    fc.property(population, wanted, most, (contacts, statuses, atMost) => {
      const index = createContactIndex(contacts);
      const expected = walk(index, statuses, atMost).flatMap((slice) => slice.expected);
      expect(expected).toEqual(index.from(statuses, null, contacts.length));
    }),
  );
});

test('every known contact is asked for by the one slice that expects it, and by no other', () => {
  fc.assert(
    fc.property(population, wanted, most, (contacts, statuses, atMost) => {
      const index = createContactIndex(contacts);
      const everyone = index.from(statuses, null, contacts.length);
      for (const slice of walk(index, statuses, atMost)) {
        expect(everyone.filter(({ createdAtMs }) => isInside(slice, createdAtMs))).toEqual(
          slice.expected,
        );
      }
    }),
  );
});

test('the slices of a round leave no moment out, whoever may have been created in it', () => {
  fc.assert(
    fc.property(population, wanted, most, (contacts, statuses, atMost) => {
      const slices = walk(createContactIndex(contacts), statuses, atMost);
      expect(slices[0]?.fromMs).toBeNull();
      expect(slices.at(-1)?.toMs).toBeNull();
      for (const [place, { toMs, nextMs }] of slices.slice(0, -1).entries()) {
        expect(slices[place + 1]?.fromMs).toBe(nextMs);
        expect(nextMs ?? 0).toBeLessThanOrEqual((toMs ?? 0) + 1);
      }
    }),
  );
});

test('a slice holds no more than asked for, unless they all share one moment', () => {
  fc.assert(
    fc.property(population, wanted, most, (contacts, statuses, atMost) => {
      for (const { expected, isTied } of walk(createContactIndex(contacts), statuses, atMost)) {
        const moments = new Set(expected.map(({ createdAtMs }) => createdAtMs));
        expect(isTied).toBe(expected.length > atMost);
        if (isTied) expect(moments.size).toBe(1);
      }
    }),
  );
});

test('every slice begins later than the one before, also when people come and go meanwhile', () => {
  fc.assert(
    fc.property(population, population, most, (contacts, others, atMost) => {
      const indexes = [createContactIndex(contacts), createContactIndex(others)] as const;
      let fromMs: number | null = null;
      for (let turn = 0; turn < 200; turn += 1) {
        const { nextMs }: Slice = cutSlice(indexes[turn % 2 === 0 ? 0 : 1], null, fromMs, atMost);
        if (nextMs === null) return;
        expect(nextMs).toBeGreaterThan(fromMs ?? Number.NEGATIVE_INFINITY);
        fromMs = nextMs;
      }
      throw new Error('The round does not end.');
    }),
  );
});

test('a slice is cut in the middle of a gap that is safe from stamps in whole seconds', () => {
  // The fourth would fit, but stands within two seconds of the fifth.
  const slice = cutSlice(indexOf(0, 10_000, 20_000, 30_000, 31_999, 40_000), null, null, 4);
  expect(slice.expected).toHaveLength(3);
  expect(slice).toMatchObject({ fromMs: null, toMs: 25_000, nextMs: 25_000, isTied: false });
  // Two seconds are enough.
  expect(cutSlice(indexOf(0, 10_000, 20_000, 30_000, 32_000), null, null, 4)).toMatchObject({
    toMs: 31_000,
  });
});

test('no more than half of a slice is given up for a safe gap', () => {
  const busy = [10_000, 10_100, 10_200, 10_300, 10_400, 10_500];
  const slice = cutSlice(indexOf(0, ...busy), null, null, 5);
  expect(slice.expected).toHaveLength(5);
  expect(slice).toMatchObject({ toMs: 10_350, nextMs: 10_350 });
  expect(cutSlice(indexOf(0, 1, ...busy), null, null, 5).expected).toHaveLength(5);
  expect(cutSlice(indexOf(0, 1, 2, ...busy), null, null, 5).expected).toHaveLength(3);
});

test('neighbours of one millisecond are parted between them', () => {
  const slice = cutSlice(indexOf(100, 101, 102), null, null, 2);
  expect(slice).toMatchObject({ toMs: 101, nextMs: 102, isTied: false });
});

test('more than fit a page in one moment are one slice, and the next begins right after', () => {
  const index = indexOf(5, 5, 5, 5, 9);
  expect(cutSlice(index, null, 2, 3)).toMatchObject({
    fromMs: 2,
    toMs: 5,
    nextMs: 6,
    isTied: true,
  });
  expect(cutSlice(index, null, 6, 3)).toMatchObject({ toMs: null, nextMs: null, isTied: false });
});

test('an inbox without anybody is one slice that asks for everyone', () => {
  expect(cutSlice(indexOf(), null, null, 19)).toEqual({
    fromMs: null,
    toMs: null,
    nextMs: null,
    expected: [],
    isTied: false,
  });
});
