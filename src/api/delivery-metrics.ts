import type { AttemptReport } from '#deliver/attempt-report.ts';
import type { Meter } from './meter.ts';

/** From what a healthy endpoint takes to what the last retry takes. */
const deliveredBuckets = [
  0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 1800, 7200, 21_600, 86_400,
  259_200,
];

/** From an event's commit to its delivery. */
export interface DeliveryMetrics {
  /** A batch lies on the lanes of all who want it; `sinceCommitMs` is the age of its oldest event. */
  onRelayed(events: number, sinceCommitMs: number): void;
  onRelayFailure(): void;
  onAttempt(report: AttemptReport): void;
  onExpired(deliveries: number): void;
  /** `type` is the event's, such as `subscription.disabled`. */
  onSubscriptionEvent(type: string): void;
}

/** An attempt costs two observations, whoever the subscriber is. */
export function createDeliveryMetrics(make: Meter): DeliveryMetrics {
  const delivered = make.histogram(
    'seen_to_delivered_seconds',
    'From an event’s commit to the 2xx of a subscriber, by whether the first attempt had it.',
    ['attempt'],
    deliveredBuckets,
  );
  const attempts = make.histogram(
    'delivery_attempt_duration_seconds',
    'Attempts to deliver, by what became of them.',
    ['outcome'],
  );
  const failures = make.counter(
    'delivery_attempt_failures_total',
    'Attempts that did not deliver, by what the subscriber answered, or why it did not.',
    ['reason'],
  );
  const relayed = make.counter('events_relayed_total', 'Events put onto the lanes that want them.');
  const relayLag = make.histogram(
    'relay_lag_seconds',
    'From commit to lanes, of the oldest event of each batch.',
  );
  const relayFailures = make.counter(
    'relay_failures_total',
    'Times that a log could not be relayed right after a commit.',
  );
  const expired = make.counter(
    'deliveries_expired_total',
    'Deliveries given up because their events outlived the retention.',
  );
  const announced = make.counter(
    'subscription_events_total',
    'Subscriptions announced as failing or disabled.',
    ['type'],
  );
  // From 0 on, so that the first delivery shows as a rise.
  for (const attempt of ['first', 'retried']) delivered.zero({ attempt });
  // Made once: there is one observation of these for each delivery.
  const first = delivered.labels('first');
  const retried = delivered.labels('retried');
  return {
    onRelayed(events, sinceCommitMs) {
      relayed.inc(events);
      relayLag.observe(Math.max(0, sinceCommitMs) / 1000);
    },
    onRelayFailure: () => relayFailures.inc(),
    onAttempt({ outcome, failure, durationMs, sinceCommitMs, isFirst }) {
      attempts.observe({ outcome }, durationMs / 1000);
      if (failure === null) (isFirst ? first : retried).observe(Math.max(0, sinceCommitMs) / 1000);
      else failures.inc({ reason: failure });
    },
    onExpired: (deliveries) => expired.inc(deliveries),
    onSubscriptionEvent: (type) => announced.inc({ type }),
  };
}
