import { expect, test } from 'vitest';
import type { SubscriptionId } from '#domain/subscription.ts';
import { makeSource } from '../api/api-under-test.ts';
import { fillLane } from '../api/filled-lane.ts';
import { type Browser, openDashboard } from './dashboard-under-test.ts';
import { create, follow } from './subscribing.ts';

const on = await openDashboard();
const { api } = on;
await api.store.sources.create(makeSource('default'));

async function counts(id: string) {
  return (await api.call('GET', `/v1/subscriptions/${id}`)).json.deliveries;
}

/** The unseen fields of the form that a page would send next. */
function hiddenOf(text: string): Record<string, string> {
  const [, form = ''] = /action="[^"]*\/replay\/confirmed"[^>]*>(.*?)<\/form>/s.exec(text) ?? [];
  const pairs = [...form.matchAll(/name="(\w+)" value="([^"]*)"/g)];
  return Object.fromEntries(pairs.map(([, name, value]) => [name, value]));
}

async function confirm(browser: Browser, id: string, text: string): Promise<string> {
  return follow(
    browser,
    await browser.submit(`/subscriptions/${id}/replay/confirmed`, hiddenOf(text)),
  );
}

test('what has failed is counted first, and made again only when that is confirmed', async () => {
  const id: SubscriptionId = 'sub_failed';
  await fillLane(api, id, ['failed', 'failed', 'delivered']);
  const browser = await on.signedIn();
  expect((await browser.get(`/subscriptions/${id}/replay`)).text).toContain('Count them');
  const { status, text } = await browser.submit(`/subscriptions/${id}/replay`, { what: 'failed' });
  expect(status).toBe(200);
  expect(text).toContain('<h1>2 deliveries would be made again</h1>');
  expect(await counts(id)).toMatchObject({ pending: 1 });
  expect(await confirm(browser, id, text)).toContain('2 deliveries will be made again.');
  expect(await counts(id)).toMatchObject({ pending: 3 });
});

test('where there is nothing to be made again, nothing is offered', async () => {
  const id = await create(on);
  const browser = await on.signedIn();
  const { text } = await browser.submit(`/subscriptions/${id}/replay`, { what: 'failed' });
  expect(text).toContain('Nothing to deliver again');
  expect(text).not.toContain('/replay/confirmed');
});

test('a span of time is counted to the moment of the count, and that is what is made again', async () => {
  const own = await openDashboard();
  const id: SubscriptionId = 'sub_span';
  await own.api.store.sources.create(makeSource('default'));
  await fillLane(own.api, id, ['delivered', 'delivered']);
  // The log has the time of Redis.
  own.api.nowMs = Date.now() + 60_000;
  const browser = await own.signedIn();
  const path = `/subscriptions/${id}/replay`;
  const { text } = await browser.submit(path, { what: 'hour', types: 'contact.created' });
  const until = new Date(own.api.nowMs).toISOString();
  const since = new Date(own.api.nowMs - 3_600_000).toISOString();
  expect(hiddenOf(text)).toMatchObject({ since, until, types: 'contact.created' });
  expect(text).toContain('<h1>2 deliveries would be made again</h1>');
  own.api.nowMs += 600_000;
  expect(await confirm(browser, id, text)).toContain('2 deliveries will be made again.');
  const { json } = await own.api.call('GET', `/v1/subscriptions/${id}`);
  expect(json.deliveries).toMatchObject({ pending: 3 });
});

test.each([
  ['from', { what: 'span', from: '' }, 'Say from when on, in UTC.'],
  ['from', { what: 'span', from: 'yesterday' }, 'Say from when on, in UTC.'],
  ['to', { what: 'span', from: '2026-06-12T10:00', to: 'soon' }, 'This is no moment'],
  ['to', { what: 'span', from: '2026-06-12T10:00', to: '2026-06-12T09:00' }, 'not be before'],
])('a span that says too little is asked for again at %s: %o', async (field, sent, sentence) => {
  const id = await create(on);
  const browser = await on.signedIn();
  const { status, text } = await browser.submit(`/subscriptions/${id}/replay`, sent);
  expect(status).toBe(400);
  const [error = ''] = new RegExp(`id="${field}-error">[^<]*`).exec(text) ?? [];
  expect(error).toContain(sentence);
  expect(text).toContain('<option value="span" selected>');
  expect(text).not.toContain('/replay/confirmed');
});

test('a type that the subscription does not want is refused with the API’s reason', async () => {
  const id = await create(on);
  const browser = await on.signedIn();
  const sent = { what: 'hour', types: 'contact.deleted' };
  const { status, text } = await browser.submit(`/subscriptions/${id}/replay`, sent);
  expect(status).toBe(400);
  expect(text).toContain('is not among the subscription');
});

test('to one that is paused the count says that they will wait', async () => {
  await fillLane(api, 'sub_waiting', ['failed']);
  await api.store.lanes.pause('sub_waiting');
  const browser = await on.signedIn();
  const { text } = await browser.submit('/subscriptions/sub_waiting/replay', { what: 'failed' });
  expect(text).toContain('1 delivery would be made again');
  expect(text).toContain('they will wait until it is resumed');
});
