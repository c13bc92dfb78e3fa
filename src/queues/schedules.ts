import { jobOptions } from './catalog.ts';
import type { Wakes } from './wakes.ts';

/** Lanes and logs that a crash left behind move again after at most this long. */
const tendEveryMs = 5000;

export interface Schedules {
  /** Makes the fleet's schedules be those of these sources; safe to repeat, from any process. */
  install(sourceIds: readonly string[]): Promise<void>;
  /** Whether each of so many sources has its schedule. */
  areComplete(sourceCount: number): Promise<boolean>;
}

export function createSchedules(wakes: Wakes, pollIntervalMs: number): Schedules {
  const { pollQueue, tendQueue } = wakes;
  return {
    async install(sourceIds) {
      const tend = { name: 'tend', opts: jobOptions };
      await tendQueue.upsertJobScheduler('tend', { every: tendEveryMs }, tend);
      const known = new Set(sourceIds);
      for (const { key, every } of await pollQueue.getJobSchedulers()) {
        // BullMQ keeps the old interval's offset, by which every missed tick would then be late: an hour, if it was one.
        const isOutdated = !known.has(key) || every !== pollIntervalMs;
        if (isOutdated) await pollQueue.removeJobScheduler(key);
      }
      for (const source of sourceIds) {
        const poll = { name: 'poll', data: { source }, opts: jobOptions };
        await pollQueue.upsertJobScheduler(source, { every: pollIntervalMs }, poll);
      }
    },
    async areComplete(sourceCount) {
      return (await pollQueue.getJobSchedulersCount()) === sourceCount;
    },
  };
}
