import { afterEach, expect, test } from 'vitest';
import type { DrainOutcome } from '#deliver/drain-ports.ts';
import type { SubscriptionId } from '#domain/subscription.ts';
import { createSchedules } from '#queues/schedules.ts';
import { createWakes, type Wakes } from '#queues/wakes.ts';
import { startWorkers } from '#queues/workers.ts';
import { openConnection, silentLog } from '../../support/stage.ts';

const { redis } = await openConnection();
const lane: SubscriptionId = 'sub_1';
const idle: DrainOutcome = { kind: 'idle', failing: false, nextDueMs: null };

interface Run {
  readonly name: string;
  readonly mode: string;
  readonly end: (outcome?: DrainOutcome) => void;
  readonly fail: (error: Error) => void;
}

const cleanUps: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
  await redis.flushdb();
});

/** Workers whose every run ends when the test says so. */
function setUp(changes: Partial<Wakes> = {}) {
  const wakes = createWakes(redis, () => {});
  const runs: Run[] = [];
  const arrivals: (() => void)[] = [];
  const failures: unknown[] = [];
  const begin = (name: string, mode: string) =>
    new Promise<DrainOutcome>((resolve, fail) => {
      runs.push({ name, mode, fail, end: (outcome = idle) => resolve(outcome) });
      for (const arrive of arrivals.splice(0)) arrive();
    });
  const log = Object.assign(Object.create(silentLog), {
    error: (fields: unknown) => failures.push(fields),
  });
  const stopping = new AbortController();
  const start = (roles = { poll: true, deliver: true }) => {
    const workers = startWorkers(
      {
        connection: redis,
        wakes: { ...wakes, ...changes },
        installed: Promise.resolve(),
        drainLane: begin,
        pollSource: async (id) => {
          await begin(id, 'poll');
          return { kind: 'skipped', reason: 'held' };
        },
        tend: async () => {
          await begin('fleet', 'tend');
        },
        onRedisError: () => {},
        now: Date.now,
        log,
      },
      roles,
      { stopping: stopping.signal, abort: stopping.signal },
    );
    cleanUps.unshift(() => workers.close());
    return workers;
  };
  cleanUps.push(() => wakes.close());
  /** The run of this number, the first being 1, once it has begun. */
  const run = async (number: number): Promise<Run> => {
    for (;;) {
      const found = runs[number - 1];
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => arrivals.push(resolve));
    }
  };
  return { wakes, runs, failures, stopping, start, run };
}

const healthy = { lane, failing: false };

test('a wake is drained, and one for a failing lane is probed', async () => {
  const { wakes, start, run } = setUp();
  start();
  await wakes.lanes([healthy]);
  expect(await run(1)).toMatchObject({ name: lane, mode: 'drain' });
  await wakes.lanes([{ lane: 'sub_2', failing: true }]);
  expect(await run(2)).toMatchObject({ name: 'sub_2', mode: 'probe' });
  (await run(1)).end();
  (await run(2)).end();
});

test('a wake for now does not wait behind one for later', async () => {
  const { wakes, start, run } = setUp();
  start();
  await wakes.laneLater(healthy, 3_600_000);
  await wakes.lanes([healthy]);
  (await run(1)).end();
});

test('many wakes that come before the drain are one', async () => {
  const { wakes, start, run, runs } = setUp();
  for (let time = 0; time < 5; time += 1) await wakes.lanes([healthy]);
  const workers = start();
  (await run(1)).end();
  await workers.close();
  expect(runs).toHaveLength(1);
});

test('a wake while its lane is drained runs after that drain, never beside it, however many come', async () => {
  const { wakes, start, run, runs } = setUp();
  start();
  await wakes.lanes([healthy]);
  const first = await run(1);
  for (let time = 0; time < 3; time += 1) await wakes.lanes([healthy]);
  await wakes.lanes([{ lane: 'sub_2', failing: false }]);
  expect(await run(2)).toMatchObject({ name: 'sub_2' });
  first.end();
  expect(await run(3)).toMatchObject({ name: lane });
  (await run(2)).end();
  (await run(3)).end();
  await wakes.lanes([{ lane: 'sub_3', failing: false }]);
  (await run(4)).end();
  expect(runs.map(({ name }) => name)).toEqual([lane, 'sub_2', lane, 'sub_3']);
});

test('a drain that left more is followed by another, where its last attempt sends it', async () => {
  const { wakes, start, run } = setUp();
  start();
  await wakes.lanes([healthy]);
  (await run(1)).end({ kind: 'more', failing: false });
  expect(await run(2)).toMatchObject({ mode: 'drain' });
  (await run(2)).end({ kind: 'more', failing: true });
  expect(await run(3)).toMatchObject({ mode: 'probe' });
  (await run(3)).end({ kind: 'more', failing: false });
  expect(await run(4)).toMatchObject({ mode: 'drain' });
  (await run(4)).end();
});

test('a drain that found its next work due later is followed by one then', async () => {
  const { wakes, start, run } = setUp();
  start();
  await wakes.lanes([healthy]);
  const dueMs = Date.now() + 50;
  (await run(1)).end({ kind: 'idle', failing: true, nextDueMs: dueMs });
  expect(await run(2)).toMatchObject({ name: lane, mode: 'probe' });
  expect(Date.now()).toBeGreaterThanOrEqual(dueMs);
  (await run(2)).end();
});

test('a wake that came during a drain is not put off by what that drain left for later', async () => {
  const { wakes, start, run } = setUp();
  start();
  await wakes.lanes([healthy]);
  const first = await run(1);
  await wakes.lanes([healthy]);
  first.end({ kind: 'idle', failing: false, nextDueMs: Date.now() + 3_600_000 });
  (await run(2)).end();
});

test('a drain with nothing to look for wakes nobody', async () => {
  const { wakes, start, run, runs } = setUp();
  const workers = start();
  await wakes.lanes([healthy]);
  (await run(1)).end({ kind: 'nothing' });
  await workers.close();
  expect(runs).toHaveLength(1);
  expect(await redis.keys('{queue:drain}:drain:[0-9]*')).toEqual([]);
});

test('a drain that fails is told of and leaves its lane free for the next wake', async () => {
  const { wakes, start, run, failures } = setUp();
  start();
  await wakes.lanes([healthy]);
  const failure = new Error('Redis is away.');
  (await run(1)).fail(failure);
  while (failures.length === 0) await new Promise(setImmediate);
  expect(failures).toMatchObject([{ queue: 'drain', job_data: { lane }, err: failure }]);
  await wakes.lanes([healthy]);
  (await run(2)).end();
});

test('a wake during a drain that fails is not lost', async () => {
  const { wakes, start, run } = setUp();
  start();
  await wakes.lanes([healthy]);
  const first = await run(1);
  await wakes.lanes([healthy]);
  first.fail(new Error('Redis is away.'));
  (await run(2)).end();
});

test('closing waits for the drain that runs and for the wake it leaves', async () => {
  const asked = Promise.withResolvers<void>();
  const made = Promise.withResolvers<void>();
  const { wakes, start, run } = setUp({
    laneLater: () => {
      asked.resolve();
      return made.promise;
    },
  });
  const workers = start();
  await wakes.lanes([healthy]);
  const first = await run(1);
  let isClosed = false;
  const closed = workers.close().then(() => {
    isClosed = true;
  });
  first.end({ kind: 'idle', failing: false, nextDueMs: Date.now() + 3_600_000 });
  await asked.promise;
  // Longer than closing takes once nothing runs any more: it asks Redis many times less than this.
  for (let time = 0; time < 200; time += 1) await redis.ping();
  expect(isClosed).toBe(false);
  made.resolve();
  await closed;
});

test('roles decide which queues are worked on', async () => {
  const { wakes, start, run, runs } = setUp();
  const workers = start({ poll: true, deliver: false });
  await wakes.lanes([healthy, { lane, failing: true }]);
  await wakes.poll('default', 0);
  expect(await run(1)).toMatchObject({ name: 'default', mode: 'poll' });
  (await run(1)).end();
  await workers.close();
  expect(runs).toHaveLength(1);
});

test('convoy (by reading): the schedules make polls and tends', async () => {
  const { wakes, start, run } = setUp();
  await createSchedules(wakes, 3_600_000, Date.now).install(async () => ['default']);
  start();
  const [first, second] = [await run(1), await run(2)];
  expect([first.mode, second.mode].sort()).toEqual(['poll', 'tend']);
  first.end();
  second.end();
});

test('outpost, svix, convoy, hook0 (by reading): a lane that failed once is tried at once while three hundred dead ones hang', async () => {
  const { wakes, start, run, runs } = setUp();
  start();
  const dead = Array.from({ length: 300 }, (_, number) => ({
    lane: `sub_dead-${number}` as const,
    failing: true,
  }));
  await wakes.lanes(dead);
  await wakes.lanes([{ lane: 'sub_hiccup', failing: true }]);
  // None of those that hang has to end first.
  expect(await run(301)).toMatchObject({ mode: 'probe' });
  expect(runs.map(({ name }) => name)).toContain('sub_hiccup');
  for (const each of runs) each.end();
});
