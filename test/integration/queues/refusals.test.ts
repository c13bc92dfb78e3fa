import { expect, test } from 'vitest';
import { createWakes } from '#queues/wakes.ts';
import { startWorkers } from '#queues/workers.ts';
import { command, startOwnRedis } from '../../support/own-redis.ts';
import { openConnection, silentLog } from '../../support/stage.ts';
import { until } from '../../support/until.ts';

test('outpost (by reading): a Redis that is out of memory is asked for jobs about once a second, and what waited is done once it is not', async ({
  skip,
}) => {
  const own = await startOwnRedis({}, skip);
  const { redis } = await openConnection(own.url);
  const wakes = createWakes(redis, () => {});
  await wakes.lanes([{ lane: 'sub_1', failing: false }]);
  await command(own.url, 'CONFIG', 'SET', 'maxmemory', '1');
  const failedAtMs: number[] = [];
  const drained: string[] = [];
  const onRedisError = (_: Error, queue: string) => {
    if (queue === 'drain') failedAtMs.push(performance.now());
  };
  const never = new AbortController().signal;
  const workers = startWorkers(
    {
      connection: redis,
      wakes,
      installed: Promise.resolve(),
      drainLane: async (lane) => {
        drained.push(lane);
        return { kind: 'idle', failing: false, nextDueMs: null };
      },
      pollSource: async () => ({ kind: 'skipped', reason: 'held' }),
      tend: async () => {},
      onRedisError,
      now: Date.now,
      log: silentLog,
    },
    { poll: false, deliver: true },
    { stopping: never, abort: never },
  );
  const [first = 0, , third = 0] = await until(
    'three refusals',
    () => failedAtMs.length >= 3 && failedAtMs,
  );
  expect(third - first).toBeGreaterThan(1500);
  expect(drained).toEqual([]);
  await command(own.url, 'CONFIG', 'SET', 'maxmemory', '0');
  await until('the lane drained', () => drained.length > 0);
  expect(drained).toEqual(['sub_1']);
  await workers.close();
  await wakes.close();
});
