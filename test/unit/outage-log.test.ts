import { pino } from 'pino';
import { expect, test } from 'vitest';
import { createOutageLog, describeTrouble } from '#outage-log.ts';

function setUp() {
  const lines: Record<string, unknown>[] = [];
  const log = pino(
    { base: null, timestamp: false },
    { write: (line) => lines.push(JSON.parse(line)) },
  );
  const clock = { nowMs: 1_000_000 };
  return { lines, clock, tell: createOutageLog(log, () => clock.nowMs) };
}

function refused(address: string): Error {
  return Object.assign(new Error(`connect ECONNREFUSED ${address}`), { code: 'ECONNREFUSED' });
}

test('many connections that say the same make one line every three seconds', () => {
  const { lines, clock, tell } = setUp();
  for (const port of [1, 2, 3]) tell(refused(`127.0.0.1:${port}`));
  clock.nowMs += 2999;
  tell(refused('127.0.0.1:1'));
  expect(lines).toHaveLength(1);
  clock.nowMs += 1;
  tell(refused('127.0.0.1:2'));
  expect(lines).toHaveLength(2);
  expect(lines[0]).toEqual({
    level: 40,
    error_message: 'connect ECONNREFUSED 127.0.0.1:1',
    advice: expect.stringContaining('Start Redis'),
    msg: 'redis.failed',
  });
});

test('what is said beside it is told at once', () => {
  const { lines, tell } = setUp();
  tell(refused('127.0.0.1:1'));
  tell(new Error('LOADING Redis is loading the dataset in memory'));
  tell(new Error('never heard of'));
  expect(lines).toHaveLength(3);
});

test('what nobody knows advice for is told as it is, with its stack', () => {
  const error = new Error('never heard of');
  expect(describeTrouble(error)).toEqual({ err: error });
});
