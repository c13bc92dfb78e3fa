import { expect, test } from 'vitest';
import { makeSubscription, subscribe } from '../../support/stage.ts';
import { makeSource } from '../api/api-under-test.ts';
import { openDashboard } from './dashboard-under-test.ts';

test('an empty service says what is missing', async () => {
  const on = await openDashboard();
  const { status, text } = await (await on.signedIn()).get('/');
  expect(status).toBe(200);
  expect(text).toContain('<h1>Nothing needs you</h1>');
  expect(text).toContain('No inbox is connected.');
  expect(text).toContain('Nobody has subscribed yet');
});

test('what needs somebody is named, with the way to it, and never as markup', async () => {
  const error = { kind: 'unauthorized', message: '<b onclick=x>Refused</b>', sinceMs: 1000 };
  const on = await openDashboard({}, { readSourceState: async () => ({ error }) });
  await on.api.store.sources.create(makeSource('shop'));
  const { text } = await (await on.signedIn()).get('/');
  expect(text).toContain('<h1>1 thing needs you</h1>');
  expect(text).toContain('href="/sources/shop"');
  expect(text).toContain('&lt;b onclick=x&gt;Refused&lt;/b&gt;');
  expect(text).not.toContain('<b onclick');
});

test('each plot has its figures as a sentence', async () => {
  const on = await openDashboard();
  await on.api.store.pulse.add(on.api.nowMs, { events: 12, delivered: 4, refused: 1, lateMs: 200 });
  const { text } = await (await on.signedIn()).get('/');
  expect(text).toContain('12 changes in the last hour, 12 in the busiest minute.');
  expect(text).toContain('4 delivered in the last hour, 1 attempt failed.');
  expect(text).toContain('50 ms on average in the last hour, retries included.');
});

test('who sees only what was made with the key is led there', async () => {
  const on = await openDashboard();
  await subscribe(on.api.store, makeSubscription('sub_of_another'));
  const { status, text } = await (await on.signedIn('subscriptions')).get('/');
  expect(status).toBe(200);
  expect(text).toContain('to your subscriptions');
  expect(text).not.toContain('Is everything seen?');
});

test('only admins are led to the keys', async () => {
  const on = await openDashboard();
  expect((await (await on.signedIn()).get('/')).text).toContain('href="/keys"');
  expect((await (await on.signedIn('read')).get('/')).text).not.toContain('href="/keys"');
});

test('looking is not worth a line in the log, doing is, with the key that did it', async () => {
  const on = await openDashboard();
  await on.api.store.sources.create(makeSource('shop'));
  const browser = await on.signedIn();
  on.api.logLines.length = 0;
  await browser.get('/sources/shop');
  expect(on.api.logLines.map(({ level }) => level)).toEqual([20, 20]);
  on.api.logLines.length = 0;
  await browser.submit('/sources/shop/pause');
  expect(on.api.logLines).toMatchObject([
    { level: 30, method: 'POST', route: '/v1/sources/:id/pause', key_id: 'key_bootstrap' },
  ]);
});
