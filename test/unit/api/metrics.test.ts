import { expect, test } from 'vitest';
import { createMetrics } from '#api/metrics.ts';
import type { SourceView } from '#api/source-view.ts';
import type { LaneTotals } from '#store/lane-totals.ts';

test('what rooms tell is counted in seconds, by names that say so', async () => {
  const metrics = createMetrics();
  metrics.onInboxAnswer('default', 'page', 1500);
  metrics.onEventsCommitted('default', 3);
  metrics.onEventsCommitted('default', 4);
  metrics.onAttempt({ subscriptionId: 'sub_1', outcome: 'delivered', durationMs: 250 });
  metrics.onRequest({ method: 'GET', route: '/v1/events', status: 200, durationMs: 10 });
  metrics.onSubscriptionEvent('subscription.failing');
  const text = await metrics.text([], null, 0);
  const prefix = 'inbox_notifier_';
  for (const line of [
    'inbox_request_duration_seconds_sum{source="default",kind="page"} 1.5',
    'events_committed_total{source="default"} 7',
    'delivery_attempt_duration_seconds_sum{outcome="delivered"} 0.25',
    'subscription_events_total{type="subscription.failing"} 1',
    'http_request_duration_seconds_sum{method="GET",route="/v1/events",status="200"} 0.01',
  ]) {
    expect(text.split('\n')).toContain(prefix + line);
  }
});

test('no subscription becomes a label', async () => {
  const metrics = createMetrics();
  metrics.onAttempt({ subscriptionId: 'sub_1', outcome: 'retry', durationMs: 1 });
  expect(await metrics.text([], null, 0)).not.toContain('sub_1');
});

test('two sets of metrics do not share their counts', async () => {
  const [one, other] = [createMetrics(), createMetrics()];
  one.onEventsCommitted('default', 1);
  expect(await other.text([], null, 0)).not.toContain('events_committed_total{');
});

const view: SourceView = {
  id: 'shop',
  provider: 'botpenguin',
  baseUrl: 'https://inbox.example',
  requestsPerMinute: 90,
  state: 'watching',
  warnings: [],
  baseline: {
    contacts: 40,
    expectedContacts: null,
    requests: 3,
    secondsLeft: 0,
    startedAt: null,
    completedAt: null,
  },
  freshness: {
    hotSeconds: 2.5,
    coveredUntil: '2026-06-12T10:00:00.500Z',
    oldestUnverifiedSeconds: 90,
    tiers: { active: { oldestUnverifiedSeconds: 30 }, cold: { oldestUnverifiedSeconds: null } },
  },
  budget: { usedLastMinute: 12, limit: 90, limitInForce: 45 },
  inbox: {
    pageSize: 20,
    order: 'createdAt',
    filters: {
      lastSeenAt: { verdict: 'honoured', since: '2026-06-12T10:00:00.000Z' },
      createdAt: { verdict: 'unknown', since: '2026-06-12T10:00:00.000Z' },
      status: { verdict: 'ignored', since: '2026-06-12T10:00:00.000Z' },
    },
    pastEnd: 'empty',
    shortPages: false,
    reading: 'slices',
  },
  contacts: 41,
  createdAt: '2026-06-01T08:00:00.000Z',
  updatedAt: '2026-06-01T08:00:00.000Z',
};

test('each source is shown as it is now, and what is not known of it is left out', async () => {
  const text = await createMetrics().text([view], null, 0);
  const shown = text.split('\n').filter((line) => line.startsWith('inbox_notifier_source_'));
  expect(shown.sort()).toEqual(
    [
      'inbox_notifier_source_state{source="shop",state="watching"} 1',
      'inbox_notifier_source_contacts{source="shop"} 41',
      'inbox_notifier_source_hot_seconds{source="shop"} 2.5',
      'inbox_notifier_source_baseline_requests{source="shop"} 3',
      'inbox_notifier_source_baseline_left_seconds{source="shop"} 0',
      `inbox_notifier_source_covered_until_timestamp_seconds{source="shop"} ${Date.UTC(2026, 5, 12, 10) / 1000 + 0.5}`,
      'inbox_notifier_source_oldest_unverified_seconds{source="shop",tier="all"} 90',
      'inbox_notifier_source_oldest_unverified_seconds{source="shop",tier="active"} 30',
      'inbox_notifier_source_budget_used{source="shop"} 12',
      'inbox_notifier_source_budget_limit{source="shop"} 90',
      'inbox_notifier_source_budget_limit_in_force{source="shop"} 45',
      'inbox_notifier_source_filter_honoured{source="shop",filter="lastSeenAt"} 1',
      'inbox_notifier_source_filter_honoured{source="shop",filter="status"} 0',
    ].sort(),
  );
});

test('a source that changed or went leaves nothing of what it was', async () => {
  const metrics = createMetrics();
  await metrics.text([view, { ...view, id: 'other' }], null, 0);
  const text = await metrics.text([{ ...view, state: 'failing' }], null, 0);
  expect(text).toContain('source_state{source="shop",state="failing"} 1');
  expect(text).not.toContain('state="watching"');
  expect(text).not.toContain('source="other"');
});

const totals: LaneTotals = {
  subscriptions: { active: 5, failing: 2, paused: 1, disabled: 0 },
  deliveries: {
    waiting: 9,
    held: 1,
    retrying: 4,
    failed: 3,
    expired: 2,
    skipped: 7,
    forgotten: 6,
  },
  oldestWaitingAtMs: 10_000,
};

test('subscriptions and deliveries are counted together, however many there are', async () => {
  const text = await createMetrics().text([], totals, 12_500);
  const shown = text.split('\n').filter((line) => /^inbox_notifier_(subs|deliveries)/.test(line));
  expect(shown.sort()).toEqual(
    [
      'inbox_notifier_subscriptions{state="active"} 5',
      'inbox_notifier_subscriptions{state="failing"} 2',
      'inbox_notifier_subscriptions{state="paused"} 1',
      'inbox_notifier_subscriptions{state="disabled"} 0',
      'inbox_notifier_deliveries{state="waiting"} 9',
      'inbox_notifier_deliveries{state="held"} 1',
      'inbox_notifier_deliveries{state="retrying"} 4',
      'inbox_notifier_deliveries{state="failed"} 3',
      'inbox_notifier_deliveries{state="expired"} 2',
      'inbox_notifier_deliveries{state="skipped"} 7',
      'inbox_notifier_deliveries{state="forgotten"} 6',
      'inbox_notifier_deliveries_oldest_event_seconds{state="waiting"} 2.5',
      'inbox_notifier_deliveries_expired_total 0',
    ].sort(),
  );
});

test('what is not known of the lanes at this moment is not shown as it was', async () => {
  const metrics = createMetrics();
  await metrics.text([], totals, 12_500);
  const text = await metrics.text([], null, 13_000);
  expect(text).not.toMatch(/^inbox_notifier_(subscriptions|deliveries|deliveries_oldest\w+)\{/m);
  const nothingWaits = await metrics.text([], { ...totals, oldestWaitingAtMs: null }, 13_000);
  expect(nothingWaits).not.toContain('oldest_event_seconds{');
});
