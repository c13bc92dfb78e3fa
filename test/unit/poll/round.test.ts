import { expect, test } from 'vitest';
import { watchForRounds } from '#poll/round.ts';

const page = (...ids: readonly number[]) => ids.map((id) => ({ id: `contact-${id}` }));

/** Which of these pages is the one after which there is no reason to read on; 0: none. */
function endOf(pages: readonly (readonly { readonly id: string }[])[]): number {
  const goesRound = watchForRounds();
  return pages.findIndex((each) => goesRound(each)) + 1;
}

const fivePages = [1, 2, 3, 4, 5].map((number) => page(number * 2, number * 2 + 1));

test('NangoHQ/nango#830: an inbox that begins again instead of ending is left after one more round', () => {
  expect(endOf([...fivePages, ...fivePages, ...fivePages])).toBe(11);
});

test('pages that nobody can read are left after a few', () => {
  expect(endOf([page(), page(), page(), page(), page()])).toBe(4);
});

test('a list that shifts by as much as was read is read on', () => {
  expect(endOf([...fivePages, ...fivePages, page(90), page(91), page(92), page(93)])).toBe(0);
});

test('one new person among many known ones is reason enough to read on', () => {
  const mixed = Array.from({ length: 50 }, (_, number) => page(1, 2, 3, 100 + number));
  expect(endOf(mixed)).toBe(0);
});
