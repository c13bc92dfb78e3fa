import fc from 'fast-check';
import { expect, test } from 'vitest';
import { documentedStatuses } from '#domain/status.ts';
import { notBegun } from '#poll/cycle.ts';
import { arrangeLists, countChange, fade } from '#poll/lists.ts';
import { emptyPlan } from '#poll/planner.ts';

const most = 19;
const minute = 60_000;
const startMs = Date.parse('2026-06-12T10:00:00.000Z');

type Counts = Readonly<Record<string, number>>;

const fewOpen: Counts = { CLOSED: 1000, OPEN: 5, ONHOLD: 5 };
const manyOpen: Counts = { CLOSED: 1000, OPEN: 400, ONHOLD: 400 };

function arrange(counts: Counts, plan = emptyPlan, nowMs = startMs) {
  return arrangeLists(plan, new Map(Object.entries(counts)), most, nowMs);
}

function statusesOf({ lists }: typeof emptyPlan): string[][] {
  return lists.map(({ statuses }) => [...statuses]);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** The status that no list asks for. */
function leftOut(plan: typeof emptyPlan, counts: Counts): string[] {
  const listed = new Set(statusesOf(plan).flat());
  return [...new Set([...documentedStatuses, ...Object.keys(counts)])].filter(
    (status) => !listed.has(status),
  );
}

const anyCounts = fc.dictionary(
  fc.constantFrom(...documentedStatuses, 'Waiting for parts', 'Handed over'),
  fc.integer({ min: 1, max: 200 }),
);

test('every status but the commonest is in exactly one list, documented or not, seen or not', () => {
  fc.assert(
    fc.property(anyCounts, (counts) => {
      const plan = arrange(counts);
      const listed = statusesOf(plan).flat();
      expect(new Set(listed).size).toBe(listed.length);
      const [commonest = '', ...others] = leftOut(plan, counts);
      expect(others).toEqual([]);
      expect(counts[commonest] ?? 0).toBe(Math.max(0, ...Object.values(counts)));
    }),
  );
});

test('no arrangement takes more requests a round than a list for each status', () => {
  fc.assert(
    fc.property(anyCounts, (counts) => {
      const { lists } = arrange(counts);
      const requestsFor = (statuses: readonly string[]) =>
        Math.max(1, Math.ceil(sum(statuses.map((status) => counts[status] ?? 0)) / most));
      const each = lists.flatMap(({ statuses }) => statuses.map((status) => requestsFor([status])));
      expect(sum(lists.map(({ statuses }) => requestsFor(statuses)))).toBeLessThanOrEqual(
        sum(each),
      );
    }),
  );
});

test('statuses that fit a page together share a list, and large ones have their own', () => {
  expect(arrange(fewOpen).lists).toHaveLength(1);
  const large = statusesOf(arrange(manyOpen));
  expect(large.filter((statuses) => statuses.includes('OPEN'))).not.toEqual(
    large.filter((statuses) => statuses.includes('ONHOLD')),
  );
});

test('the deleted are not asked for, however many there are', () => {
  const plan = arrange({ ...manyOpen, DELETED: 5000 });
  expect(statusesOf(plan).flat()).not.toContain('DELETED');
  expect(leftOut(plan, manyOpen)).toEqual(['CLOSED']);
});

test('the status left out stays so until another is a fifth commoner', () => {
  const plan = arrange({ CLOSED: 100, OPEN: 90 });
  const almost = { CLOSED: 100, OPEN: 120 };
  expect(leftOut(arrange(almost, plan, startMs + 11 * minute), almost)).toEqual(['CLOSED']);
  const clearly = { CLOSED: 100, OPEN: 121 };
  expect(leftOut(arrange(clearly, plan, startMs + 1), clearly)).toEqual(['OPEN']);
});

test('a new status does not change which one is left out', () => {
  const plan = arrange({ CLOSED: 100, OPEN: 90 });
  const counts = { CLOSED: 100, OPEN: 110, 'Waiting for parts': 1 };
  expect(leftOut(arrange(counts, plan, startMs + 1), counts)).toEqual(['CLOSED']);
});

test('a status that nobody has any more is not left out for ever', () => {
  const plan = arrange({ Archived: 100, OPEN: 50 });
  const counts = { OPEN: 50, ONHOLD: 20 };
  expect(leftOut(arrange(counts, plan, startMs + 1), counts)).toEqual(['OPEN']);
});

test('an arrangement holds for ten minutes, whatever the lists grow to', () => {
  const plan = arrange(fewOpen);
  expect(arrange(manyOpen, plan, startMs + 10 * minute - 1)).toBe(plan);
  const later = arrange(manyOpen, plan, startMs + 10 * minute);
  expect(later.arrangedAtMs).toBe(startMs + 10 * minute);
  expect(later.lists.length).toBeGreaterThan(plan.lists.length);
});

test('a clock that was set back does not make an arrangement hold for longer', () => {
  const plan = arrange(manyOpen);
  expect(arrange(manyOpen, plan, startMs - 1).arrangedAtMs).toBe(startMs - 1);
});

test('a new status is asked for at sight', () => {
  const plan = arrange(manyOpen);
  const later = arrange({ ...manyOpen, 'Waiting for parts': 1 }, plan, startMs + 1);
  expect(statusesOf(later).flat()).toContain('Waiting for parts');
});

test('a list that stays as it was goes on where it stands, and a new one begins', () => {
  const plan = arrange(manyOpen);
  const lists = plan.lists.map((list) => ({ ...list, cycle: { ...notBegun, cursorMs: 5 } }));
  const later = arrange({ ...manyOpen, Waiting: 1 }, { ...plan, lists }, startMs + 1);
  const kept = later.lists.filter(({ statuses }) => !statuses.includes('Waiting'));
  expect(kept.length).toBeGreaterThan(0);
  for (const { statuses, cycle, found } of kept) {
    expect(lists).toContainEqual(expect.objectContaining({ statuses, cycle, found }));
  }
  const joined = later.lists.find(({ statuses }) => statuses.includes('Waiting'));
  expect(joined?.cycle).toEqual(notBegun);
});

test('what was found goes with the statuses it was found in, and none of it is lost', () => {
  const plan = arrange(fewOpen);
  const found = { ...plan, lists: plan.lists.map((list) => ({ ...list, found: 10 })) };
  const apart = arrange(manyOpen, found, startMs + 10 * minute);
  // Five statuses, two each.
  for (const list of apart.lists) expect(list.found).toBeCloseTo(2 * list.statuses.length);
  const together = arrange(fewOpen, apart, startMs + 20 * minute);
  expect(together.lists.map((list) => list.found)).toEqual([expect.closeTo(10)]);
});

test('a change counts for the list it left and for the one it joined, and once where they are one', () => {
  const foundOf = (plan: typeof emptyPlan, touched: string[]) =>
    countChange(plan, touched).lists.reduce((total, { found }) => total + found, 0);
  expect(foundOf(arrange(manyOpen), ['OPEN', 'ONHOLD'])).toBe(2);
  expect(foundOf(arrange(fewOpen), ['OPEN', 'ONHOLD'])).toBe(1);
  expect(foundOf(arrange(manyOpen), ['CLOSED', 'OPEN'])).toBe(1);
  const open = countChange(arrange(manyOpen), ['CLOSED', 'OPEN']).lists.find(
    ({ found }) => found === 1,
  );
  expect(open?.statuses).toContain('OPEN');
});

test('what was found an hour ago counts half, however often it is looked at', () => {
  const plan = { ...countChange(arrange(manyOpen), ['OPEN']), fadedAtMs: startMs };
  const foundOf = ({ lists }: typeof plan) =>
    lists.find(({ statuses }) => statuses.includes('OPEN'))?.found;
  expect(foundOf(fade(plan, startMs + 60 * minute))).toBeCloseTo(0.5);
  const often = [15, 30, 45, 60].reduce((at, past) => fade(at, startMs + past * minute), plan);
  expect(foundOf(often)).toBeCloseTo(0.5);
  expect(foundOf(fade(plan, startMs - 60 * minute))).toBe(1);
});

test('lists begin their rounds one after the other, spread over a round', () => {
  const { lists } = arrange(manyOpen);
  expect(lists.length).toBeGreaterThan(1);
  expect(lists.map(({ turn }) => turn)).toEqual(lists.map((_, place) => place / lists.length));
});

test('of very many statuses the rarest share a list', () => {
  const custom = Array.from({ length: 30 }, (_, place) => [`Custom ${place}`, 40 + place] as const);
  const plan = arrange({ CLOSED: 9000, ...Object.fromEntries(custom) });
  expect(plan.lists.length).toBeLessThanOrEqual(7);
  const listed = plan.lists.flatMap(({ statuses }) => statuses);
  expect(new Set(listed).size).toBe(listed.length);
  expect(listed).toEqual(expect.arrayContaining(custom.map(([status]) => status)));
});

test('lists that stay as they are keep their turns, or a long round would never come to its end', () => {
  const plan = arrange(manyOpen);
  const lists = plan.lists.map((list, place) => ({ ...list, turn: 7 + place / 10 }));
  const later = arrange(manyOpen, { ...plan, lists }, startMs + 10 * minute);
  expect(later.lists).toEqual(lists);
  expect(later.arrangedAtMs).toBe(startMs + 10 * minute);
});

test('a new list waits its turn among those that are there', () => {
  const plan = arrange(manyOpen);
  const lists = plan.lists.map((list) => ({ ...list, turn: 7 }));
  const later = arrange({ ...manyOpen, Waiting: 1000 }, { ...plan, lists }, startMs + 1);
  for (const { turn } of later.lists) {
    expect(turn).toBeGreaterThanOrEqual(7);
    expect(turn).toBeLessThan(8);
  }
});
