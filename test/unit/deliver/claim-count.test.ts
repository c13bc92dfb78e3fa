import { expect, test } from 'vitest';
import { claimCountAfter } from '#deliver/claim-deliveries.ts';

test.each([
  ['nothing was claimed yet', null, 50],
  ['the ones before were gone in a moment', 9980, 200],
  ['the ones before took just less than a second', 9001, 200],
  ['the ones before took a second', 9000, 50],
])('where %s, so many are looked up', (_when, lastMs, count) => {
  expect(claimCountAfter(lastMs, 10_000)).toBe(count);
});
