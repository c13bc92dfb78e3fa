import { expect, test } from 'vitest';
import { type Attempt, refOf } from '#domain/delivery.ts';
import type { SubscriptionId } from '#domain/subscription.ts';
import type { LaneOutcome } from '#store/lane-work.ts';
import { healthy, makeEvent, makeSubscription, subscribe } from '../../support/stage.ts';
import { makeSource } from '../api/api-under-test.ts';
import { fillLane } from '../api/filled-lane.ts';
import { openDashboard } from './dashboard-under-test.ts';
import { follow } from './subscribing.ts';

const on = await openDashboard();
const { api } = on;
const { store } = api;
await store.sources.create(makeSource('default'));

let numbers = 100;

/** A subscription with one delivery that ended so after these attempts. */
async function deliver(
  id: SubscriptionId,
  kind: LaneOutcome['kind'],
  attempts: readonly Attempt[],
  dueMs: number | null = null,
): Promise<string> {
  await subscribe(store, makeSubscription(id));
  numbers += 1;
  const event = makeEvent(numbers);
  const logId = await store.eventLog.append('default', event);
  const ref = refOf('default', logId, event);
  await store.lanes.push('default', 0, [{ lane: id, events: [{ logId, ref }] }]);
  const grant = await store.laneWork.acquire(id);
  if (grant.kind !== 'acquired') throw new Error('The lane is new and nobody holds it.');
  const outcome: LaneOutcome = {
    origin: 'waiting',
    ref,
    kind,
    dueMs,
    attempts: [...attempts],
    scheduled: attempts.length,
  };
  const round = { outcomes: [outcome], health: healthy, disable: null, notices: [] };
  await store.laneWork.record(id, grant.epoch, api.nowMs, round);
  return event.id;
}

const at = '2026-06-12T09:59:30.000Z';

test('a delivery opens to its attempts: what was answered, how long each phase took, and when the next is', async () => {
  const answered: Attempt = {
    at,
    durationMs: 131,
    phases: { dnsMs: 4, connectMs: 22, tlsMs: 41, firstByteMs: 130 },
    statusCode: 500,
    response: '<script>alert(1)</script> the database is away',
  };
  const event = await deliver('sub_retried', 'retry', [answered], api.nowMs + 180_000);
  const { text } = await (await on.signedIn()).get('/subscriptions/sub_retried/deliveries');
  expect(text).toContain('1 attempt, the last: answered 500');
  expect(text).toContain(`href="/events/${event}"`);
  expect(text).toContain('href="/contacts/default/contact-101"');
  for (const words of ['DNS 4 ms', 'Connect 22 ms', 'TLS 41 ms', 'First byte 63 ms', 'Rest 1 ms']) {
    expect(text).toContain(words);
  }
  expect(text).toContain('<rect class="wait" x="511.5" width="480.9" height="10"/>');
  expect(text).toContain('The next attempt is made <time datetime="2026-06-12T10:03:00.000Z"');
  expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt; the database is away');
  expect(text).not.toContain('<script>alert');
});

test('an attempt without an answer says why in plain words', async () => {
  const message = 'The host refused the connection.';
  const refused: Attempt = { at, durationMs: 3, error: 'connection_refused', message };
  await deliver('sub_refused', 'failed', [refused]);
  const { text } = await (await on.signedIn()).get('/subscriptions/sub_refused/deliveries');
  expect(text).toContain('Connection refused');
  expect(text).toContain(message);
  expect(text).not.toContain('connection_refused');
});

test.each([
  ['pending', 'Waits'],
  ['retrying', 'Is retried'],
  ['delivered', 'Delivered'],
  ['failed', 'Failed'],
  ['expired', 'Expired'],
])('those that are %s stand in a list of their own', async (status, word) => {
  const id: SubscriptionId = `sub_of_${status}`;
  await fillLane(api, id, ['delivered', 'retry', 'failed', 'expired']);
  const { text } = await (await on.signedIn()).get(
    `/subscriptions/${id}/deliveries?status=${status}`,
  );
  const rows = text.split('<details class="delivery">').slice(1);
  expect(rows).toHaveLength(1);
  expect(rows[0]).toContain(`</span> ${word}</span>`);
  expect(text).toContain(`aria-current="page">${word} <span class="count">1</span>`);
});

test('a list goes on where one page ends', async () => {
  await fillLane(
    api,
    'sub_long',
    Array.from({ length: 30 }, () => 'failed' as const),
  );
  const browser = await on.signedIn();
  const first = await browser.get('/subscriptions/sub_long/deliveries?status=failed');
  const next = /href="([^"]+)" rel="next"/.exec(first.text)?.[1]?.replaceAll('&amp;', '&') ?? '';
  const second = await browser.get(next);
  const events = [first.text, second.text].flatMap((text) =>
    [...text.matchAll(/href="\/events\/(evt_\d+)"/g)].map(([, id]) => id),
  );
  expect(new Set(events).size).toBe(30);
  expect(second.text).toContain('rel="first"');
});

test('an admin gives out one delivery again, and what waits is not offered for it', async () => {
  const event = await deliver('sub_again', 'failed', [{ at, durationMs: 3, statusCode: 500 }]);
  const browser = await on.signedIn();
  const path = '/subscriptions/sub_again/deliveries';
  expect((await browser.get(path)).text).toContain('Deliver it again');
  const answer = await browser.submit('/subscriptions/sub_again/redeliver', { event });
  const text = await follow(browser, answer);
  expect(text).toContain('1 delivery will be made again.');
  expect(text).toContain('> Waits</span>');
  expect(text).not.toContain('Deliver it again');
});

test('a key that only reads is not offered to give one out again', async () => {
  await deliver('sub_only_read', 'failed', [{ at, durationMs: 3, statusCode: 500 }]);
  const browser = await on.signedIn('read');
  const { text } = await browser.get('/subscriptions/sub_only_read/deliveries');
  expect(text).toContain('Answered 500');
  expect(text).not.toContain('Deliver it again');
});

test('a key that sees only its own is not led to events and contacts', async () => {
  const made = await on.makeKey('subscriptions');
  const id: SubscriptionId = 'sub_mine';
  await fillLane(api, id, ['failed']);
  await store.subscriptions.update(id, (before) => ({
    ...before,
    createdBy: made.id as `key_${string}`,
  }));
  const browser = on.open();
  await browser.signIn(made.key);
  for (const path of [`/subscriptions/${id}`, `/subscriptions/${id}/deliveries`]) {
    const { status, text } = await browser.get(path);
    expect(status).toBe(200);
    expect(text).toContain('contact-0');
    expect(text).not.toContain('href="/contacts');
    expect(text).not.toContain('href="/events/');
    expect(text).not.toContain('Deliver it again');
  }
});

test('the page of a subscription counts how its attempts went, and shows the latest', async () => {
  const failed: Attempt = { at, durationMs: 3, statusCode: 503 };
  const taken: Attempt = { at: '2026-06-12T09:59:40.000Z', durationMs: 12, statusCode: 204 };
  await deliver('sub_counted', 'delivered', [failed, failed, taken]);
  const { text } = await (await on.signedIn()).get('/subscriptions/sub_counted');
  expect(text).toContain('33 % <span class="soft">1 of the last 3 attempts</span>');
  expect(text).toContain('Everything was delivered.');
  expect(text.match(/<rect class="refused"/g)).toHaveLength(2);
  expect(text.match(/<rect class="taken"/g)).toHaveLength(1);
  expect(text.indexOf('Answered 204')).toBeLessThan(text.indexOf('Answered 503'));
});

test('the page says what waits, since when, and when the next attempt is', async () => {
  const failed: Attempt = { at, durationMs: 3, statusCode: 503 };
  await deliver('sub_next', 'retry', [failed], api.nowMs + 180_000);
  const { text } = await (await on.signedIn()).get('/subscriptions/sub_next');
  const fact = (label: string) =>
    new RegExp(`<dt>${label}</dt><dd>(.*?)</dd>`, 's').exec(text)?.[1] ?? '';
  expect(fact('Tried, and tried again')).toBe('1');
  expect(fact('Not tried yet')).toBe('0');
  expect(fact('Next attempt')).toContain('in 3 min');
  expect(fact('First in line, noticed')).toContain('<time datetime=');
});
