import { expect, test } from 'vitest';
import type { Contact, Snapshot } from '#domain/contact.ts';
import { createHeldObservations } from '#poll/held-observations.ts';
import { findSuspects, rememberSuspects } from '#poll/suspicion.ts';
import { at, makeContact, makeSnapshot } from '../../support/observations.ts';

/** `known` contacts of a page that were OPEN, of which so many show up as CLOSED, beside some never seen before. */
function pageOf(known: number, flips: number, unknown = 0, isDoubtful = false) {
  return Array.from({ length: known + unknown }, (_, number) => ({
    contact: makeContact({
      id: `contact-${number}`,
      status: number < flips || number >= known ? 'CLOSED' : 'OPEN',
    }),
    before: number < known ? makeSnapshot() : null,
    isDoubtful,
  }));
}

function setUp(missing: readonly string[] = []) {
  const held = createHeldObservations(() => 0);
  return {
    held,
    /** Who is held of a page that was asked then; as a commit does it. */
    read(page: { contact: Contact; before: Snapshot | null; isDoubtful: boolean }[], time: string) {
      const fromMs = at(time);
      const isMissing = (id: string) => missing.includes(id);
      const context = { held, observed: { fromMs, toMs: fromMs }, isMissing };
      const suspects = findSuspects(page, context);
      const written = page
        .filter(({ contact }) => !suspects.includes(contact))
        .map(({ contact }) => ({ contactId: contact.id }));
      rememberSuspects(suspects, written, context);
      return suspects.map(({ id }) => id);
    },
  };
}

test.each([
  [10, 3, 0],
  [10, 4, 4],
  [9, 9, 0],
  [20, 6, 0],
  [20, 7, 7],
  [100, 100, 100],
])('of a page with %i known contacts of which %i flip, %i are held', (known, flips, heldCount) => {
  expect(setUp().read(pageOf(known, flips), '10:00:00')).toHaveLength(heldCount);
});

test('first sights of a baseline are no flips, nor do they make a page', () => {
  expect(setUp().read(pageOf(5, 0, 95), '10:00:00')).toEqual([]);
  expect(setUp().read(pageOf(9, 9, 91), '10:00:00')).toEqual([]);
  expect(setUp().read(pageOf(20, 6, 80), '10:00:00')).toEqual([]);
});

test('who returns from deletion does not flip', () => {
  const page = pageOf(10, 10).map((seen) => ({
    ...seen,
    before: makeSnapshot({ status: 'DELETED' }),
  }));
  expect(setUp().read(page, '10:00:00')).toEqual([]);
});

test('only those that flip are held, and a second, later reading lets them through', () => {
  const { read } = setUp();
  const flipped = ['contact-0', 'contact-1', 'contact-2', 'contact-3', 'contact-4'];
  expect(read(pageOf(10, 5), '10:00:00')).toEqual(flipped);
  expect(read(pageOf(10, 5), '10:00:00')).toEqual(flipped);
  expect(read(pageOf(10, 5), '10:00:01')).toEqual([]);
});

test('those that have been confirmed do not count against the rest of their page', () => {
  const { read } = setUp();
  read(pageOf(10, 5), '10:00:00');
  expect(read(pageOf(10, 8), '10:00:05')).toEqual([]);
});

test('a page that flipped by mistake leaves nothing behind', () => {
  const { held, read } = setUp();
  read(pageOf(10, 10), '10:00:00');
  expect(read(pageOf(10, 0), '10:00:05')).toEqual([]);
  expect(held.has('contact-0')).toBe(false);
  expect(read(pageOf(10, 10), '10:00:10')).toHaveLength(10);
});

test('who is held and shows a third state alone waits for that one to be shown twice', () => {
  const { read } = setUp();
  read(pageOf(10, 10), '10:00:00');
  const alone = (status: string) => [
    {
      contact: makeContact({ id: 'contact-0', status }),
      before: makeSnapshot(),
      isDoubtful: false,
    },
  ];
  expect(read(alone('REVIEW'), '10:00:05')).toEqual(['contact-0']);
  expect(read(alone('REVIEW'), '10:00:10')).toEqual([]);
});

test('who is in doubt is held until a later reading agrees', () => {
  const { read } = setUp();
  const doubtful = pageOf(1, 1, 0, true);
  expect(read(doubtful, '10:00:00')).toEqual(['contact-0']);
  expect(read(doubtful, '10:00:02')).toEqual([]);
});

test('who was missing from the list of their old status is believed at once, and only they', () => {
  const page = pageOf(10, 10);
  const missing = page.slice(0, 6).map(({ contact }) => contact.id);
  const others = page.slice(6).map(({ contact }) => contact.id);
  expect(setUp(missing).read(page, '10:00:00')).toEqual(others);
  expect(setUp([...missing, ...others]).read(page, '10:00:00')).toEqual([]);
});
