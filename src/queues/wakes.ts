import { type ConnectionOptions, Queue } from 'bullmq';
import type { LaneWake } from '#store/lanes.ts';
import {
  type DrainJobData,
  jobOptions,
  type PollJobData,
  type QueueName,
  queuePrefix,
} from './catalog.ts';

/** The queues as their producers see them. */
export interface Wakes {
  readonly pollQueue: Queue<PollJobData>;
  readonly tendQueue: Queue;
  lanes(lanes: readonly LaneWake[]): Promise<void>;
  /** Wakes a lane once its next work is due. */
  laneLater(lane: LaneWake, delayMs: number): Promise<void>;
  /** `delayMs` 0 is now. */
  poll(sourceId: string, delayMs: number): Promise<void>;
  /** How many jobs lie in each queue, by their state. */
  countJobs(): Promise<Readonly<Record<QueueName, Readonly<Record<string, number>>>>>;
  close(): Promise<void>;
}

export function createWakes(connection: ConnectionOptions, onError: (error: Error) => void): Wakes {
  const open = <Data>(name: QueueName): Queue<Data> => {
    const queue = new Queue<Data>(name, {
      connection,
      prefix: queuePrefix(name),
      defaultJobOptions: jobOptions,
      // Every job writes four entries to a stream that nobody reads and that cannot be turned off.
      streams: { events: { maxLen: 100 } },
    });
    queue.on('error', onError);
    return queue;
  };
  const pollQueue = open<PollJobData>('poll');
  const drainQueue = open<DrainJobData>('drain');
  const probeQueue = open<DrainJobData>('probe');
  const tendQueue = open('tend');

  async function wake({ lane, failing }: LaneWake, delayMs: number): Promise<void> {
    const queue = failing ? probeQueue : drainQueue;
    await queue.add(
      'drain',
      { lane },
      { ...(delayMs > 0 ? { delay: delayMs } : {}), deduplication: onePerLane(lane) },
    );
  }

  return {
    pollQueue,
    tendQueue,
    async lanes(lanes) {
      await Promise.all(lanes.map((lane) => wake(lane, 0)));
    },
    laneLater: (lane, delayMs) => wake(lane, Math.max(1, Math.ceil(delayMs))),
    async poll(sourceId, delayMs) {
      const deduplication = { id: `now-${sourceId}`, keepLastIfActive: true, replace: true };
      await pollQueue.add('poll', { source: sourceId }, { delay: delayMs, deduplication });
    },
    async countJobs() {
      const count = (queue: Queue) => queue.getJobCounts('waiting', 'active', 'delayed', 'failed');
      const [poll, drain, probe, tend] = await Promise.all([
        count(pollQueue),
        count(drainQueue),
        count(probeQueue),
        count(tendQueue),
      ]);
      return { poll, drain, probe, tend };
    },
    async close() {
      await Promise.all([pollQueue, drainQueue, probeQueue, tendQueue].map((each) => each.close()));
    },
  };
}

/**
 * At most one drain of a lane runs and one waits; a wake while one runs is kept and run after it. `replace`: a wake for
 * now takes the place of one that waits for later, which would otherwise swallow it.
 */
function onePerLane(lane: string) {
  return { id: lane, keepLastIfActive: true, replace: true };
}
