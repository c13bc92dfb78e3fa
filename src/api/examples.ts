import { sampleEvent } from '#webhook/sample-events.ts';

/** What an operation is sent and what it answers, for the document; each is held against its schema by a test. */
export interface OperationExample {
  readonly request?: unknown;
  readonly answer?: unknown;
}

const statusChanged = sampleEvent('contact.status_changed');
const event = { ...statusChanged, id: 'evt_8mZt0yq1VdJcK4nR' };
const subscriptionId = 'sub_5dXk2mQwTzR8vLpB';
const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw3mFhW1yVb2k=';

const subscription = {
  id: subscriptionId,
  url: 'https://example.com/webhooks/inbox',
  events: ['contact.status_changed'],
  filter: { 'changes.status.to': 'CLOSED' },
  format: 'standard',
  headers: [],
  ordering: 'none',
  maxInFlight: 8,
  status: 'active',
  deliveries: {
    pending: 2,
    retrying: 1,
    delivered: 1408,
    failed: 0,
    expired: 0,
    skipped: 0,
    forgotten: 0,
  },
  createdBy: 'key_Zt0cXW9qQm2nVb7RkP4sLA',
  createdAt: '2026-06-12T08:00:00.000Z',
  updatedAt: '2026-06-12T08:00:00.000Z',
};

const source = {
  id: 'shop',
  provider: 'botpenguin',
  baseUrl: 'https://api.v7.botpenguin.com',
  requestsPerMinute: 100,
  scope: { tags: ['vip'] },
  hintUrl: 'https://notifier.example.com/hints/SECRET',
  state: 'watching',
  warnings: [],
  baseline: {
    contacts: 1240,
    expectedContacts: null,
    requests: 66,
    secondsLeft: 0,
    startedAt: '2026-06-12T08:00:01.000Z',
    completedAt: '2026-06-12T08:00:44.000Z',
  },
  freshness: {
    hotSeconds: 2.4,
    coveredUntil: '2026-06-12T10:00:01.000Z',
    oldestUnverifiedSeconds: 184.2,
    tiers: {
      active: { oldestUnverifiedSeconds: 21.7 },
      cold: { oldestUnverifiedSeconds: 184.2 },
    },
  },
  budget: { usedLastMinute: 96, limit: 100, limitInForce: 100 },
  contacts: 1243,
  createdAt: '2026-06-12T08:00:00.000Z',
  updatedAt: '2026-06-12T08:00:00.000Z',
};

const delivery = {
  event: event.id,
  source: event.data.source,
  contact: String(event.data.contact?._id),
  committedAt: '2026-06-12T10:00:04.100Z',
  status: 'retrying',
  attempts: [
    {
      at: '2026-06-12T10:00:04.300Z',
      durationMs: 131,
      phases: { dnsMs: 4, connectMs: 22, tlsMs: 41, firstByteMs: 130 },
      statusCode: 500,
      response: 'upstream is away',
    },
  ],
  nextAttemptAt: '2026-06-12T10:00:09.300Z',
};

const overview = {
  at: '2026-06-12T10:00:05.000Z',
  sources: {
    baselining: 0,
    watching: 1,
    paused: 0,
    failing: 0,
    contacts: 1243,
    hotSeconds: 2.4,
    oldestUnverifiedSeconds: 184.2,
  },
  subscriptions: { active: 11, failing: 1, paused: 0, disabled: 0 },
  deliveries: { waiting: 2, held: 0, retrying: 1, failed: 0, expired: 0, skipped: 0 },
  oldestWaitingAt: '2026-06-12T10:00:04.120Z',
  concerns: [
    {
      kind: 'subscription.failing',
      id: subscriptionId,
      name: 'https://example.com',
      since: '2026-06-12T09:58:00.000Z',
      detail: '12 attempts in a row have failed.',
      waiting: 3,
    },
  ],
  minutes: [
    { at: '2026-06-12T10:00:00.000Z', events: 14, delivered: 27, refused: 1, meanSeconds: 0.21 },
  ],
};

const newSubscription = {
  url: subscription.url,
  events: subscription.events,
  filter: subscription.filter,
};

const hook = {
  id: subscriptionId,
  targetUrl: 'https://hooks.zapier.com/hooks/standard/1/abc',
  events: ['contact.created'],
  format: 'standard',
  status: 'active',
  createdAt: subscription.createdAt,
};

const key = {
  id: 'key_Zt0cXW9qQm2nVb7RkP4sLA',
  name: 'CRM sync',
  scopes: ['subscriptions'],
  requestsPerMinute: 600,
  start: 'ink_4fGh',
  createdAt: '2026-06-12T08:00:00.000Z',
  updatedAt: '2026-06-12T08:00:00.000Z',
  lastUsedAt: '2026-06-12T09:59:00.000Z',
  expiresAt: null,
};
const keyText = 'ink_4fGh1sT9vQ0bXy7KcM2eRj5LwUa8NdPz3ZoEiHt6BgA';

export const operationExamples: Readonly<Record<string, OperationExample>> = {
  createSubscription: { request: newSubscription, answer: { ...subscription, secret } },
  listSubscriptions: { answer: { data: [subscription], next: null } },
  getSubscription: { answer: subscription },
  changeSubscription: {
    request: { maxInFlight: 16, ratePerSecond: 5 },
    answer: { ...subscription, maxInFlight: 16, ratePerSecond: 5 },
  },
  pauseSubscription: { request: {}, answer: { ...subscription, status: 'paused' } },
  resumeSubscription: { request: { backlog: 'skip' }, answer: subscription },
  testSubscription: { request: {}, answer: { id: 'evt_q7Tn2bXsV0aLk9Jd' } },
  rotateSecret: { request: { overlapSeconds: 3600 }, answer: { ...subscription, secret } },
  replayDeliveries: {
    request: { since: '2026-06-12T10:00:00.000Z', dryRun: true },
    answer: { count: 12 },
  },
  listDeliveries: { answer: { data: [delivery], next: null } },
  testFilter: {
    request: { filter: subscription.filter, events: subscription.events },
    answer: {
      data: [
        {
          event: event.id,
          type: event.type,
          source: 'default',
          contact: '6a2bbfbe1a0899b1ad04bf58',
          timestamp: event.timestamp,
          matches: false,
          why: [{ path: 'changes.status.to', condition: 'CLOSED', actual: 'ONHOLD' }],
        },
      ],
      matched: 0,
    },
  },
  listEvents: { answer: { data: [event], next: null } },
  getEvent: { answer: event },
  listEventDeliveries: {
    answer: {
      data: [{ subscription: subscriptionId, url: subscription.url, wants: true, delivery }],
      next: null,
    },
  },
  redeliverEvent: { request: { subscription: subscriptionId }, answer: { count: 1 } },
  createHook: {
    request: { targetUrl: hook.targetUrl, event: 'contact.created' },
    answer: { ...hook, secret },
  },
  listHooks: { answer: { data: [hook], next: null } },
  getHook: { answer: hook },
  getHookSamples: { answer: [sampleEvent('contact.created')] },
  createSource: {
    request: { id: 'shop', provider: 'botpenguin', token: 'TOKEN', scope: source.scope },
    answer: source,
  },
  listSources: { answer: { data: [source], next: null } },
  getSource: { answer: source },
  changeSource: {
    request: { requestsPerMinute: 60 },
    answer: { ...source, requestsPerMinute: 60 },
  },
  pollSource: { request: {}, answer: { id: 'shop' } },
  pauseSource: { request: {}, answer: { ...source, state: 'paused' } },
  resumeSource: { request: {}, answer: source },
  createKey: {
    request: { name: key.name, scopes: key.scopes },
    answer: { ...key, lastUsedAt: null, key: keyText },
  },
  listKeys: { answer: { data: [key], next: null } },
  getKey: { answer: key },
  changeKey: { request: { requestsPerMinute: 60 }, answer: { ...key, requestsPerMinute: 60 } },
  getMe: { answer: { id: key.id, name: key.name, scopes: key.scopes } },
  getOverview: { answer: overview },
  getSourceFreshness: {
    answer: {
      minutes: [
        { at: '2026-06-12T09:59:00.000Z', hotSeconds: 4.2, activeSeconds: 12, coldSeconds: 95.5 },
      ],
    },
  },
  getLiveness: { answer: { status: 'ok', version: '0.1.0' } },
  getReadiness: { answer: { status: 'ready' } },
  getMetrics: { answer: 'inbox_notifier_subscriptions{state="active"} 12\n' },
  getDocument: { answer: { openapi: '3.1.0' } },
  getReference: { answer: '<!doctype html>' },
};
