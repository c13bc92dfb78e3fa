import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import type { SubscriptionId } from '#domain/subscription.ts';
import { makeSource } from '../api/api-under-test.ts';
import { fillLane } from '../api/filled-lane.ts';
import { type Browser, openDashboard } from './dashboard-under-test.ts';
import { create, follow } from './subscribing.ts';

const on = await openDashboard({ newId: randomUUID });
const { api } = on;
await api.store.sources.create(makeSource('default'));

async function statusOf(id: string): Promise<string> {
  return (await api.call('GET', `/v1/subscriptions/${id}`)).json.status;
}

async function fieldOf(browser: Browser, path: string, name: string): Promise<string> {
  const { text } = await browser.get(path);
  return new RegExp(`name="${name}" value="([^"]*)"`).exec(text)?.[1] ?? '';
}

test('a subscription is paused, and resumed', async () => {
  const id = await create(on);
  const browser = await on.signedIn();
  const paused = await follow(browser, await browser.submit(`/subscriptions/${id}/pause`));
  expect(paused).toContain('This subscription is paused.');
  expect(paused).not.toContain(`action="/subscriptions/${id}/pause"`);
  expect(await statusOf(id)).toBe('paused');
  const active = await follow(browser, await browser.submit(`/subscriptions/${id}/resume`));
  expect(active).toContain('This subscription is active again.');
  expect(await statusOf(id)).toBe('active');
});

test.each([
  ['skip', 'What had waited was skipped.', { pending: 0, skipped: 1 }],
  ['deliver', 'What waited is on its way.', { pending: 1, skipped: 0 }],
])('what has waited can be resumed with: %s', async (backlog, sentence, counts) => {
  const id: SubscriptionId = `sub_${backlog}`;
  await fillLane(api, id, []);
  await api.store.lanes.pause(id);
  const browser = await on.signedIn();
  const { text } = await browser.get(`/subscriptions/${id}`);
  expect(text).toContain('It is paused, so nothing is sent. 1 delivery waits;');
  expect(text).toContain('Resume, deliver the one that waits');
  expect(text).toContain('Resume, skip it');
  const answer = await browser.submit(`/subscriptions/${id}/resume`, { backlog });
  expect(await follow(browser, answer)).toContain(sentence);
  expect((await api.call('GET', `/v1/subscriptions/${id}`)).json.deliveries).toMatchObject(counts);
});

test('a test is put on its way', async () => {
  const id = await create(on);
  const browser = await on.signedIn();
  const text = await follow(browser, await browser.submit(`/subscriptions/${id}/test`));
  expect(text).toContain('A test is on its way.');
  const { json } = await api.call('GET', `/v1/subscriptions/${id}/deliveries`);
  expect(json.data).toMatchObject([{ status: 'pending', source: 'service' }]);
  expect((await browser.get(`/subscriptions/${id}/deliveries`)).text).toContain('Test or notice');
});

test('the secret is rotated once, shown once, and the one before signs on', async () => {
  const id = await create(on);
  const before = await api.store.subscriptions.get(id as SubscriptionId);
  const browser = await on.signedIn();
  const path = `/subscriptions/${id}/secret`;
  const once = await fieldOf(browser, path, 'once');
  const shown = await browser.submit(path, { once, overlapSeconds: '3600' });
  const [secret = ''] = /whsec_[\w+/=]+/.exec(shown.text) ?? [];
  expect(shown.text).toContain('The one before it signs beside it for 1 hour.');
  expect(shown.headers.get('cache-control')).toBe('no-store');
  // The same form again, as by a second click, shows the same and makes nothing.
  expect((await browser.submit(path, { once, overlapSeconds: '3600' })).text).toContain(secret);
  const after = await api.store.subscriptions.get(id as SubscriptionId);
  expect(after?.secrets).toEqual([
    { value: secret, until: null },
    { value: before?.secrets[0]?.value, until: new Date(api.nowMs + 3_600_000).toISOString() },
  ]);
  for (const page of ['', '/secret', '/edit', '/deliveries']) {
    expect((await browser.get(`/subscriptions/${id}${page}`)).text).not.toContain('whsec_');
  }
});

test('a rotation that the API refuses is shown with its reason, and can be repeated', async () => {
  const id = await create(on);
  const browser = await on.signedIn();
  const path = `/subscriptions/${id}/secret`;
  const once = await fieldOf(browser, path, 'once');
  const refused = await browser.submit(path, { once, overlapSeconds: '99999999' });
  expect(refused.status).toBe(400);
  expect(refused.text).toContain('<b>overlapSeconds</b>');
  const again = /name="once" value="([^"]*)"/.exec(refused.text)?.[1] ?? '';
  expect((await browser.submit(path, { once: again, overlapSeconds: '0' })).text).toContain(
    'The one before it signs nothing any more.',
  );
});

test('one is deleted after a page has said what goes with it', async () => {
  await fillLane(api, 'sub_leaving', ['delivered']);
  const browser = await on.signedIn();
  const { text } = await browser.get('/subscriptions/sub_leaving/delete');
  expect(text).toContain('1 delivery that waits goes with it, and will not be made.');
  expect(await statusOf('sub_leaving')).toBe('active');
  const list = await follow(browser, await browser.submit('/subscriptions/sub_leaving/delete'));
  expect(list).toContain('It is deleted.');
  expect((await api.call('GET', '/v1/subscriptions/sub_leaving')).status).toBe(404);
});

const deeds = [
  ['pause', {}],
  ['resume', { backlog: 'skip' }],
  ['test', {}],
  ['secret', { once: 'x', overlapSeconds: '0' }],
  ['replay', { what: 'failed' }],
  ['replay/confirmed', { status: 'failed' }],
  ['edit', { url: 'https://evil.example/', events: 'contact.created', intent: 'save', token: '*' }],
  ['redeliver', { event: 'evt_0000000000000000000001' }],
  ['delete', {}],
] as const;

test('a key that only reads is offered no deed', async () => {
  const id = await create(on);
  const browser = await on.signedIn('read');
  const forms = /<form method="post" action="(?!\/sign-out)/;
  for (const path of ['', '/deliveries', '/edit', '/replay', '/secret', '/delete', '/../new']) {
    const { status, text } = await browser.get(`/subscriptions/${id}${path}`);
    expect(status).toBe(200);
    expect(text).not.toMatch(forms);
  }
  expect((await browser.get('/subscriptions')).text).not.toContain('/subscriptions/new');
});

test.each(deeds)(
  '%s by a key that only reads is refused, and changes nothing',
  async (deed, fields) => {
    const id = await create(on);
    const browser = await on.signedIn('read');
    const before = await api.call('GET', `/v1/subscriptions/${id}`);
    const { status, text } = await browser.submit(`/subscriptions/${id}/${deed}`, fields);
    expect(status).toBe(403);
    expect(text).not.toContain('whsec_');
    expect((await api.call('GET', `/v1/subscriptions/${id}`)).json).toEqual(before.json);
  },
);

test.each(deeds)('%s without the token of the session is refused', async (deed, fields) => {
  const id = await create(on);
  const browser = await on.signedIn();
  const before = await api.call('GET', `/v1/subscriptions/${id}`);
  const sent = { ...fields, csrf: 'wrong' };
  expect((await browser.submit(`/subscriptions/${id}/${deed}`, sent)).status).toBe(403);
  expect((await api.call('GET', `/v1/subscriptions/${id}`)).json).toEqual(before.json);
});

test('a key sees and changes what it made itself, and knows nothing of the rest', async () => {
  const { key } = await on.makeKey('subscriptions');
  const others = await create(on, { description: 'Of somebody else' });
  const headers = { authorization: `Bearer ${key}` };
  const mine = await create(on, { description: 'My own' }, headers);
  const browser = on.open();
  await browser.signIn(key);
  const { text } = await browser.get('/subscriptions');
  expect(text).toContain('Those that were made with your key.');
  expect(text).toContain('My own');
  expect(text).not.toContain('Of somebody else');
  const answer = await browser.submit(`/subscriptions/${mine}/pause`);
  expect(await follow(browser, answer)).toContain('This subscription is paused.');
  expect((await browser.get(`/subscriptions/${others}`)).status).toBe(404);
  expect((await browser.submit(`/subscriptions/${others}/pause`)).status).toBe(404);
  expect(await statusOf(others)).toBe('active');
});

test('a key that reads, and makes its own, is offered nothing for those of others', async () => {
  const others = await create(on);
  const browser = await on.signedIn('read', 'subscriptions');
  const { text } = await browser.get(`/subscriptions/${others}`);
  expect(text).not.toContain(`action="/subscriptions/${others}`);
  expect((await browser.submit(`/subscriptions/${others}/pause`)).status).toBe(403);
});
