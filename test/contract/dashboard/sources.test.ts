import { expect, test } from 'vitest';
import { makeSource } from '../api/api-under-test.ts';
import { openDashboard } from './dashboard-under-test.ts';

const on = await openDashboard();
await on.api.store.sources.create(makeSource('shop'));

test('the list leads to each source', async () => {
  const { text } = await (await on.signedIn()).get('/sources');
  expect(text).toContain('<a href="/sources/shop">shop</a>');
});

test('a source tells everything but its token', async () => {
  const { status, text } = await (await on.signedIn()).get('/sources/shop');
  expect(status).toBe(200);
  expect(text).toContain('https://inbox.example/v1');
  expect(text).not.toContain('token-of-shop');
});

test('a source that is not there is a page that says so', async () => {
  const { status, text } = await (await on.signedIn()).get('/sources/nobody');
  expect(status).toBe(404);
  expect(text).toContain('<h1>There is nothing here</h1>');
  expect(text).toContain('There is no source nobody.');
});

test('it is paused, resumed and polled, and each is confirmed', async () => {
  const browser = await on.signedIn();
  await browser.get('/sources/shop');
  const press = async (action: string) => {
    const { status, headers } = await browser.submit(`/sources/shop/${action}`);
    expect(status).toBe(303);
    return (await browser.get(headers.get('location') ?? '')).text;
  };
  expect(await press('pause')).toContain('This source is paused.');
  expect((await on.api.store.sources.get('shop'))?.paused).toBe(true);
  expect(await press('resume')).toContain('This source is watched again.');
  expect((await on.api.store.sources.get('shop'))?.paused).toBe(false);
  on.api.pollsWoken.length = 0;
  await press('poll');
  expect(on.api.pollsWoken).toEqual(['shop']);
});

test('its rate is changed, and its token only where one is given', async () => {
  const browser = await on.signedIn();
  await browser.submit('/sources/shop', { requestsPerMinute: '55', token: '' });
  expect(await on.api.store.sources.get('shop')).toMatchObject({
    requestsPerMinute: 55,
    token: 'token-of-shop',
  });
  await browser.submit('/sources/shop', { requestsPerMinute: '55', token: 'another' });
  expect(await on.api.store.sources.get('shop')).toMatchObject({ token: 'another' });
});

test('what does not fit is said above the form', async () => {
  const browser = await on.signedIn();
  const { status, text } = await browser.submit('/sources/shop', { requestsPerMinute: '0' });
  expect(status).toBe(400);
  expect(text).toContain('<b>requestsPerMinute</b>');
});

test('an inbox is connected, and disconnected again', async () => {
  const browser = await on.signedIn();
  const fields = {
    token: 'a-token',
    provider: 'botpenguin',
    id: 'other',
    baseUrl: 'https://other.example',
    requestsPerMinute: '',
  };
  const { headers } = await browser.submit('/sources', fields);
  expect(headers.get('location')).toBe('/sources/other?done=source-connected');
  expect(await on.api.store.sources.get('other')).toMatchObject({ token: 'a-token' });
  const again = await browser.submit('/sources', fields);
  expect(again.status).toBe(409);
  expect(again.text).toContain('There is a source other already.');
  expect(again.text).not.toContain('a-token');
  await browser.submit('/sources/other/delete');
  expect(await on.api.store.sources.get('other')).toBe(null);
});

test('who may only read is shown no button, and a form all the same does nothing', async () => {
  const browser = await on.signedIn('read');
  const { text } = await browser.get('/sources/shop');
  expect(text).not.toContain('action="/sources/');
  const { status, text: refusal } = await browser.submit('/sources/shop/pause');
  expect(status).toBe(403);
  expect(refusal).toContain('<h1>Not with this key</h1>');
  expect((await on.api.store.sources.get('shop'))?.paused).toBe(false);
});

test('who sees only subscriptions is refused with a page', async () => {
  const { status, text } = await (await on.signedIn('subscriptions')).get('/sources');
  expect(status).toBe(403);
  expect(text).toContain('Sign in with a key that may do this');
});

test('the hint address is the one that the browser asked at', async () => {
  const browser = await on.signedIn();
  const source = makeSource('hinted');
  await on.api.store.sources.create({ ...source, hintSecret: 'a-hint' });
  const { text } = await browser.get('/sources/hinted', {
    'x-forwarded-host': 'notify.example',
  });
  expect(text).toContain('http://notify.example/hints/a-hint');
});

test('how fresh it was in the last hour is told in a sentence beside the plot', async () => {
  const browser = await on.signedIn();
  expect((await browser.get('/sources/shop')).text).toContain('Nothing was noted');
  const { freshness } = on.api.store;
  const ages = { activeSeconds: 12.5, coldSeconds: null };
  await freshness.note('shop', { atMs: on.api.nowMs - 60_000, hotSeconds: 40, ...ages });
  await freshness.note('shop', { atMs: on.api.nowMs, hotSeconds: 3, ...ages });
  const { text } = await browser.get('/sources/shop');
  expect(text).toContain('At most, in the last hour: hot 40 s, active 13 s.');
});
