import { expect, test } from 'vitest';
import { createWakes } from '#queues/wakes.ts';
import { startWorkers } from '#queues/workers.ts';
import type { LaneWake } from '#store/lanes.ts';
import { openConnection, silentLog } from '../../support/stage.ts';
import { until } from '../../support/until.ts';

const { redis } = await openConnection();

test('taskforcesh/bullmq#3087 and #1070: however many jobs there were, the queues leave next to nothing behind', async () => {
  const wakes = createWakes(redis, () => {});
  const drained = new Set<string>();
  const never = new AbortController().signal;
  const workers = startWorkers(
    {
      connection: redis,
      wakes,
      installed: Promise.resolve(),
      drainLane: async (lane) => {
        drained.add(lane);
        return { kind: 'idle', failing: false, nextDueMs: null };
      },
      pollSource: async () => ({ kind: 'skipped', reason: 'held' }),
      tend: async () => {},
      onRedisError: () => {},
      now: Date.now,
      log: silentLog,
    },
    { poll: true, deliver: true },
    { stopping: never, abort: never },
  );
  const jobs = 1500;
  const lanes = Array.from({ length: jobs }, (_, number): LaneWake => {
    return { lane: `sub_${number}`, failing: number % 3 === 0 };
  });
  await wakes.lanes(lanes);
  await until('all drained', () => drained.size === jobs);
  await workers.close();
  await wakes.close();
  for (const queue of ['drain', 'probe']) {
    const prefix = `{queue:${queue}}:${queue}`;
    // A hundred are kept, and Redis drops whole nodes of a stream, of a hundred entries each.
    expect(await redis.xlen(`${prefix}:events`)).toBeLessThan(300);
    const left = await redis.keys(`${prefix}:*`);
    expect(left.map((key) => key.slice(prefix.length + 1)).sort()).toEqual(
      ['events', 'id', 'meta', 'stalled-check'].sort(),
    );
  }
});
