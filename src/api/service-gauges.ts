import type { Meter } from './meter.ts';

/** Jobs of each queue, by their state. */
export type QueueCounts = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** The service itself as Prometheus sees it at a scrape. */
export interface ServiceGauges {
  /** `queues` is null where it is not known at this moment. */
  set(isReady: boolean, queues: QueueCounts | null): void;
}

/** Says under its label which version runs, as Prometheus expects it. */
export function createServiceGauges(make: Meter, version: string): ServiceGauges {
  const build = make.gauge('build_info', 'Always 1; the label tells the version.', ['version']);
  build.set({ version }, 1);
  const ready = make.gauge('redis_ready', '1 while Redis answers and takes writes, else 0.');
  const jobs = make.gauge('queue_jobs', 'Jobs that lie in Redis, of all processes.', [
    'queue',
    'state',
  ]);
  return {
    set(isReady, queues) {
      ready.set(isReady ? 1 : 0);
      jobs.reset();
      for (const [queue, states] of Object.entries(queues ?? {})) {
        for (const [state, count] of Object.entries(states)) jobs.set({ queue, state }, count);
      }
    },
  };
}
