import { expect, test } from 'vitest';
import { createMetrics } from '#api/metrics.ts';

test('what rooms tell is counted in seconds, by names that say so', async () => {
  const metrics = createMetrics();
  metrics.onInboxAnswer('default', 'page', 1500);
  metrics.onEventsCommitted('default', 3);
  metrics.onEventsCommitted('default', 4);
  metrics.onAttempt({ subscriptionId: 'sub_1', outcome: 'delivered', durationMs: 250 });
  metrics.onRequest({ method: 'GET', route: '/v1/events', status: 200, durationMs: 10 });
  const text = await metrics.text();
  const prefix = 'inbox_notifier_';
  for (const line of [
    'inbox_request_duration_seconds_sum{source="default",kind="page"} 1.5',
    'events_committed_total{source="default"} 7',
    'delivery_attempt_duration_seconds_sum{outcome="delivered"} 0.25',
    'http_request_duration_seconds_sum{method="GET",route="/v1/events",status="200"} 0.01',
  ]) {
    expect(text.split('\n')).toContain(prefix + line);
  }
});

test('no subscription becomes a label', async () => {
  const metrics = createMetrics();
  metrics.onAttempt({ subscriptionId: 'sub_1', outcome: 'retry', durationMs: 1 });
  expect(await metrics.text()).not.toContain('sub_1');
});

test('two sets of metrics do not share their counts', async () => {
  const [one, other] = [createMetrics(), createMetrics()];
  one.onEventsCommitted('default', 1);
  expect(await other.text()).not.toContain('events_committed_total{');
});
