import { expect, test } from 'vitest';
import { nothingLearned } from '#poll/learn.ts';
import { minute, nowMs, openInbox, pageOf } from '../../support/shown-pages.ts';

test('the longest page is the page size when it was seen twice, in whatever order', () => {
  const inbox = openInbox();
  expect(inbox.answer(pageOf(20)).pageSize).toBeNull();
  expect(inbox.answer(pageOf(7)).pageSize).toBeNull();
  expect(inbox.answer(pageOf(20)).pageSize).toBe(20);
  expect(inbox.answer(pageOf(7)).pageSize).toBe(20);
  inbox.answer(pageOf(25));
  expect(inbox.learned.pageSize).toBe(20);
  expect(inbox.answer(pageOf(25)).pageSize).toBe(25);
});

test('records that could not be read count for the page size', () => {
  const inbox = openInbox();
  inbox.answer(pageOf(19), {}, { recordCount: 20 });
  expect(inbox.answer(pageOf(18), {}, { recordCount: 20 }).pageSize).toBe(20);
});

test('empty pages tell nothing', () => {
  const inbox = openInbox();
  for (let times = 0; times < 5; times += 1) inbox.answer([], { statuses: ['OPEN'] });
  expect(inbox.learned).toEqual(nothingLearned);
});

test('a process that starts again does not take a shorter page for the page size', () => {
  const inbox = openInbox({ pageSize: 20 });
  inbox.answer(pageOf(10));
  expect(inbox.answer(pageOf(10)).pageSize).toBe(20);
});

test('a full page that is shorter than those before is the page size from now on', () => {
  const inbox = openInbox({ pageSize: 20 });
  expect(inbox.shrink(10)).toMatchObject({ pageSize: 10, shortPages: false });
  expect(inbox.answer(pageOf(10)).pageSize).toBe(10);
  inbox.answer(pageOf(20));
  expect(inbox.answer(pageOf(20)).pageSize).toBe(20);
});

test('a page size that shrinks a third time is none', () => {
  const inbox = openInbox({ pageSize: 20 });
  inbox.shrink(19);
  expect(inbox.shrink(18).shortPages).toBe(false);
  expect(inbox.shrink(17)).toMatchObject({ pageSize: 17, shortPages: true });
  expect(inbox.shrink(0)).toMatchObject({ pageSize: 1, shortPages: true });
});

test('pages that miss people three times in a row at one size have shrunk to it', () => {
  const inbox = openInbox({ pageSize: 20 });
  inbox.fallShort(10);
  expect(inbox.fallShort(10).pageSize).toBe(20);
  expect(inbox.fallShort(10).pageSize).toBe(10);
});

test('pages that miss people at different sizes, or only now and then, have not shrunk', () => {
  const inbox = openInbox({ pageSize: 20 });
  for (const size of [10, 11, 10, 11, 10]) inbox.fallShort(size);
  inbox.fallShort(10);
  // A longer page that misses nobody shows that more fit.
  inbox.fallShort(15, false);
  inbox.fallShort(10);
  expect(inbox.fallShort(10).pageSize).toBe(20);
  // A shorter one shows nothing of the kind, nor does an empty one.
  inbox.fallShort(3, false);
  inbox.fallShort(0);
  expect(inbox.fallShort(10).pageSize).toBe(10);
});

test('a full page that misses people has not shrunk', () => {
  const inbox = openInbox({ pageSize: 20 });
  for (let times = 0; times < 5; times += 1) inbox.fallShort(20);
  expect(inbox.learned).toMatchObject({ pageSize: 20, shortPages: false });
});

const mixedUp = (place: number) => nowMs + ((place * 7) % 5) * minute;

test.each(['lastSeenAt', 'createdAt', 'updatedAt'] as const)(
  'three listings by %s, newest first, are the order of the inbox',
  (stamp) => {
    const inbox = openInbox();
    const page = pageOf(6, (place) => ({
      lastSeenAtMs: mixedUp(place),
      createdAtMs: mixedUp(place),
      updatedAtMs: mixedUp(place),
      [`${stamp}Ms`]: nowMs - place * minute,
    }));
    inbox.answer(page);
    expect(inbox.answer(page).order).toBeNull();
    expect(inbox.answer(page).order).toBe(stamp);
  },
);

test('an order is learned from listings of many different stamps only', () => {
  const inbox = openInbox();
  const page = pageOf(4, (place) => ({ lastSeenAtMs: nowMs - place }));
  for (let times = 0; times < 9; times += 1) inbox.answer(page);
  for (let times = 0; times < 9; times += 1) inbox.answer(pageOf(20));
  expect(inbox.learned.order).toBeNull();
});

test('two orders that agree are told apart by the first listing in which they do not', () => {
  const inbox = openInbox();
  const both = pageOf(6, (place) => ({
    lastSeenAtMs: nowMs - place * minute,
    createdAtMs: nowMs - place * minute,
    updatedAtMs: mixedUp(place),
  }));
  for (let times = 0; times < 5; times += 1) inbox.answer(both);
  expect(inbox.learned.order).toBeNull();
  const apart = pageOf(6, (place) => ({
    lastSeenAtMs: nowMs - place * minute,
    createdAtMs: mixedUp(place),
    updatedAtMs: mixedUp(place),
  }));
  expect(inbox.answer(apart).order).toBe('lastSeenAt');
});

test('an inbox in no order at all is known as such, until it shows one', () => {
  const inbox = openInbox({ order: 'lastSeenAt' });
  const jumble = pageOf(6, (place) => ({
    lastSeenAtMs: mixedUp(place),
    createdAtMs: mixedUp(place),
    updatedAtMs: mixedUp(place),
  }));
  expect(inbox.answer(jumble).order).toBe('none');
  const ordered = pageOf(6, (place) => ({
    lastSeenAtMs: mixedUp(place),
    createdAtMs: nowMs - place,
    updatedAtMs: mixedUp(place),
  }));
  for (let times = 0; times < 3; times += 1) inbox.answer(ordered);
  expect(inbox.learned.order).toBe('createdAt');
});

test('slices tell nothing of the order', () => {
  const inbox = openInbox();
  const page = pageOf(6, (place) => ({ updatedAtMs: nowMs - place, lastSeenAtMs: mixedUp(place) }));
  for (let times = 0; times < 5; times += 1) inbox.answer(page, { createdFromMs: 0 });
  for (let times = 0; times < 5; times += 1) inbox.answer(page, { createdToMs: nowMs });
  expect(inbox.learned.order).toBeNull();
});
