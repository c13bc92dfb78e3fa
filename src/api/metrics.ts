import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import type { AttemptReport } from '#deliver/attempt-report.ts';
import type { LaneTotals } from '#store/lane-totals.ts';
import { createSourceGauges } from './source-gauges.ts';
import type { SourceView } from './source-view.ts';
import { createSubscriptionGauges } from './subscription-gauges.ts';

/** What the other rooms tell, as Prometheus counts it. No label holds a URL, a contact or a subscription's id. */
export interface Metrics {
  /** `kind` is the answer's, such as `page` or `limited`. */
  onInboxAnswer(sourceId: string, kind: string, durationMs: number): void;
  onEventsCommitted(sourceId: string, count: number): void;
  onAttempt(report: AttemptReport): void;
  onExpired(deliveries: number): void;
  /** `type` is the event's, such as `subscription.disabled`. */
  onSubscriptionEvent(type: string): void;
  onRequest(report: RequestReport): void;
  /** As Prometheus text, with the sources and lanes as they are now; null where that is not known. */
  text(sources: readonly SourceView[], lanes: LaneTotals | null, nowMs: number): Promise<string>;
  readonly contentType: string;
}

export interface RequestReport {
  readonly method: string;
  /** The pattern, such as `/v1/events/:id`; null where none matched. */
  readonly route: string | null;
  readonly status: number;
  readonly durationMs: number;
}

const prefix = 'inbox_notifier_';
const secondsBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 30];

export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const durationOf = <L extends string>(what: string, help: string, labelNames: L[]) =>
    new Histogram({
      name: `${prefix}${what}_duration_seconds`,
      help,
      labelNames,
      buckets: secondsBuckets,
      registers,
    });

  const inboxAnswers = durationOf('inbox_request', 'Requests to the inbox, by their answer.', [
    'source',
    'kind',
  ]);
  const attempts = durationOf('delivery_attempt', 'Attempts to deliver, by what became of them.', [
    'outcome',
  ]);
  const requests = durationOf('http_request', 'Requests to the API.', [
    'method',
    'route',
    'status',
  ]);
  const events = new Counter({
    name: `${prefix}events_committed_total`,
    help: 'Events written to the log.',
    labelNames: ['source'],
    registers,
  });
  const sourceGauges = createSourceGauges(prefix, registry);
  const subscriptionGauges = createSubscriptionGauges(prefix, registry);
  const expired = new Counter({
    name: `${prefix}deliveries_expired_total`,
    help: 'Deliveries given up because their events outlived the retention.',
    registers,
  });

  const subscriptionEvents = new Counter({
    name: `${prefix}subscription_events_total`,
    help: 'Subscriptions announced as failing or disabled.',
    labelNames: ['type'],
    registers,
  });

  return {
    onInboxAnswer: (source, kind, durationMs) => {
      inboxAnswers.observe({ source, kind }, durationMs / 1000);
    },
    onEventsCommitted: (source, count) => events.inc({ source }, count),
    onAttempt: ({ outcome, durationMs }) => attempts.observe({ outcome }, durationMs / 1000),
    onExpired: (deliveries) => expired.inc(deliveries),
    onSubscriptionEvent: (type) => subscriptionEvents.inc({ type }),
    onRequest: ({ method, route, status, durationMs }) => {
      // A client chooses its method freely when no route matches, and a label must not be anybody's to fill.
      const labels =
        route === null ? { method: 'other', route: 'none', status } : { method, route, status };
      requests.observe(labels, durationMs / 1000);
    },
    text(sources, lanes, nowMs) {
      sourceGauges.set(sources);
      subscriptionGauges.set(lanes, nowMs);
      return registry.metrics();
    },
    contentType: registry.contentType,
  };
}
