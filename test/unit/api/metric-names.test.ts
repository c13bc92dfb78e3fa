import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createMetrics } from '#api/metrics.ts';
import { type Family, parsePrometheusText } from '../../support/prometheus-text.ts';

const prefix = 'inbox_notifier_';

const metrics = createMetrics('1.2.3');
// Families that nothing was told of show no labels: each is told of once.
metrics.onInboxAnswer('shop', 'page', 1);
metrics.onPoll('polled', 1);
metrics.onEventsCommitted('shop', 1);
metrics.onAttempt({
  subscriptionId: 'sub_1',
  outcome: 'retry',
  failure: '5xx',
  durationMs: 1,
  sinceCommitMs: 1,
  isFirst: true,
});
metrics.onSubscriptionEvent('subscription.failing');
metrics.onRequest({ method: 'GET', route: '/v1/events', status: 200, durationMs: 1 });
const text = await metrics.text({
  isReady: true,
  sources: [
    {
      id: 'shop',
      provider: 'botpenguin',
      baseUrl: 'https://inbox.example',
      requestsPerMinute: 90,
      state: 'watching',
      warnings: [],
      baseline: {
        contacts: 1,
        expectedContacts: null,
        requests: 1,
        secondsLeft: 0,
        startedAt: null,
        completedAt: null,
      },
      freshness: {
        hotSeconds: 1,
        coveredUntil: '2026-06-12T10:00:00.000Z',
        oldestUnverifiedSeconds: 1,
        tiers: { active: { oldestUnverifiedSeconds: 1 }, cold: { oldestUnverifiedSeconds: 1 } },
      },
      budget: { usedLastMinute: 1, limit: 90, limitInForce: 90 },
      inbox: {
        pageSize: 20,
        order: 'lastSeenAt',
        filters: {
          lastSeenAt: { verdict: 'honoured', since: '2026-06-12T10:00:00.000Z' },
          createdAt: { verdict: 'honoured', since: '2026-06-12T10:00:00.000Z' },
          status: { verdict: 'honoured', since: '2026-06-12T10:00:00.000Z' },
        },
        pastEnd: 'empty',
        shortPages: false,
        reading: 'lists',
      },
      contacts: 1,
      createdAt: '2026-06-12T10:00:00.000Z',
      updatedAt: '2026-06-12T10:00:00.000Z',
    },
  ],
  lanes: {
    subscriptions: { active: 1, failing: 0, paused: 0, disabled: 0 },
    deliveries: {
      waiting: 0,
      held: 0,
      retrying: 0,
      failed: 0,
      expired: 0,
      skipped: 0,
      forgotten: 0,
    },
    oldestWaitingAtMs: null,
  },
  queues: { poll: { waiting: 1 } },
  nowMs: 0,
});
const families = parsePrometheusText(text);
const own = families.filter(({ name }) => name.startsWith(prefix));

/** The rules of `promtool check metrics`. */
const abbreviations = 's|ms|us|ns|sec|min|b|kb|mb|gb|tb|pb|m|h|d|avg|cnt|num|req|reqs|msg|conn';
const notBase =
  'minutes|hours|days|weeks|milliseconds|microseconds|nanoseconds|millis|bits|kilobytes|megabytes|gigabytes|kibibytes|mebibytes|gibibytes|percent|percents';
const types = 'gauge|counter|histogram|summary';

function problemsOf({ name, help, type, labels }: Family): string[] {
  const holds = (words: string) => new RegExp(`(^|_)(${words})(_|$)`).test(name);
  const rules: [isBroken: boolean, rule: string][] = [
    [help === '', 'has a help text'],
    [!/\.$/.test(help), 'has a sentence for a help text'],
    [type === 'counter' && !name.endsWith('_total'), 'ends in _total'],
    [type !== 'counter' && name.endsWith('_total'), 'ends in _total only as a counter'],
    [type === 'histogram' && !/_(seconds|bytes)$/.test(name), 'ends in its unit'],
    [type !== 'histogram' && /_(bucket|count|sum)$/.test(name), 'ends as a histogram only as one'],
    [!/^[a-z][a-z0-9_]*$/.test(name), 'is in lower case'],
    [holds(abbreviations), 'abbreviates nothing'],
    [holds(notBase), 'is in base units'],
    [holds(types), 'does not name its type'],
    [type === 'untyped', 'has a type'],
    [labels.some((label) => !/^[a-z][a-z_]*$/.test(label)), 'has labels in lower case'],
  ];
  return rules.filter(([isBroken]) => isBroken).map(([, rule]) => `${name}: ${rule}`);
}

test('metrics are named as Prometheus wants them', () => {
  expect(own.length).toBeGreaterThan(20);
  expect(own.flatMap(problemsOf)).toEqual([]);
});

test.each([
  ['counter', 'inbox_notifier_events', 'ends in _total'],
  ['gauge', 'inbox_notifier_events_total', 'ends in _total only as a counter'],
  ['histogram', 'inbox_notifier_poll_duration', 'ends in its unit'],
  ['gauge', 'inbox_notifier_poll_count', 'ends as a histogram only as one'],
  ['gauge', 'inbox_notifier_pollAge_seconds', 'is in lower case'],
  ['gauge', 'inbox_notifier_poll_age_ms', 'abbreviates nothing'],
  ['gauge', 'inbox_notifier_poll_age_minutes', 'is in base units'],
  ['gauge', 'inbox_notifier_poll_gauge', 'does not name its type'],
])('a %s called %s would be found out', (type, name, rule) => {
  expect(problemsOf({ name, type, help: 'Something.', labels: [] })).toEqual([`${name}: ${rule}`]);
});

const documented = [
  ...readFileSync(new URL('../../../docs/metrics.md', import.meta.url), 'utf8').matchAll(
    /^\| `(inbox_notifier_\w+)` \|(.*?)\| (.+) \|$/gm,
  ),
].map(([, name = '', labels = '', question = '']) => ({ name, labels, question }));

test('every metric is in docs/metrics.md, and nothing else is', () => {
  const names = documented.map(({ name }) => name);
  expect(names.sort()).toEqual(own.map(({ name }) => name).sort());
});

test.each(documented)('$name is documented with its labels and a question', (row) => {
  const labels = own.find(({ name }) => name === row.name)?.labels ?? [];
  const shown = labels.filter((label) => label !== 'le');
  const told = shown.filter((label) => row.labels.includes(`\`${label}\``));
  expect(told).toEqual(shown);
  expect(row.labels.trim() === '').toBe(shown.length === 0);
  expect(row.question).toContain('?');
});

test('the alerts in docs/metrics.md ask for metrics and labels that there are', () => {
  const page = readFileSync(new URL('../../../docs/metrics.md', import.meta.url), 'utf8');
  const fences = [...page.matchAll(/```\n(.*?)```/gs)].map(([, body = '']) => body).join('\n');
  const asked = [...fences.matchAll(/(inbox_notifier_\w+)(?:\{([^}]*)\})?/g)];
  expect(asked.length).toBeGreaterThan(5);
  for (const [, name = '', selector = ''] of asked) {
    const family = own.find((each) => each.name === name.replace(/_(bucket|count|sum)$/, ''));
    expect(family, name).toBeDefined();
    for (const [, label] of selector.matchAll(/(\w+)=/g)) expect(family?.labels).toContain(label);
  }
});
