import { expect, test } from 'vitest';
import { createMissingContacts } from '#poll/missing.ts';

const second = 1000;
const minute = 60_000;
const known = 100;

/** So many who were in neither of two complete readings, a quarter of a minute apart; answers when the second was. */
function goneForTwoReadings(count: number) {
  const missing = createMissingContacts();
  const ids = Array.from({ length: count }, (_, place) => `contact-${place}`);
  for (const id of ids) missing.noteReading(id, 0);
  for (const id of ids) missing.noteReading(id, 15 * second);
  return { missing, ids, nowMs: 15 * second };
}

test('who was not where they should be is looked for at once, where they might be', () => {
  const missing = createMissingContacts();
  missing.note('ada', 0);
  expect(missing.next(0)).toEqual({ id: 'ada', isLookUp: false });
});

test('who was missed first is looked for first', () => {
  const missing = createMissingContacts();
  missing.note('ada', 0);
  missing.note('bob', 0);
  missing.note('ada', 5);
  expect(missing.next(5)?.id).toBe('ada');
  missing.noteReading('ada', 5);
  expect(missing.next(5)?.id).toBe('bob');
  missing.forget('bob');
  expect(missing.next(5)).toBeNull();
  expect(missing.size).toBe(1);
});

test('only two complete readings, ten seconds after each, lead to a direct look-up', () => {
  const missing = createMissingContacts();
  missing.noteReading('ada', 0);
  expect(missing.next(10 * second - 1)).toBeNull();
  expect(missing.next(10 * second)).toEqual({ id: 'ada', isLookUp: false });
  missing.noteReading('ada', 10 * second);
  expect(missing.next(20 * second - 1)).toBeNull();
  expect(missing.next(20 * second)).toEqual({ id: 'ada', isLookUp: true });
});

test('readings within seconds of each other do not put the look-up off for ever', () => {
  const missing = createMissingContacts();
  for (let atMs = 0; atMs <= 15 * second; atMs += 5 * second) missing.noteReading('ada', atMs);
  expect(missing.next(15 * second)).toEqual({ id: 'ada', isLookUp: true });
});

test('being missed in a list is no reading', () => {
  const missing = createMissingContacts();
  for (let times = 0; times < 5; times += 1) missing.note('ada', times);
  expect(missing.next(5)).toEqual({ id: 'ada', isLookUp: false });
});

test('a few who are not found are gone', () => {
  const { missing, ids, nowMs } = goneForTwoReadings(5);
  for (const id of ids) expect(missing.noteLookUp(id, known, nowMs + 10 * second)).toBe(true);
});

test('many at once are not gone by one look-up, none of them', () => {
  const { missing, ids, nowMs } = goneForTwoReadings(6);
  for (const id of ids) expect(missing.noteLookUp(id, known, nowMs + 10 * second)).toBe(false);
});

test('many at once are gone when all is proved again a minute later', () => {
  const { missing, ids, nowMs } = goneForTwoReadings(6);
  const firstMs = nowMs + 10 * second;
  for (const id of ids) missing.noteLookUp(id, known, firstMs);
  // Meanwhile others read the same places, which brings nothing forward.
  for (const id of ids) missing.noteReading(id, firstMs + 5 * second);
  for (const id of ids) missing.noteReading(id, firstMs + 16 * second);
  expect(missing.next(firstMs + minute - 1)).toBeNull();
  expect(missing.next(firstMs + minute)).toEqual({ id: ids[0], isLookUp: true });
  for (const id of ids) expect(missing.noteLookUp(id, known, firstMs + minute)).toBe(true);
});

test('after the first proof of many it takes two readings anew', () => {
  const { missing, ids, nowMs } = goneForTwoReadings(6);
  for (const id of ids) missing.noteLookUp(id, known, nowMs);
  expect(missing.next(nowMs + minute)).toEqual({ id: ids[0], isLookUp: false });
});

test('a hundredth of a large inbox is not many', () => {
  const { missing, ids, nowMs } = goneForTwoReadings(6);
  expect(missing.noteLookUp(ids[0] ?? '', 600, nowMs)).toBe(true);
  const more = goneForTwoReadings(7);
  expect(more.missing.noteLookUp(more.ids[0] ?? '', 600, more.nowMs)).toBe(false);
});

test('who is only missed in lists does not make the others many', () => {
  const { missing, ids, nowMs } = goneForTwoReadings(5);
  for (let place = 0; place < 50; place += 1) missing.note(`listed-${place}`, nowMs);
  expect(missing.noteLookUp(ids[0] ?? '', known, nowMs)).toBe(true);
});

test('a doubtful answer is asked for again two seconds later, five times and no more', () => {
  const missing = createMissingContacts();
  missing.note('ada', 0);
  for (let times = 1; times <= 5; times += 1) {
    missing.noteDoubt('ada', 0);
    expect(missing.next(2 * second - 1)).toBeNull();
    expect(missing.next(2 * second)).toMatchObject({ id: 'ada' });
  }
  missing.noteDoubt('ada', 0);
  expect(missing.size).toBe(0);
});

test('a doubt about somebody who is not missing is nothing to remember', () => {
  const missing = createMissingContacts();
  missing.noteDoubt('ada', 0);
  expect(missing.size).toBe(0);
});

test('who turned up is missed afresh the next time', () => {
  const { missing, ids, nowMs } = goneForTwoReadings(1);
  const [id = ''] = ids;
  missing.forget(id);
  missing.noteReading(id, nowMs + minute);
  expect(missing.next(nowMs + 2 * minute)).toEqual({ id, isLookUp: false });
});

test('an inbox that hid three people within an hour has to prove an absence four times', () => {
  const missing = createMissingContacts();
  for (const id of ['ada', 'bob', 'eve']) {
    missing.noteReading(id, 0);
    missing.found(id, 0);
  }
  for (let times = 0; times < 2; times += 1) missing.noteReading('joe', 0);
  for (let times = 0; times < 3; times += 1) {
    expect(missing.noteLookUp('joe', known, minute)).toBe(false);
  }
  expect(missing.noteLookUp('joe', known, minute)).toBe(true);
  expect(missing.noteLookUp('kim', known, 60 * minute)).toBe(true);
});
