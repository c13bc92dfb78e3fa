import { expect, test } from 'vitest';
import { arrangeLists } from '#poll/lists.ts';
import { advancePlan, emptyPlan, mostInSlice, nextTask } from '#poll/planner.ts';
import { areaOf } from '#poll/slice.ts';
import {
  type Done,
  inboxOf,
  inputOf,
  minute,
  readFor,
  requestMs,
  startMs,
} from '../../support/planning.ts';

/** The longest that anyone of these statuses went unread, once all had been read. */
function longestUnreadMs(done: readonly Done[], statuses: readonly string[] | null): number {
  const area = areaOf(statuses);
  const lastReadMs = new Map<string, number>();
  let longestMs = 0;
  for (const { task, atMs } of done.filter((each) => areaOf(each.task.statuses) === area)) {
    for (const { id } of task.slice.expected) {
      longestMs = Math.max(longestMs, atMs - (lastReadMs.get(id) ?? atMs));
      lastReadMs.set(id, atMs);
    }
  }
  const endMs = done.at(-1)?.atMs ?? 0;
  return Math.max(longestMs, ...[...lastReadMs.values()].map((readMs) => endMs - readMs));
}

test('room is left in a slice for those who come into it, but never all of it', () => {
  expect([1, 2, 5, 20, 100].map(mostInSlice)).toEqual([1, 1, 4, 19, 95]);
});

test('a tenth of all requests goes to the cold tier while nobody is missing', () => {
  const done = readFor(60 * minute, { index: inboxOf({ CLOSED: 9000, OPEN: 600, ONHOLD: 400 }) });
  const cold = done.filter(({ task }) => task.kind === 'slice').length;
  expect(cold / done.length).toBeGreaterThan(0.09);
  expect(cold / done.length).toBeLessThan(0.11);
});

test('no list and nobody in the cold tier is left unread, however busy another list is', () => {
  const index = inboxOf({ CLOSED: 1800, OPEN: 100, INPROGRESS: 80, 'Waiting for parts': 20 });
  const plan = arrangeLists(emptyPlan, index.counts(), 19, startMs);
  const lists = plan.lists.map((list) =>
    list.statuses.includes('OPEN') ? { ...list, found: 10_000 } : list,
  );
  const done = readFor(120 * minute, { index, plan: { ...plan, lists } });
  for (const { statuses } of lists) {
    expect(longestUnreadMs(done, statuses)).toBeLessThan(10 * minute);
  }
  // A tenth of 90 requests a minute for 2,000 contacts, 19 at a time, takes 12 minutes a round.
  expect(longestUnreadMs(done, null)).toBeLessThan(15 * minute);
  const everyone = done.filter(({ task }) => task.kind === 'slice').flatMap(expectedIds);
  expect(new Set(everyone).size).toBe(2000);
});

test('the list in which more is found is read more often, by less than it is busier', () => {
  const index = inboxOf({ CLOSED: 9000, OPEN: 400, INPROGRESS: 400 });
  const plan = arrangeLists(emptyPlan, index.counts(), 19, startMs);
  const lists = plan.lists.map((list) => ({
    ...list,
    found: list.statuses.includes('OPEN') ? 9000 : 1000,
  }));
  const done = readFor(60 * minute, { index, plan: { ...plan, lists } });
  const readsOf = (status: string) =>
    done.filter(({ task }) => task.statuses?.includes(status)).length;
  // Nine times as many changes for the same cost: by the square root three times as often, by powers of two about that.
  expect(readsOf('OPEN') / readsOf('INPROGRESS')).toBeGreaterThan(1.9);
  expect(readsOf('OPEN') / readsOf('INPROGRESS')).toBeLessThan(4.1);
});

test('at first every list is read, then the cold tier, and nothing is read again too soon', () => {
  const index = inboxOf({ CLOSED: 30, OPEN: 3 });
  const done = readFor(9000, { index });
  expect(done.map(({ task }) => task.kind)).toEqual(['list', 'slice', 'slice']);
  const later = readFor(10_000 + 2 * requestMs, { index });
  expect(later.map(({ task }) => task.kind).slice(3)).toContain('list');
});

test('nothing is asked where everything is fresh enough', () => {
  const index = inboxOf({ CLOSED: 10, OPEN: 1 });
  const cycle = {
    cursorMs: null,
    startedAtMs: startMs,
    last: { startedAtMs: startMs, endedAtMs: startMs },
  };
  const { plan } = inputOf({ index });
  const lists = plan.lists.map((list) => ({ ...list, cycle }));
  const fresh = inputOf({ index, plan: { ...plan, lists, cold: cycle } });
  expect(nextTask({ ...fresh, nowMs: startMs + 9999 })).toBeNull();
  expect(nextTask({ ...fresh, nowMs: startMs + 10_000 })).not.toBeNull();
});

test('what was owed to the cold tier while nothing was due is not claimed in one go', () => {
  const input = inputOf({ sweepIntervalMs: 0 });
  const list = nextTask(input);
  if (list === null) throw new Error('Nothing is asked.');
  let { plan } = input;
  for (let times = 0; times < 1000; times += 1) plan = advancePlan(plan, list, startMs);
  expect(plan.coldCredit).toBe(2);
});

test('slices of everyone are read where lists for each status cost more', () => {
  const statuses = Array.from({ length: 10 }, (_, place) => `Custom ${place}`);
  const index = inboxOf({ CLOSED: 40, ...Object.fromEntries(statuses.map((each) => [each, 1])) });
  const { plan } = inputOf({ index });
  const list = { cycle: plan.cold, found: 0, turn: 0 };
  const apart = { ...plan, lists: statuses.map((each) => ({ ...list, statuses: [each] })) };
  expect(nextTask(inputOf({ index, plan: apart }))).toMatchObject({ kind: 'slice' });
  // Four pages instead of the whole three: two chances to see each change are worth that.
  const fewer = { ...apart, lists: apart.lists.slice(0, 4) };
  expect(nextTask(inputOf({ index, plan: fewer }))).toMatchObject({ kind: 'list' });
});

test('an inbox that cannot be asked for a status is read in slices of everyone', () => {
  const done = readFor(minute, { listsByStatus: false });
  expect(new Set(done.map(({ task }) => task.kind))).toEqual(new Set(['slice']));
  expect(new Set(done.flatMap(expectedIds)).size).toBe(1000);
});

test('a slice is cut smaller where a page was too small for it, and only there', () => {
  const index = inboxOf({ CLOSED: 2000, OPEN: 100, INPROGRESS: 100 });
  const { plan } = inputOf({ index });
  const list = plan.lists.find(({ statuses }) => statuses.includes('OPEN'));
  const area = areaOf(list?.statuses ?? null);
  const narrowed = (asked: string) => (asked === area ? 7 : undefined);
  const done = readFor(minute, { index, plan, narrowed });
  const largest = (isNarrowed: boolean) =>
    Math.max(
      ...done
        .filter(({ task }) => (areaOf(task.statuses) === area) === isNarrowed)
        .map(({ task }) => task.slice.expected.length),
    );
  expect(largest(true)).toBe(7);
  expect(largest(false)).toBe(19);
});

function expectedIds({ task }: Done): string[] {
  return task.slice.expected.map(({ id }) => id);
}
