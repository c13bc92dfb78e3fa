import { expect, test } from 'vitest';
import { adminKey, openDashboard, origin } from './dashboard-under-test.ts';

const on = await openDashboard();

test.each([
  '/',
  '/sources',
  '/sources/default',
  '/subscriptions',
  '/events/evt_1',
  '/contacts/default/1',
  '/keys',
])('%s leads who is not signed in to the sign-in, and from there back', async (path) => {
  const answer = await on.open().get(`${path}`);
  expect(answer.status).toBe(303);
  const to = path === '/' ? '' : `?to=${encodeURIComponent(path)}`;
  expect(answer.headers.get('location')).toBe(`/sign-in${to}`);
  expect(answer.text).toBe('');
});

test('live figures are not sent to who is not signed in', async () => {
  const answer = await on.open().get('/live/overview');
  expect(answer).toMatchObject({ status: 401, text: '' });
});

test('the right key opens a session and leads to the page that was asked for', async () => {
  const browser = on.open();
  const { status, headers } = await browser.submit('/sign-in', {
    key: adminKey,
    to: '/sources?x=1',
  });
  expect(status).toBe(303);
  expect(headers.get('location')).toBe('/sources?x=1');
  expect((await browser.get('/')).status).toBe(200);
});

test.each([
  '//evil.example/',
  'https://evil.example/',
  '/\\evil.example',
  'javascript:alert(1)',
  `${origin}//evil.example`,
])('nobody is led to %s after the sign-in', async (to) => {
  const { headers } = await on.open().submit('/sign-in', { key: adminKey, to });
  expect(headers.get('location')).toBe('/');
});

test('a wrong key opens nothing, and is not shown again', async () => {
  const browser = on.open();
  const { status, text } = await browser.submit('/sign-in', { key: 'a-wrong-key' });
  expect(status).toBe(401);
  expect(text).toContain('This key is not known');
  expect(text).not.toContain('a-wrong-key');
  expect(browser.cookies.size).toBe(0);
});

test('the cookie is for this site and no script, and over https for https alone', async () => {
  const browser = on.open();
  const [plain] = (await browser.signIn()).headers.getSetCookie();
  expect(plain).toMatch(/^inbox-notifier-session=[\w-]{43}; /);
  expect(plain?.split('; ').slice(1).sort()).toEqual(['HttpOnly', 'Path=/', 'SameSite=Strict']);
  const proxied = { 'x-forwarded-proto': 'https' };
  const [secure] = (
    await on.open().submit('/sign-in', { key: adminKey }, proxied)
  ).headers.getSetCookie();
  expect(secure).toMatch(/^__Host-inbox-notifier-session=/);
  expect(secure?.split('; ').slice(1).sort()).toEqual([
    'HttpOnly',
    'Path=/',
    'SameSite=Strict',
    'Secure',
  ]);
});

test('a session made over plain http is none over https', async () => {
  const browser = await on.signedIn();
  const answer = await browser.get('/', { 'x-forwarded-proto': 'https' });
  expect(answer.status).toBe(303);
});

test('every sign-in has a token of its own, and a planted one is not taken up', async () => {
  const browser = on.open();
  browser.cookies.set('inbox-notifier-session', 'planted');
  await browser.signIn();
  const first = browser.cookies.get('inbox-notifier-session');
  expect(first).not.toBe('planted');
  await browser.signIn();
  expect(browser.cookies.get('inbox-notifier-session')).not.toBe(first);
});

test('who signs out is out, also with the old cookie', async () => {
  const browser = await on.signedIn();
  const cookies = new Map(browser.cookies);
  expect((await browser.submit('/sign-out')).headers.get('location')).toBe('/sign-in');
  expect(browser.cookies.size).toBe(0);
  for (const [name, value] of cookies) browser.cookies.set(name, value);
  expect((await browser.get('/')).status).toBe(303);
});

test('a session ends with its key', async () => {
  const { id, key } = await on.makeKey('read');
  const browser = on.open();
  await browser.signIn(key);
  expect((await browser.get('/')).status).toBe(200);
  await on.api.call('DELETE', `/v1/keys/${id}`);
  expect((await browser.get('/')).status).toBe(303);
});

test('in Redis lies neither a key nor the token of a session', async () => {
  const browser = await on.signedIn();
  const { redis } = on.api.connection;
  const names = await redis.keys('session:*');
  expect(names.length).toBeGreaterThan(0);
  const values = await Promise.all(names.map((name) => redis.get(name)));
  const kept = [...names, ...values].join(' ');
  expect(kept).not.toContain(adminKey);
  expect(kept).not.toContain(browser.cookies.get('inbox-notifier-session'));
});

test('a session ends 12 hours after its last page', async () => {
  await on.api.connection.redis.flushdb();
  const browser = await on.signedIn();
  const [name = ''] = await on.api.connection.redis.keys('session:*');
  await on.api.connection.redis.expire(name, 10);
  await browser.get('/');
  const left = await on.api.connection.redis.ttl(name);
  expect(left).toBeGreaterThan(12 * 3600 - 60);
  expect(left).toBeLessThanOrEqual(12 * 3600);
});

test('who tries many wrong keys has to wait a minute; others need not, nor who has the right one', async () => {
  const peers = ['192.0.2.7'];
  const own = await openDashboard({ peerOf: () => peers[0] ?? '' });
  const show = async (key: string) => (await own.open().submit('/sign-in', { key })).status;
  for (let tries = 0; tries < 10; tries += 1) expect(await show('guess')).toBe(401);
  expect(await show('guess')).toBe(429);
  expect(await show(adminKey)).toBe(303);
  expect(await show('guess')).toBe(429);
  peers[0] = '192.0.2.8';
  expect(await show('guess')).toBe(401);
  peers[0] = '192.0.2.7';
  own.api.nowMs += 60_000;
  expect(await show('guess')).toBe(401);
});
