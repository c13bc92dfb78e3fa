import { HTTPException } from 'hono/http-exception';
import { expect, test } from 'vitest';
import { adminKey, openDashboard, origin } from './dashboard-under-test.ts';

const on = await openDashboard();

const strict =
  "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

test.each(['/', '/sign-in', '/sources', '/sources/nobody', '/subscriptions/sub_nobody'])(
  '%s allows nothing but the dashboard’s own files, and is kept nowhere',
  async (path) => {
    const browser = await on.signedIn();
    const { headers } = await browser.get(path);
    expect(headers.get('content-security-policy')).toBe(strict);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('same-origin');
    expect(headers.get('cache-control')).toBe('no-store');
  },
);

test.each(['/', '/sign-in', '/sources'])(
  '%s has no inline script and no inline style',
  async (path) => {
    const { text } = await (await on.signedIn()).get(path);
    expect(text).not.toMatch(/<script(?![^>]* src=)/);
    expect(text).not.toMatch(/<style|\sstyle=|\son\w+=/);
  },
);

const foreign = [
  ['another origin', { origin: 'https://evil.example', 'sec-fetch-site': '' }],
  ['a hidden origin', { origin: 'null', 'sec-fetch-site': '' }],
  ['another site, as the browser says', { 'sec-fetch-site': 'cross-site' }],
  ['a neighbour of this site', { 'sec-fetch-site': 'same-site' }],
] as const;

test.each(foreign)('a form from %s does nothing', async (_, headers) => {
  const browser = await on.signedIn();
  expect((await browser.submit('/sign-out', {}, headers)).status).toBe(403);
  expect((await browser.get('/')).status).toBe(200);
});

test.each(foreign)('nobody is signed in by a form from %s', async (_, headers) => {
  const browser = on.open();
  expect((await browser.submit('/sign-in', { key: adminKey }, headers)).status).toBe(403);
  expect(browser.cookies.size).toBe(0);
});

test.each([
  ['no token', ''],
  ['a wrong token', 'wrong'],
  ['a token as long as the right one', 'x'.repeat(43)],
])('a form with %s does nothing', async (_, csrf) => {
  const browser = await on.signedIn();
  const { status, text } = await browser.submit('/sign-out', { csrf });
  expect(status).toBe(403);
  expect(text).toContain('Open the page again');
  expect((await browser.get('/')).status).toBe(200);
});

test('the token of one session is worth nothing in another', async () => {
  const [mine, other] = [await on.signedIn(), await on.signedIn()];
  const csrf = /name="csrf" value="([^"]+)"/.exec((await other.get('/')).text)?.[1] ?? '';
  expect((await mine.submit('/sign-out', { csrf })).status).toBe(403);
});

test('behind a proxy that speaks https the forms of the dashboard are its own', async () => {
  const browser = on.open();
  const headers = {
    'x-forwarded-proto': 'https',
    origin: origin.replace('http:', 'https:'),
    'sec-fetch-site': '',
  };
  expect((await browser.submit('/sign-in', { key: adminKey }, headers)).status).toBe(303);
});

test('a form that is too large is refused with a page', async () => {
  const browser = await on.signedIn();
  const { status, text } = await browser.submit('/sign-out', { note: 'x'.repeat(300_000) });
  expect(status).toBe(413);
  expect(text).toContain('<h1>This is too large</h1>');
});

test('files are kept for good under the hash of their content, and only there', async () => {
  const browser = on.open();
  const { text } = await browser.get('/sign-in');
  const paths = [...text.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(
    ([, path = '']) => path,
  );
  expect(paths.length).toBeGreaterThanOrEqual(3);
  for (const path of paths) {
    const { status, headers } = await browser.get(path);
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    const etag = headers.get('etag') ?? '';
    expect((await browser.get(path, { 'if-none-match': etag })).status).toBe(304);
    expect((await browser.get(path.replace(/assets\/\w+/, 'assets/0123'))).status).toBe(404);
  }
});

test('what is no page is the API’s, word for word', async () => {
  const browser = await on.signedIn();
  const headers = { accept: 'application/json' };
  const unknown = await browser.get('/nothing', headers);
  expect(unknown.status).toBe(404);
  expect(unknown.headers.get('content-type')).toBe('application/problem+json');
  expect((await browser.get('/healthz', headers)).text).toContain('"status":"ok"');
  expect((await browser.get('/v1/sources', headers)).status).toBe(401);
});

test('a browser that is lost gets a page', async () => {
  const { status, headers, text } = await on.open().get('/nothing');
  expect(status).toBe(404);
  expect(headers.get('content-type')).toMatch(/^text\/html/);
  expect(text).toContain('<h1>There is nothing here</h1>');
});

test('a cookie opens no API: whoever calls it shows a key', async () => {
  const browser = await on.signedIn();
  expect((await browser.get('/v1/overview')).status).toBe(401);
});

test('while Redis is away each page says so, and tries again by itself', async () => {
  const state = { isReady: true };
  const own = await openDashboard({ isReady: async () => state.isReady });
  const browser = await own.signedIn();
  state.isReady = false;
  const { status, text } = await browser.get('/');
  expect(status).toBe(503);
  expect(text).toContain('<h1>This cannot be shown now</h1>');
  expect(text).toContain('its Redis is away or takes no writes');
  expect(text).toContain('<meta http-equiv="refresh" content="5">');
  state.isReady = true;
  expect((await browser.get('/')).status).toBe(200);
});

test('a surprise is a page with an id, and nothing of what went wrong', async () => {
  const own = await openDashboard({
    authenticateHash: async () => {
      throw new Error('a secret of the inside');
    },
  });
  const browser = own.open();
  await browser.submit('/sign-in', { key: adminKey });
  const { status, text } = await browser.get('/');
  expect(status).toBe(500);
  expect(text).toContain('an-id');
  expect(text).not.toContain('a secret of the inside');
});

test('a proxy that puts another host in the request spoils no form', async () => {
  const send = async (headers: Readonly<Record<string, string>>) =>
    (await on.open().submit('/sign-in', { key: adminKey }, headers)).status;
  const renamed = { host: 'inside:3000', origin: 'https://notify.example' };
  expect(await send(renamed)).toBe(303);
  const told = { ...renamed, 'sec-fetch-site': '', 'x-forwarded-host': 'notify.example' };
  expect(await send(told)).toBe(303);
  expect(await send({ ...told, 'x-forwarded-host': '' })).toBe(403);
});

test('a refusal on the way to the API is a page, too', async () => {
  const own = await openDashboard({
    authenticateHash: async () => {
      throw new HTTPException(503, { message: 'Redis does not answer.' });
    },
  });
  const browser = own.open();
  await browser.submit('/sign-in', { key: adminKey });
  const { status, text } = await browser.get('/');
  expect(status).toBe(503);
  expect(text).toContain('Redis does not answer.');
});
