import { collectDefaultMetrics, Registry } from 'prom-client';
import type { LaneTotals } from '#store/lane-totals.ts';
import { createDeliveryMetrics, type DeliveryMetrics } from './delivery-metrics.ts';
import { createInboxMetrics, type InboxMetrics } from './inbox-metrics.ts';
import { meter } from './meter.ts';
import { createServiceGauges, type QueueCounts } from './service-gauges.ts';
import { createSourceGauges } from './source-gauges.ts';
import type { SourceView } from './source-view.ts';
import { createSubscriptionGauges } from './subscription-gauges.ts';

/**
 * What the other rooms tell, as Prometheus counts it; docs/metrics.md says which question each answers. No label holds a URL,
 * a contact or a subscription's id.
 */
export interface Metrics extends InboxMetrics, DeliveryMetrics {
  onSecretsResealed(count: number): void;
  onRequest(report: RequestReport): void;
  /** As Prometheus text. */
  text(now: Scraped): Promise<string>;
  readonly contentType: string;
}

/** What is looked up when somebody asks; null where it is not known at this moment. */
export interface Scraped {
  readonly isReady: boolean;
  readonly sources: readonly SourceView[];
  readonly lanes: LaneTotals | null;
  readonly queues: QueueCounts | null;
  readonly nowMs: number;
}

export interface RequestReport {
  readonly method: string;
  /** The pattern, such as `/v1/events/:id`; null where none matched. */
  readonly route: string | null;
  readonly status: number;
  readonly durationMs: number;
}

export function createMetrics(version: string): Metrics {
  const registry = new Registry();
  const make = meter(registry);
  collectDefaultMetrics({ register: registry });
  const requests = make.histogram('http_request_duration_seconds', 'Requests to the API.', [
    'method',
    'route',
    'status',
  ]);
  const resealed = make.counter(
    'secrets_resealed_total',
    'Documents that this process sealed anew with the first ENCRYPTION_KEY.',
  );
  const serviceGauges = createServiceGauges(make, version);
  const sourceGauges = createSourceGauges(make);
  const subscriptionGauges = createSubscriptionGauges(make);
  return {
    ...createInboxMetrics(make),
    ...createDeliveryMetrics(make),
    onSecretsResealed: (count) => resealed.inc(count),
    onRequest: ({ method, route, status, durationMs }) => {
      // A client chooses its method freely when no route matches, and a label must not be anybody's to fill.
      const labels =
        route === null ? { method: 'other', route: 'none', status } : { method, route, status };
      requests.observe(labels, durationMs / 1000);
    },
    text({ isReady, sources, lanes, queues, nowMs }) {
      serviceGauges.set(isReady, queues);
      sourceGauges.set(sources);
      subscriptionGauges.set(lanes, nowMs);
      return registry.metrics();
    },
    contentType: registry.contentType,
  };
}
