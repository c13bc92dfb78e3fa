import { expect, test } from 'vitest';

import { createRequestLog } from '#simulator/request-log.ts';

function logOf(requests: readonly (readonly [token: string | null, atMs: number])[]) {
  const log = createRequestLog();
  for (const [token, atMs] of requests) {
    log.record({ atMs, token, page: 1, filters: {}, status: 200, fault: null });
  }
  return log;
}

test('without requests the busiest minute is empty', () => {
  expect(logOf([]).busiestMinute()).toBe(0);
});

test('the busiest minute may begin anywhere, and excludes what came exactly 60 s before', () => {
  const times = [0, 59_000, 60_000, 61_000, 118_999, 121_000];
  expect(logOf(times.map((atMs) => ['one', atMs])).busiestMinute()).toBe(4);
  expect(
    logOf([
      ['one', 0],
      ['one', 60_000],
    ]).busiestMinute(),
  ).toBe(1);
  expect(
    logOf([
      ['one', 0],
      ['one', 59_999],
    ]).busiestMinute(),
  ).toBe(2);
});

test('the busiest minute is that of one token', () => {
  const log = logOf([
    ['one', 0],
    ['two', 1],
    ['one', 2],
    [null, 3],
  ]);
  expect(log.busiestMinute()).toBe(2);
});
