import { expect, test } from 'vitest';
import { createRelaySoon } from '#relay/relay-soon.ts';
import type { LogTail } from '#store/event-log.ts';

/** A relay whose every run ends when the test says so. */
function setUp() {
  const runs: {
    sourceId: string;
    tail: LogTail | null;
    end: () => void;
    fail: (error: Error) => void;
  }[] = [];
  const errors: unknown[] = [];
  const relaySoon = createRelaySoon(
    (sourceId, tail) =>
      new Promise<void>((resolve, reject) => {
        runs.push({ sourceId, tail, end: resolve, fail: reject });
      }),
    (sourceId, error) => errors.push([sourceId, error]),
  );
  return { relaySoon, runs, errors };
}

const turn = () => new Promise(setImmediate);

test('who asks is relayed at once, and who asks meanwhile together once more', async () => {
  const { relaySoon, runs } = setUp();
  relaySoon.ask('a');
  expect(runs).toHaveLength(1);
  for (let time = 0; time < 5; time += 1) relaySoon.ask('a');
  await turn();
  expect(runs).toHaveLength(1);
  runs[0]?.end();
  await turn();
  expect(runs).toHaveLength(2);
  runs[1]?.end();
  await relaySoon.idle();
  expect(runs).toHaveLength(2);
  relaySoon.ask('a');
  expect(runs).toHaveLength(3);
});

test('what is known of a log goes to a relay that begins now; to a later one it would be old', async () => {
  const { relaySoon, runs } = setUp();
  const position = { generation: 0, relayedUpTo: '0-0', end: '1-0' };
  const tail: LogTail = { position, events: [], subscriptions: null };
  relaySoon.ask('a', tail);
  relaySoon.ask('a', tail);
  runs[0]?.end();
  await turn();
  runs[1]?.end();
  await relaySoon.idle();
  expect(runs.map((run) => run.tail)).toEqual([tail, null]);
});

test('sources do not wait for each other', () => {
  const { relaySoon, runs } = setUp();
  relaySoon.ask('a');
  relaySoon.ask('b');
  expect(runs.map(({ sourceId }) => sourceId)).toEqual(['a', 'b']);
});

test('a relay that fails is told of, and the next ask tries again', async () => {
  const { relaySoon, runs, errors } = setUp();
  relaySoon.ask('a');
  const failure = new Error('Redis is away.');
  runs[0]?.fail(failure);
  await relaySoon.idle();
  expect(errors).toEqual([['a', failure]]);
  relaySoon.ask('a');
  expect(runs).toHaveLength(2);
});

test('idle waits for everything that was asked for', async () => {
  const { relaySoon, runs } = setUp();
  relaySoon.ask('a');
  relaySoon.ask('a');
  let isIdle = false;
  const idle = relaySoon.idle().then(() => {
    isIdle = true;
  });
  runs[0]?.end();
  await turn();
  expect(isIdle).toBe(false);
  runs[1]?.end();
  await idle;
});
