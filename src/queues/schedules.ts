import { createHash } from 'node:crypto';
import type { Queue } from 'bullmq';
import { jobOptions } from './catalog.ts';
import type { Wakes } from './wakes.ts';

/** Lanes and logs that a crash left behind move again after at most this long. */
const tendEveryMs = 5000;
/** A run may lie this far off its time and its schedule still be sound. */
const slackMs = 60_000;
/** As `slackMs`, when a process starts: what is overdue then has had nobody to run it. */
const slackAtStartMs = 1000;
/** Polls that are overdue all at once are spread over this time, or over the interval if that is shorter. */
const catchUpMs = 10_000;

export interface Schedules {
  /** Makes the fleet's schedules be those of these sources; safe to repeat, from any process. */
  install(readSourceIds: () => Promise<readonly string[]>): Promise<void>;
  add(sourceId: string): Promise<void>;
  remove(sourceId: string): Promise<void>;
}

/**
 * Each source has its own moment in the interval, so that a thousand of them are not polled at once, nor after a restart.
 * What is looked at every few seconds is one list of next runs; only the first look of a process goes into each schedule.
 */
export function createSchedules(
  wakes: Wakes,
  pollIntervalMs: number,
  now: () => number,
): Schedules {
  const { pollQueue, tendQueue } = wakes;
  let isFirstLook = true;

  async function add(source: string): Promise<void> {
    const repeat = { every: pollIntervalMs, offset: offsetOf(source, pollIntervalMs) };
    const template = { name: 'poll', data: { source }, opts: jobOptions };
    await pollQueue.upsertJobScheduler(source, repeat, template);
  }

  async function remove(source: string): Promise<void> {
    await pollQueue.removeJobScheduler(source);
  }

  /** BullMQ keeps the next run that a clock which was ahead has set, and an old interval's offset: it is removed first. */
  async function renew(sources: readonly string[]): Promise<void> {
    const stepMs = Math.min(pollIntervalMs, catchUpMs) / sources.length;
    const renewOne = async (source: string, index: number) => {
      await remove(source);
      await add(source);
      await wakes.poll(source, Math.floor(index * stepMs));
    };
    await Promise.all(sources.map(renewOne));
  }

  return {
    add,
    remove,
    async install(readSourceIds) {
      await ensureTend(tendQueue, now());
      // In this order: who is made in between has no schedule yet, rather than one that nobody knows of.
      const nextRuns = await readNextRuns(pollQueue);
      const sources = await readSourceIds();
      const known = new Set(sources);
      for (const id of nextRuns.keys()) if (!known.has(id)) await remove(id);
      const lateMs = isFirstLook ? slackAtStartMs : slackMs;
      const others = isFirstLook ? await withOtherInterval(pollQueue, pollIntervalMs) : noOthers;
      const isSound = (source: string) =>
        isPunctual(nextRuns.get(source) ?? 0, pollIntervalMs, now(), lateMs) && !others.has(source);
      await renew(sources.filter((source) => !isSound(source)));
      isFirstLook = false;
    },
  };
}

const noOthers: ReadonlySet<string> = new Set();

/** Where in each interval a source is polled: spread evenly, the same in every process, and never 0, which means none. */
function offsetOf(source: string, everyMs: number): number {
  const hash = createHash('sha256').update(source).digest().readUInt32BE(0);
  return 1 + (hash % (everyMs - 1));
}

/** When each scheduler of a queue runs next, by its id. */
async function readNextRuns(queue: Queue): Promise<ReadonlyMap<string, number>> {
  const pairs = await queue.getBackend().getJobSchedulersRange(0, -1, true);
  const nextRuns = new Map<string, number>();
  for (let index = 0; index < pairs.length; index += 2) {
    nextRuns.set(pairs[index] ?? '', Number(pairs[index + 1]));
  }
  return nextRuns;
}

/** Schedulers that another configuration, or an older version, has made. */
async function withOtherInterval(queue: Queue, everyMs: number): Promise<ReadonlySet<string>> {
  const schedulers = await queue.getJobSchedulers();
  const others = schedulers.filter(
    ({ key, every, offset }) => every !== everyMs || offset !== offsetOf(key, everyMs),
  );
  return new Set(others.map(({ key }) => key));
}

function isPunctual(nextMs: number, everyMs: number, nowMs: number, lateMs: number): boolean {
  return nowMs - nextMs <= lateMs && nextMs - nowMs <= everyMs + slackMs;
}

async function ensureTend(queue: Queue, nowMs: number): Promise<void> {
  const id = 'tend';
  const found = await queue.getJobScheduler(id);
  if (found !== undefined) {
    const isSound = isPunctual(found.next ?? 0, tendEveryMs, nowMs, slackMs);
    if (found.every === tendEveryMs && isSound) return;
    await queue.removeJobScheduler(id);
  }
  await queue.upsertJobScheduler(id, { every: tendEveryMs }, { name: id, opts: jobOptions });
}
