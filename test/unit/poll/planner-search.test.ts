import { expect, test } from 'vitest';
import { createContactIndex, type Placed } from '#poll/contact-index.ts';
import { advancePlan, nextTask, type Task } from '#poll/planner.ts';
import { areMissing, inputOf, readFor, requestMs, startMs } from '../../support/planning.ts';

test('who is missing is looked for before anything else', () => {
  const { index } = inputOf();
  const contact = index.find('contact-500');
  const task = nextTask(inputOf({ index, ...areMissing(['contact-500']) }));
  expect(task).toMatchObject({ kind: 'verify', statuses: null, about: 'contact-500' });
  // The rest of the page does part of the cold tier's work.
  expect(task?.slice.expected[0]).toEqual(contact);
  expect(task?.slice.expected).toHaveLength(19);
});

test('however many are missing, every fifth request reads something else', () => {
  const kinds = readFor(10 * requestMs, areMissing(['contact-500'])).map(({ task }) => task.kind);
  const four = ['verify', 'verify', 'verify', 'verify'];
  expect(kinds).toEqual([...four, 'list', ...four, 'list']);
});

test('the search for the missing goes on where nothing else is due', () => {
  const fresh = inputOf({
    sweepIntervalMs: Number.POSITIVE_INFINITY,
    ...areMissing(['contact-5']),
  });
  const plan = {
    ...fresh.plan,
    cold: { ...fresh.plan.cold, last: { startedAtMs: startMs, endedAtMs: startMs } },
  };
  const lists = plan.lists.map((list) => ({ ...list, cycle: plan.cold }));
  const task = nextTask({ ...fresh, plan: { ...plan, lists }, verifiedInARow: 9 });
  expect(task).toMatchObject({ kind: 'verify', about: 'contact-5' });
});

test('a look-up asks for a living neighbour too, before the newest as well as after the oldest', () => {
  const { index } = inputOf();
  for (const [id, neighbour] of [
    ['contact-0', 'contact-1'],
    ['contact-500', 'contact-501'],
    ['contact-999', 'contact-998'],
  ] as const) {
    const task = nextTask(inputOf({ index, ...areMissing([id], true) }));
    expect(task).toMatchObject({ kind: 'look_up', about: id });
    expect(task?.slice.expected.map((each) => each.id).sort()).toEqual([id, neighbour].sort());
    expect(isAskedFor(task, index.find(id))).toBe(true);
    expect(isAskedFor(task, index.find(neighbour))).toBe(true);
  }
});

test.each([false, true])(
  'whoever is looked for is asked for in a crowd of one second',
  (isLookUp) => {
    const crowd = Array.from({ length: 60 }, (_, place): Placed => {
      return { id: `contact-${place}`, createdAtMs: 1e12 + place * 10, status: 'OPEN' };
    });
    const index = createContactIndex(crowd);
    for (const { id } of crowd) {
      const task = nextTask(inputOf({ index, ...areMissing([id], isLookUp) }));
      expect(isAskedFor(task, index.find(id))).toBe(true);
      const expected = task?.slice.expected.map((each) => each.id);
      expect(expected).toContain(id);
      expect(expected?.length).toBeGreaterThan(1);
      // More than a page has to be read page after page.
      expect(task?.slice.isTied).toBe((expected?.length ?? 0) > 19);
    }
  },
);

test.each([false, true])(
  'whoever is looked for among many of one moment is asked for',
  (isLookUp) => {
    const tied = Array.from({ length: 40 }, (_, place): Placed => {
      return { id: `contact-${place}`, createdAtMs: 1e12, status: 'OPEN' };
    });
    const index = createContactIndex([{ id: 'old', createdAtMs: 1e11, status: 'OPEN' }, ...tied]);
    const task = nextTask(inputOf({ index, ...areMissing(['contact-39'], isLookUp) }));
    expect(task?.slice.isTied).toBe(true);
    expect(task?.slice.expected).toHaveLength(40);
  },
);

test.each([
  ['the oldest', 0, 'contact-25'],
  ['some in the middle', 500, 'contact-499'],
  ['the newest', 975, 'contact-974'],
] as const)(
  'who is gone with all their neighbours, being %s, is looked for where somebody lives',
  (_, first, living) => {
    const { index } = inputOf();
    const gone = Array.from({ length: 25 }, (_each, place) => `contact-${first + place}`);
    for (const id of gone) {
      const others = gone.filter((other) => other !== id);
      const task = nextTask(inputOf({ index, ...areMissing([id, ...others], true) }));
      expect(isAskedFor(task, index.find(id))).toBe(true);
      expect(task?.slice.expected.some((each) => !gone.includes(each.id))).toBe(true);
      expect(task?.slice.expected.every((each) => isAskedFor(task, each))).toBe(true);
    }
    const task = nextTask(inputOf({ index, ...areMissing(gone, true) }));
    expect(task?.slice.expected.map(({ id }) => id)).toContain(living);
  },
);

test('somebody who is missing and not known keeps nothing else from being read', () => {
  expect(nextTask(inputOf(areMissing(['a stranger'])))).toMatchObject({ kind: 'list' });
});

test('a search for somebody counts for the cold tier, and moves no list', () => {
  const input = inputOf(areMissing(['contact-5']));
  const task = nextTask(input);
  if (task === null) throw new Error('Nothing is asked.');
  const owed = { ...input.plan, coldCredit: 1.5 };
  const after = advancePlan(owed, task, startMs);
  expect(after.coldCredit).toBeLessThan(1);
  expect(after.lists).toEqual(owed.lists);
  expect(after.cold).toEqual(owed.cold);
});

test('however many are searched for, the cold tier has a request a minute', () => {
  const missing = areMissing(['contact-5']).missing;
  const plan = { ...inputOf().plan, coldCredit: -2, coldAtMs: startMs };
  const kindAt = (nowMs: number) =>
    nextTask(inputOf({ missing, plan, nowMs, verifiedInARow: 4 }))?.kind;
  expect(kindAt(startMs + 59_999)).toBe('list');
  expect(kindAt(startMs + 60_000)).toBe('slice');
});

function isAskedFor(task: Task | null, contact: Placed | undefined): boolean {
  if (task === null || contact === undefined) return false;
  const { fromMs, toMs } = task.slice;
  return contact.createdAtMs >= (fromMs ?? 0) && contact.createdAtMs <= (toMs ?? 1e15);
}
