import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** Makes metrics of one registry, all under the service's prefix. */
export interface Meter {
  counter<L extends string = never>(name: string, help: string, labels?: L[]): Counter<L>;
  gauge<L extends string = never>(name: string, help: string, labels?: L[]): Gauge<L>;
  /** In seconds. */
  histogram<L extends string = never>(
    name: string,
    help: string,
    labels?: L[],
    buckets?: readonly number[],
  ): Histogram<L>;
}

const prefix = 'inbox_notifier_';

/** For what is over within a request's time. */
const requestBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 30];

export function meter(registry: Registry): Meter {
  const registers = [registry];
  return {
    counter: (name, help, labelNames = []) =>
      new Counter({ name: prefix + name, help, labelNames, registers }),
    gauge: (name, help, labelNames = []) =>
      new Gauge({ name: prefix + name, help, labelNames, registers }),
    histogram: (name, help, labelNames = [], buckets = requestBuckets) =>
      new Histogram({ name: prefix + name, help, labelNames, buckets: [...buckets], registers }),
  };
}
