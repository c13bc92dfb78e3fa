import type { Queue } from 'bullmq';
import { jobOptions } from './catalog.ts';
import type { Wakes } from './wakes.ts';

/** Lanes and logs that a crash left behind move again after at most this long. */
const tendEveryMs = 5000;
/** A run may lie this far off its time and its schedule still be sound. */
const slackMs = 60_000;

export interface Schedules {
  /** Makes the fleet's schedules be those of these sources; safe to repeat, from any process. */
  install(sourceIds: readonly string[]): Promise<void>;
}

export function createSchedules(
  wakes: Wakes,
  pollIntervalMs: number,
  now: () => number,
): Schedules {
  const { pollQueue, tendQueue } = wakes;
  return {
    async install(sourceIds) {
      await ensure(tendQueue, 'tend', tendEveryMs, now(), { name: 'tend', opts: jobOptions });
      const known = new Set(sourceIds);
      for (const { key } of await pollQueue.getJobSchedulers()) {
        if (!known.has(key)) await pollQueue.removeJobScheduler(key);
      }
      for (const source of sourceIds) {
        const template = { name: 'poll', data: { source }, opts: jobOptions };
        await ensure(pollQueue, source, pollIntervalMs, now(), template);
      }
    },
  };
}

/**
 * Leaves a sound schedule alone. BullMQ keeps the offset of an old interval, and the next run that a clock which was ahead
 * has set, also when a schedule is written anew: such a one is removed first.
 */
async function ensure(
  queue: Queue,
  id: string,
  everyMs: number,
  nowMs: number,
  template: Parameters<Queue['upsertJobScheduler']>[2],
): Promise<void> {
  const found = await queue.getJobScheduler(id);
  if (found !== undefined) {
    const lateMs = nowMs - (found.next ?? 0);
    const isPunctual = lateMs <= slackMs && -lateMs <= everyMs + slackMs;
    if (found.every === everyMs && isPunctual) return;
    await queue.removeJobScheduler(id);
  }
  await queue.upsertJobScheduler(id, { every: everyMs }, template);
}
