import { expect, test } from 'vitest';
import { createMetrics, type Scraped } from '#api/metrics.ts';
import type { SourceView } from '#api/source-view.ts';
import type { LaneTotals } from '#store/lane-totals.ts';

const attempt = {
  subscriptionId: 'sub_1',
  outcome: 'delivered',
  failure: null,
  durationMs: 250,
  sinceCommitMs: 400,
  isFirst: true,
};

const nothing: Scraped = { isReady: true, sources: [], lanes: null, queues: null, nowMs: 0 };

function linesOf(text: string): string[] {
  return text.split('\n').map((line) => line.replace('inbox_notifier_', ''));
}

test('what rooms tell is counted in seconds, by names that say so', async () => {
  const metrics = createMetrics('1.2.3');
  metrics.onInboxAnswer('default', 'page', 1500);
  metrics.onPoll('polled', 9500);
  metrics.onEventsCommitted('default', 3);
  metrics.onEventsCommitted('default', 4);
  metrics.onRelayed(7, 20);
  metrics.onRelayFailure();
  metrics.onAttempt(attempt);
  metrics.onExpired(2);
  metrics.onRequest({ method: 'GET', route: '/v1/events', status: 200, durationMs: 10 });
  metrics.onSubscriptionEvent('subscription.failing');
  metrics.onSecretsResealed(3);
  expect(linesOf(await metrics.text(nothing))).toEqual(
    expect.arrayContaining([
      'inbox_requests_total{source="default",kind="page"} 1',
      'inbox_request_duration_seconds_sum{kind="page"} 1.5',
      'poll_duration_seconds_sum{outcome="polled"} 9.5',
      'events_committed_total{source="default"} 7',
      'events_relayed_total 7',
      'relay_lag_seconds_sum 0.02',
      'relay_failures_total 1',
      'delivery_attempt_duration_seconds_sum{outcome="delivered"} 0.25',
      'deliveries_expired_total 2',
      'subscription_events_total{type="subscription.failing"} 1',
      'secrets_resealed_total 3',
      'http_request_duration_seconds_sum{method="GET",route="/v1/events",status="200"} 0.01',
      'build_info{version="1.2.3"} 1',
    ]),
  );
});

test('deliveries are timed from the commit of their event, those of a first attempt apart', async () => {
  const metrics = createMetrics('1.2.3');
  metrics.onAttempt(attempt);
  metrics.onAttempt({ ...attempt, outcome: 'retry', failure: '5xx', sinceCommitMs: 700 });
  metrics.onAttempt({ ...attempt, sinceCommitMs: 65_000, isFirst: false });
  expect(linesOf(await metrics.text(nothing))).toEqual(
    expect.arrayContaining([
      'seen_to_delivered_seconds_bucket{le="0.25",attempt="first"} 0',
      'seen_to_delivered_seconds_bucket{le="0.5",attempt="first"} 1',
      'seen_to_delivered_seconds_count{attempt="first"} 1',
      'seen_to_delivered_seconds_sum{attempt="retried"} 65',
      'delivery_attempt_failures_total{reason="5xx"} 1',
    ]),
  );
});

test('a Redis whose clock is ahead of ours makes no delivery faster than at once', async () => {
  const metrics = createMetrics('1.2.3');
  metrics.onAttempt({ ...attempt, sinceCommitMs: -30 });
  metrics.onRelayed(1, -30);
  const lines = linesOf(await metrics.text(nothing));
  expect(lines).toContain('seen_to_delivered_seconds_sum{attempt="first"} 0');
  expect(lines).toContain('relay_lag_seconds_sum 0');
});

test('no subscription becomes a label', async () => {
  const metrics = createMetrics('1.2.3');
  metrics.onAttempt({ ...attempt, outcome: 'retry', failure: 'timeout' });
  expect(await metrics.text(nothing)).not.toContain('sub_1');
});

test('two sets of metrics do not share their counts', async () => {
  const [one, other] = [createMetrics('1.2.3'), createMetrics('1.2.3')];
  one.onEventsCommitted('default', 1);
  expect(await other.text(nothing)).not.toContain('events_committed_total{');
});

test('jobs are shown by queue and state, and not at all where they are not known', async () => {
  const metrics = createMetrics('1.2.3');
  const queues = { poll: { waiting: 2, failed: 0 }, tend: { active: 1 } };
  const shown = (text: string) => linesOf(text).filter((line) => line.startsWith('queue_jobs{'));
  expect(shown(await metrics.text({ ...nothing, queues }))).toEqual([
    'queue_jobs{queue="poll",state="waiting"} 2',
    'queue_jobs{queue="poll",state="failed"} 0',
    'queue_jobs{queue="tend",state="active"} 1',
  ]);
  expect(shown(await metrics.text(nothing))).toEqual([]);
});

test('a Redis that is away is told', async () => {
  const metrics = createMetrics('1.2.3');
  expect(linesOf(await metrics.text(nothing))).toContain('redis_ready 1');
  expect(linesOf(await metrics.text({ ...nothing, isReady: false }))).toContain('redis_ready 0');
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
  const text = await createMetrics('1.2.3').text({ ...nothing, sources: [view] });
  const shown = text.split('\n').filter((line) => line.startsWith('inbox_notifier_source_'));
  expect(shown.sort()).toEqual(
    [
      'inbox_notifier_source_state{source="shop",state="watching"} 1',
      'inbox_notifier_source_contacts{source="shop"} 41',
      'inbox_notifier_source_hot_age_seconds{source="shop"} 2.5',
      'inbox_notifier_source_baseline_requests{source="shop"} 3',
      'inbox_notifier_source_baseline_remaining_seconds{source="shop"} 0',
      `inbox_notifier_source_covered_until_timestamp_seconds{source="shop"} ${Date.UTC(2026, 5, 12, 10) / 1000 + 0.5}`,
      'inbox_notifier_source_oldest_unverified_age_seconds{source="shop",tier="all"} 90',
      'inbox_notifier_source_oldest_unverified_age_seconds{source="shop",tier="active"} 30',
      'inbox_notifier_source_budget_used_requests{source="shop"} 12',
      'inbox_notifier_source_budget_limit_requests{source="shop"} 90',
      'inbox_notifier_source_budget_in_force_requests{source="shop"} 45',
      'inbox_notifier_source_filter_honoured{source="shop",filter="lastSeenAt"} 1',
      'inbox_notifier_source_filter_honoured{source="shop",filter="status"} 0',
    ].sort(),
  );
});

test('a source that changed or went leaves nothing of what it was', async () => {
  const metrics = createMetrics('1.2.3');
  await metrics.text({ ...nothing, sources: [view, { ...view, id: 'other' }] });
  const text = await metrics.text({ ...nothing, sources: [{ ...view, state: 'failing' }] });
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
  const text = await createMetrics('1.2.3').text({ ...nothing, lanes: totals, nowMs: 12_500 });
  const shown = text
    .split('\n')
    .filter((line) => /^inbox_notifier_(subs|deliveries|oldest)/.test(line));
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
      'inbox_notifier_oldest_undelivered_age_seconds 2.5',
      'inbox_notifier_deliveries_expired_total 0',
    ].sort(),
  );
});

test('what is not known of the lanes at this moment is not shown as it was', async () => {
  const metrics = createMetrics('1.2.3');
  await metrics.text({ ...nothing, lanes: totals, nowMs: 12_500 });
  const text = await metrics.text({ ...nothing, nowMs: 13_000 });
  expect(text).not.toMatch(/^inbox_notifier_(subscriptions|deliveries|oldest\w+)[{ ]/m);
});

test('where nothing waits, the oldest is of no age', async () => {
  const lanes = { ...totals, oldestWaitingAtMs: null };
  const text = await createMetrics('1.2.3').text({ ...nothing, lanes, nowMs: 13_000 });
  expect(linesOf(text)).toContain('oldest_undelivered_age_seconds 0');
});
