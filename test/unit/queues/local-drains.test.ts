import { expect, test } from 'vitest';
import type { DrainOutcome } from '#deliver/drain-ports.ts';
import type { SubscriptionId } from '#domain/subscription.ts';
import { localSlots } from '#queues/catalog.ts';
import { createLocalDrains } from '#queues/local-drains.ts';
import type { LaneWake } from '#store/lanes.ts';
import { silentLog } from '../../support/stage.ts';

const lane: SubscriptionId = 'sub_1';
const healthy: LaneWake = { lane, failing: false };
const nothingWaits: DrainOutcome = { kind: 'idle', failing: false, nextDueMs: null };

/** Drains that end when the test says so. */
function setUp() {
  const drains: {
    lane: string;
    mode: string;
    end: (outcome: DrainOutcome) => void;
    fail: () => void;
  }[] = [];
  const jobs: LaneWake[] = [];
  const later: [LaneWake, number][] = [];
  const failures: unknown[] = [];
  const stopping = new AbortController();
  const local = createLocalDrains(
    {
      drainLane: (id, mode) =>
        new Promise((end, reject) => {
          drains.push({ lane: id, mode, end, fail: () => reject(new Error('Redis is away')) });
        }),
      wakes: {
        lanes: async (lanes) => void jobs.push(...lanes),
        laneLater: async (wake, delayMs) => void later.push([wake, delayMs]),
      },
      now: () => 1000,
      log: Object.assign(Object.create(silentLog), {
        error: (fields: unknown) => failures.push(fields),
      }),
    },
    { stopping: stopping.signal, abort: stopping.signal },
  );
  return { ...local, drains, jobs, later, failures, stopping };
}

test('a lane that is woken here is drained here, without a job', async () => {
  const { wake, idle, drains, jobs, later } = setUp();
  await wake([healthy]);
  expect(drains).toMatchObject([{ lane, mode: 'drain' }]);
  drains[0]?.end(nothingWaits);
  await idle();
  expect([jobs, later]).toEqual([[], []]);
});

test('a failing lane waits for its job', async () => {
  const { wake, drains, jobs } = setUp();
  await wake([{ lane, failing: true }]);
  expect([drains, jobs]).toEqual([[], [{ lane, failing: true }]]);
});

test('a lane that is woken while it is drained is looked at once more', async () => {
  const { wake, idle, drains, jobs } = setUp();
  await wake([healthy]);
  await wake([healthy]);
  expect(drains).toHaveLength(1);
  drains[0]?.end(nothingWaits);
  await idle();
  expect(jobs).toEqual([healthy]);
});

test('a lane that is woken after its drain has ended is drained again, here', async () => {
  const { wake, idle, drains, jobs } = setUp();
  await wake([healthy]);
  drains[0]?.end(nothingWaits);
  await idle();
  await wake([healthy]);
  expect(drains).toHaveLength(2);
  expect(jobs).toEqual([]);
});

test('what a drain leaves is left to jobs: more of it at once, the rest when it is due', async () => {
  const { wake, idle, drains, jobs, later } = setUp();
  await wake([healthy, { lane: 'sub_2', failing: false }]);
  drains[0]?.end({ kind: 'more', failing: true });
  drains[1]?.end({ kind: 'idle', failing: false, nextDueMs: 6000 });
  await idle();
  expect(jobs).toEqual([{ lane, failing: true }]);
  expect(later).toEqual([[{ lane: 'sub_2', failing: false }, 5000]]);
});

test('lanes for which there is no room here are woken by jobs', async () => {
  const { wake, drains, jobs } = setUp();
  const lanes = Array.from({ length: localSlots + 2 }, (_, number) => ({
    lane: `sub_${number}` as const,
    failing: false,
  }));
  await wake(lanes);
  expect(drains).toHaveLength(localSlots);
  expect(jobs).toEqual(lanes.slice(localSlots));
});

test('a process that stops begins no drain, and waits for those that it began', async () => {
  const { wake, idle, drains, jobs, stopping } = setUp();
  await wake([healthy]);
  stopping.abort();
  await wake([{ lane: 'sub_2', failing: false }]);
  expect(jobs).toEqual([{ lane: 'sub_2', failing: false }]);
  let isIdle = false;
  const ended = idle().then(() => {
    isIdle = true;
  });
  await Promise.resolve();
  expect(isIdle).toBe(false);
  drains[0]?.end(nothingWaits);
  await ended;
});

test('a drain that fails is told of, and its lane can be woken again', async () => {
  const { wake, idle, drains, failures } = setUp();
  await wake([healthy]);
  drains[0]?.fail();
  await idle();
  expect(failures).toMatchObject([{ subscription_id: lane }]);
  await wake([healthy]);
  expect(drains).toHaveLength(2);
});

test('a drain that was begun for a push is not begun twice, and no job comes of it', async () => {
  const { begin, idle, drains, jobs } = setUp();
  expect([begin(lane), begin(lane)]).toEqual([true, false]);
  drains[0]?.end(nothingWaits);
  await idle();
  expect(drains).toHaveLength(1);
  expect(jobs).toEqual([]);
});

test('a process that stops, or has no room, begins no drain for a push', () => {
  const full = setUp();
  for (let number = 0; number < localSlots; number += 1) full.begin(`sub_${number}`);
  expect(full.begin('sub_one-more')).toBe(false);
  const stopped = setUp();
  stopped.stopping.abort();
  expect(stopped.begin(lane)).toBe(false);
});
