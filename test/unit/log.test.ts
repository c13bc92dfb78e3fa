import { expect, test } from 'vitest';
import { createLog, type Log } from '../../src/log.ts';

function linesOf(level: string, write: (log: Log) => void): Record<string, unknown>[] {
  const lines: Record<string, unknown>[] = [];
  write(createLog(level, { write: (line: string) => lines.push(JSON.parse(line)) }));
  return lines;
}

test('a line is JSON with a readable level, an ISO time and its own fields', () => {
  const [line] = linesOf('info', (log) => log.info({ contacts: 3 }, 'poll.completed'));
  expect(line).toMatchObject({ level: 'info', contacts: 3, msg: 'poll.completed' });
  expect(line?.time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
});

test('lines below the level are not written', () => {
  expect(linesOf('warn', (log) => log.info('quiet'))).toEqual([]);
});

test.each(['token', 'secret', 'secrets', 'authorization', 'Authorization', 'adminKey'])(
  'a field named %s is censored, also one level down',
  (name) => {
    const [line] = linesOf('info', (log) => log.info({ [name]: 'x', source: { [name]: 'x' } }));
    expect(line).toMatchObject({ [name]: '[Redacted]', source: { [name]: '[Redacted]' } });
  },
);

test('an error is told with its causes, without what its library carries along', () => {
  const cause = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
  const error = Object.assign(new TypeError('failed', { cause }), {
    command: { args: ['a value from Redis'] },
  });
  const [line] = linesOf('info', (log) => log.error({ err: error }, 'poll.failed'));
  expect(line?.err).toMatchObject({
    name: 'TypeError',
    message: 'failed',
    stack: expect.stringContaining('log.test.ts'),
    cause: { name: 'Error', message: 'refused', code: 'ECONNREFUSED' },
  });
  expect(JSON.stringify(line)).not.toContain('a value from Redis');
});
