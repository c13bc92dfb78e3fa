import { expect, test } from 'vitest';
import type { ApiPorts } from '#api/app.ts';
import type { SubscriptionId } from '#domain/subscription.ts';
import { healthy, makeSubscription, subscribe } from '../../support/stage.ts';
import { type ApiUnderTest, expectProblem, makeSource, openApi } from './api-under-test.ts';
import { fillLane } from './filled-lane.ts';

type Runtime = Awaited<ReturnType<ApiPorts['readSourceState']>>;

async function openWith(runtimes: Readonly<Record<string, Runtime>>): Promise<ApiUnderTest> {
  const api = await openApi({ readSourceState: async (id) => runtimes[id] ?? {} });
  for (const id of Object.keys(runtimes)) await api.store.sources.create(makeSource(id));
  return api;
}

async function overview(api: ApiUnderTest) {
  const { status, json } = await api.call('GET', '/v1/overview');
  expect(status).toBe(200);
  return json;
}

/** A lane whose last attempts failed. */
async function trouble(
  { store, nowMs }: ApiUnderTest,
  id: SubscriptionId,
  { failures, disable = null }: { readonly failures: number; readonly disable?: 'gone' | null },
): Promise<void> {
  await subscribe(store, makeSubscription(id, { description: `The one of ${id}` }));
  const grant = await store.laneWork.acquire(id);
  if (grant.kind !== 'acquired') throw new Error('The lane is new and nobody holds it.');
  await store.laneWork.record(id, grant.epoch, nowMs, {
    outcomes: [],
    health: { ...healthy, failures, failingSinceMs: nowMs - 60_000 },
    disable,
    notices: [],
  });
}

const minuteMs = 60_000;

test('an empty service has nothing to say', async () => {
  const api = await openApi();
  const shown = await overview(api);
  expect(shown).toMatchObject({
    at: '2026-06-12T10:00:00.000Z',
    sources: { watching: 0, failing: 0, contacts: 0, oldestUnverifiedSeconds: null },
    subscriptions: { active: 0, failing: 0, paused: 0, disabled: 0 },
    oldestWaitingAt: null,
    concerns: [],
  });
  expect(shown.minutes).toHaveLength(60);
  expect(shown.minutes.at(-1)).toEqual({
    at: '2026-06-12T10:00:00.000Z',
    events: 0,
    delivered: 0,
    refused: 0,
    meanSeconds: null,
  });
});

test('sources are added up, and the oldest of what is watched counts', async () => {
  const nowMs = Date.parse('2026-06-12T10:00:00.000Z');
  const done = { baselineCompletedAtMs: 1, contacts: 10 };
  const api = await openWith({
    fresh: { ...done, verifiedFromMs: nowMs - 5000, hotReadAtMs: nowMs - 1000 },
    stale: { ...done, verifiedFromMs: nowMs - 42_000, hotReadAtMs: nowMs - 3000 },
  });
  expect((await overview(api)).sources).toEqual({
    watching: 2,
    baselining: 0,
    paused: 0,
    failing: 0,
    contacts: 20,
    hotSeconds: 3,
    oldestUnverifiedSeconds: 42,
  });
});

test('as long as one inbox was never read whole, nobody says how old the oldest is', async () => {
  const done = { baselineCompletedAtMs: 1 };
  const api = await openWith({ known: { ...done, verifiedFromMs: 1 }, unknown: { ...done } });
  expect((await overview(api)).sources.oldestUnverifiedSeconds).toBe(null);
});

test('what needs somebody comes worst first: sources, then disabled, then failing subscriptions', async () => {
  const error = { kind: 'unauthorized', message: 'The token is refused.', sinceMs: 1000 };
  const api = await openWith({ broken: { error }, fine: { baselineCompletedAtMs: 1 } });
  await trouble(api, 'sub_few', { failures: 2 });
  await trouble(api, 'sub_many', { failures: 9 });
  await trouble(api, 'sub_gone', { failures: 1, disable: 'gone' });
  await subscribe(api.store, makeSubscription('sub_fine'));
  const { concerns, subscriptions } = await overview(api);
  expect(concerns.map(({ kind, id }: { kind: string; id: string }) => [kind, id])).toEqual([
    ['source.failing', 'broken'],
    ['subscription.disabled', 'sub_gone'],
    ['subscription.failing', 'sub_many'],
    ['subscription.failing', 'sub_few'],
  ]);
  expect(concerns[0]).toMatchObject({ detail: error.message, since: '1970-01-01T00:00:01.000Z' });
  expect(concerns[2]).toMatchObject({
    name: 'The one of sub_many',
    since: '2026-06-12T09:59:00.000Z',
    detail: 'The last 9 attempts failed; it is tried again.',
  });
  expect(subscriptions).toEqual({ active: 1, failing: 2, paused: 0, disabled: 1 });
});

test('at most ten things are named', async () => {
  const api = await openApi();
  for (let each = 1; each <= 12; each += 1) await trouble(api, `sub_${each}`, { failures: each });
  const { concerns, subscriptions } = await overview(api);
  expect(concerns).toHaveLength(10);
  expect(concerns[0].id).toBe('sub_12');
  expect(subscriptions.failing).toBe(12);
});

test('a subscription without a description goes by its origin, and its path stays inside', async () => {
  const api = await openApi();
  await trouble(api, 'sub_1', { failures: 1 });
  await api.call('PATCH', '/v1/subscriptions/sub_1', { body: { description: null } });
  const [concern] = (await overview(api)).concerns;
  expect(concern.name).toBe('http://127.0.0.1:9');
});

test('what waits is counted, and how long the oldest has', async () => {
  const api = await openApi();
  await fillLane(api, 'sub_1', ['failed', 'expired', 'retry']);
  const { deliveries, oldestWaitingAt } = await overview(api);
  expect(deliveries).toEqual({
    waiting: 1,
    held: 0,
    retrying: 1,
    failed: 1,
    expired: 1,
    skipped: 0,
  });
  expect(Math.abs(Date.parse(oldestWaitingAt) - Date.now())).toBeLessThan(60_000);
});

test('the last hour is told minute by minute', async () => {
  const api = await openApi();
  await api.store.pulse.add(api.nowMs - minuteMs, { events: 3, delivered: 4, lateMs: 1000 });
  await api.store.pulse.add(api.nowMs, { refused: 2 });
  const { minutes } = await overview(api);
  expect(minutes.slice(-2)).toEqual([
    { at: '2026-06-12T09:59:00.000Z', events: 3, delivered: 4, refused: 0, meanSeconds: 0.25 },
    { at: '2026-06-12T10:00:00.000Z', events: 0, delivered: 0, refused: 2, meanSeconds: null },
  ]);
});

test('a key that sees only what it made does not see all', async () => {
  const api = await openApi();
  const body = { name: 'A test', scopes: ['subscriptions'] };
  const { json } = await api.call('POST', '/v1/keys', { body });
  const headers = { authorization: `Bearer ${json.key}` };
  expectProblem(await api.call('GET', '/v1/overview', { headers }), 403);
});

test('whoever asks within a second gets the same, and afterwards what is new', async () => {
  const api = await openApi();
  const first = await overview(api);
  await subscribe(api.store, makeSubscription('sub_new'));
  api.nowMs += 999;
  expect(await overview(api)).toEqual(first);
  api.nowMs += 1;
  expect((await overview(api)).subscriptions.active).toBe(1);
});

test('what a paused source does not see makes nothing old', async () => {
  const nowMs = Date.parse('2026-06-12T10:00:00.000Z');
  const done = { baselineCompletedAtMs: 1 };
  const api = await openWith({
    watched: { ...done, verifiedFromMs: nowMs - 5000 },
    paused: { ...done, verifiedFromMs: nowMs - 90_000 },
  });
  await api.call('POST', '/v1/sources/paused/pause');
  expect((await overview(api)).sources).toMatchObject({
    paused: 1,
    oldestUnverifiedSeconds: 5,
  });
});
