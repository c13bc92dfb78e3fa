import { afterEach, expect, test } from 'vitest';
import type { PollOutcome } from '#poll/poll-job.ts';
import { createWakes } from '#queues/wakes.ts';
import { startWorkers } from '#queues/workers.ts';
import { openConnection, silentLog } from '../../support/stage.ts';

const { redis } = await openConnection();
const cleanUps: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
  await redis.flushdb();
});

/** Poll workers that answer these outcomes one after the other, and tell when the last was asked for. */
function setUp(...outcomes: (PollOutcome | Error)[]) {
  return setUpAfter(Promise.resolve(), ...outcomes);
}

function setUpAfter(installed: Promise<void>, ...outcomes: (PollOutcome | Error)[]) {
  const wakes = createWakes(redis, () => {});
  const polled: string[] = [];
  const stopping = new AbortController();
  const last = Promise.withResolvers<void>();

  const workers = startWorkers(
    {
      connection: redis,
      wakes,
      installed,
      async pollSource(sourceId) {
        const outcome = outcomes[polled.length] ?? { kind: 'polled', again: false };
        polled.push(sourceId);
        if (polled.length === outcomes.length) last.resolve();
        if (outcome instanceof Error) throw outcome;
        return outcome;
      },
      drainLane: async () => ({ kind: 'nothing' }),
      tend: async () => {},
      onRedisError: () => {},
      now: Date.now,
      log: silentLog,
    },
    { poll: true, deliver: false },
    { stopping: stopping.signal, abort: stopping.signal },
  );
  cleanUps.push(
    () => workers.close(),
    () => wakes.close(),
  );
  return { wakes, polled, stopping, allAnswered: last.promise, close: () => workers.close() };
}

test('a source that someone asked for during its poll is polled again at once', async () => {
  const { wakes, polled, allAnswered } = setUp(
    { kind: 'polled', again: true },
    { kind: 'failed', again: true },
    { kind: 'polled', again: false },
  );
  await wakes.poll('default', 0);
  await allAnswered;
  expect(polled).toEqual(['default', 'default', 'default']);
});

test('a source whose inbox fails is polled again within 30 seconds, and sooner for who asks', async () => {
  const { wakes, polled, allAnswered, close } = setUp(
    { kind: 'failed', again: false },
    { kind: 'polled', again: false },
  );
  await wakes.poll('default', 0);
  let delayed = await wakes.pollQueue.getDelayed();
  for (; delayed.length === 0; delayed = await wakes.pollQueue.getDelayed()) {
    await new Promise(setImmediate);
  }
  expect(delayed.map(({ data, delay }) => [data, delay])).toEqual([
    [{ source: 'default' }, 30_000],
  ]);
  await wakes.poll('default', 0);
  await allAnswered;
  await close();
  expect(polled).toHaveLength(2);
  expect(await wakes.pollQueue.getJobCountByTypes('delayed', 'waiting')).toBe(0);
});

test('a poll that throws leaves its source free for the next', async () => {
  const { wakes, polled, allAnswered } = setUp(new Error('Redis is away.'), {
    kind: 'polled',
    again: false,
  });
  await wakes.poll('default', 0);
  while (polled.length === 0) await new Promise(setImmediate);
  await wakes.poll('default', 0);
  await allAnswered;
  expect(polled).toHaveLength(2);
});

test('a process that stops leaves the next poll to the schedule', async () => {
  for (const kind of ['polled', 'failed'] as const) {
    const { wakes, stopping, allAnswered, close } = setUp({ kind, again: kind === 'polled' });
    stopping.abort();
    await wakes.poll('default', 0);
    await allAnswered;
    await close();
    expect(await wakes.pollQueue.getJobCountByTypes('delayed', 'waiting', 'active')).toBe(0);
  }
});

test('no poll begins before the schedules stand, and then those that waited do', async () => {
  const installed = Promise.withResolvers<void>();
  const { wakes, polled, allAnswered } = setUpAfter(installed.promise, {
    kind: 'polled',
    again: false,
  });
  await wakes.poll('default', 0);
  for (let turn = 0; turn < 100; turn += 1) await redis.ping();
  expect(polled).toEqual([]);
  installed.resolve();
  await allAnswered;
  expect(polled).toEqual(['default']);
});

test('a process that stops before its schedules stand stops all the same', async () => {
  const { wakes, polled, close } = setUpAfter(new Promise(() => {}));
  await wakes.poll('default', 0);
  await close();
  expect(polled).toEqual([]);
});
