import { type ConnectionOptions, type Job, type Processor, Worker } from 'bullmq';
import type { Logger } from 'pino';
import type { DrainLane } from '#deliver/drain-lane.ts';
import type { DrainSignals } from '#deliver/drain-ports.ts';
import type { PollJob } from '#poll/poll-job.ts';
import type { LaneWake } from '#store/lanes.ts';
import { drainJobSchema, pollJobSchema, type QueueName, queuePrefix, slots } from './catalog.ts';
import { restWhenRefused } from './rest.ts';
import type { Wakes } from './wakes.ts';

export interface WorkerPorts {
  readonly connection: ConnectionOptions;
  readonly wakes: Wakes;
  /** By then what stands in Redis was found fit to work with, and overdue polls have been spread. No job is taken before. */
  readonly installed: Promise<void>;
  readonly pollSource: PollJob;
  readonly drainLane: DrainLane;
  readonly tend: (signal: AbortSignal) => Promise<void>;
  /** Hears of what goes wrong between a worker and Redis. */
  readonly onRedisError: (error: Error, queue: QueueName) => void;
  readonly now: () => number;
  readonly log: Logger;
}

/** A source whose inbox fails is asked again at least this often. */
const failingPollMs = 30_000;
/** By then the lease of a process that died has run out. */
const orphanPollMs = 5500;

/**
 * A killed process holds its jobs for the lock's time, and two looks of the stall check give them to others: some six
 * seconds. A job may stall any number of times: it is a wake, and a wake is never given up.
 */
const crashRecovery = {
  lockDuration: 4000,
  stalledInterval: 2000,
  maxStalledCount: 1_000_000,
} as const;

export interface Workers {
  /** Takes no more jobs and resolves when those that run have ended. */
  close(): Promise<void>;
}

/** Turns jobs into calls of the stages, and what these answer into the next wake. */
export function startWorkers(
  ports: WorkerPorts,
  roles: { readonly poll: boolean; readonly deliver: boolean },
  signals: DrainSignals,
): Workers {
  const workers: Worker[] = [];
  const arranging = new Set<Promise<void>>();
  const start = (name: QueueName, processor: Processor) => {
    const worker = openWorker(ports, name, processor);
    // While a drain is active a wake for later would displace the wake for now that came after its last look.
    worker.on('completed', (_job, later: LaterWake | null | undefined) => {
      if (!later) return;
      const arranged = arrange(ports, later).finally(() => arranging.delete(arranged));
      arranging.add(arranged);
    });
    workers.push(worker);
  };
  if (roles.poll) start('poll', (job) => poll(ports, job, signals));
  if (roles.deliver) {
    start('drain', (job) => drain(ports, job, 'drain', signals));
    start('probe', (job) => drain(ports, job, 'probe', signals));
  }
  start('tend', () => ports.tend(signals.stopping));
  return {
    async close() {
      await Promise.all(workers.map((worker) => worker.close()));
      await Promise.all(arranging);
    },
  };
}

function openWorker(
  { connection, installed, onRedisError, log }: WorkerPorts,
  name: QueueName,
  processor: Processor,
): Worker {
  const worker = new Worker(name, processor, {
    connection,
    prefix: queuePrefix(name),
    concurrency: slots[name],
    autorun: false,
    ...crashRecovery,
  });
  restWhenRefused(worker, (error) => onRedisError(error, name));
  worker.on('failed', (job, error) => {
    log.error({ queue: name, job_data: job?.data, err: error }, 'job.failed');
  });
  installed.then(() => worker.run()).catch((error: Error) => worker.emit('error', error));
  return worker;
}

async function poll(ports: WorkerPorts, job: Job, signals: DrainSignals): Promise<void> {
  const { source } = pollJobSchema.parse(job.data);
  const outcome = await ports.pollSource(source, signals.stopping);
  if (signals.stopping.aborted) return;
  // Taken over from a process that died: its lease outlives it, and nobody is left to hear that we were here.
  const isOrphan =
    outcome.kind === 'skipped' && outcome.reason === 'held' && job.stalledCounter > 0;
  if (isOrphan) await ports.wakes.poll(source, orphanPollMs);
  if (outcome.kind === 'skipped') return;
  if (outcome.again) await ports.wakes.poll(source, 0);
  else if (outcome.kind === 'failed') await ports.wakes.poll(source, failingPollMs);
}

/** A wake that cannot be arranged is made by the next tend. */
async function arrange({ wakes, now, log }: WorkerPorts, { wake, dueMs }: LaterWake) {
  try {
    await wakes.laneLater(wake, dueMs - now());
  } catch (error) {
    log.warn({ subscription_id: wake.lane, err: error }, 'wake.failed');
  }
}

/** What a drain leaves for later: known only once it has ended, and to be arranged only then. */
interface LaterWake {
  readonly wake: LaneWake;
  readonly dueMs: number;
}

async function drain(
  ports: WorkerPorts,
  job: Job,
  mode: 'drain' | 'probe',
  signals: DrainSignals,
): Promise<LaterWake | null> {
  const { lane } = drainJobSchema.parse(job.data);
  const outcome = await ports.drainLane(lane, mode, signals);
  if (outcome.kind === 'nothing') return null;
  const wake: LaneWake = { lane, failing: outcome.failing };
  if (outcome.kind === 'more') await ports.wakes.lanes([wake]);
  else if (outcome.nextDueMs !== null) return { wake, dueMs: outcome.nextDueMs };
  return null;
}
