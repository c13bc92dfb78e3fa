import { expect, test } from 'vitest';
import { adminKey, buildApi, expectProblem, openApi, version } from './api-under-test.ts';

const api = await openApi();

test.each([
  ['no header', undefined],
  ['another scheme', `Basic ${adminKey}`],
  ['a bare key', adminKey],
  ['another key', `Bearer ${adminKey.slice(1)}`],
  ['a longer key', `Bearer ${adminKey}x`],
  ['two keys', `Bearer ${adminKey} ${adminKey}`],
])('%s opens nothing under /v1', async (_, authorization) => {
  const init = authorization === undefined ? {} : { headers: { authorization } };
  for (const path of ['/v1/subscriptions', '/v1/events', '/v1/sources', '/v1/nothing']) {
    const response = await api.app.request(path, init);
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toMatch(/^Bearer/);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
  }
});

test('no cache is to keep what is answered under /v1, refusals neither', async () => {
  const body = { url: 'https://example.com/hook', events: ['contact.created'] };
  const answers = [
    await api.call('POST', '/v1/subscriptions', { body }),
    await api.call('GET', '/v1/subscriptions'),
    await api.call('GET', '/v1/subscriptions/nothing'),
    await api.call('GET', '/v1/me', { headers: { authorization: 'Bearer wrong' } }),
  ];
  expect(answers.map(({ status }) => status)).toEqual([201, 200, 404, 401]);
  for (const { headers } of answers) expect(headers.get('cache-control')).toBe('no-store');
});

test('a body is not even read for who shows no key', async () => {
  const headers = { authorization: 'Bearer wrong' };
  const body = ' '.repeat(2 * 1024 * 1024);
  expectProblem(await api.call('POST', '/v1/subscriptions', { body, headers }), 401);
});

test('the scheme may be written in any case', async () => {
  const headers = { authorization: `bearer ${adminKey}` };
  expect((await api.call('GET', '/v1/sources', { headers })).status).toBe(200);
});

test('without a key one can see that it lives, works, counts and how to call it', async () => {
  const paths = ['/healthz', '/readyz', '/metrics', '/openapi.json', '/docs'];
  for (const path of paths) expect((await api.app.request(path)).status).toBe(200);
  expect((await api.call('GET', '/healthz')).json).toEqual({ status: 'ok', version });
  expect((await api.call('GET', '/readyz')).json).toEqual({ status: 'ready' });
});

test('the metrics count requests by route pattern, and hold no ids', async () => {
  await api.call('GET', '/v1/events/evt_of-somebody');
  await api.call('GET', '/anything-at-all');
  await api.app.request('/nothing', { method: 'BREW' });
  const { text, headers } = await api.call('GET', '/metrics');
  expect(headers.get('content-type')).toMatch(/^text\/plain/);
  const counted = 'inbox_notifier_http_request_duration_seconds_count';
  expect(text).toContain(`${counted}{method="GET",route="/v1/events/:id",status="404"} 1`);
  expect(text).toContain(`${counted}{method="other",route="none",status="404"} 2`);
  expect(text).toContain('process_cpu_seconds_total');
  for (const hidden of ['somebody', 'anything', 'BREW']) expect(text).not.toContain(hidden);
});

test('the metrics count all subscriptions together, and none by its id', async () => {
  const own = await openApi();
  const body = { url: 'https://example.com/hook', events: ['contact.created'] };
  const { json } = await own.call('POST', '/v1/subscriptions', { body });
  await own.call('POST', '/v1/subscriptions', { body });
  await own.call('POST', `/v1/subscriptions/${json.id}/pause`);
  const { text } = await own.call('GET', '/metrics');
  expect(text).toContain('inbox_notifier_subscriptions{state="active"} 1');
  expect(text).toContain('inbox_notifier_subscriptions{state="paused"} 1');
  expect(text).toContain('inbox_notifier_deliveries{state="waiting"} 0');
  expect(text).not.toContain(json.id);
});

test('who scrapes over and over has the lanes measured once a second', async () => {
  let measured = 0;
  const own = await openApi();
  const counting = buildApi(own.connection, {
    laneTotals(ids) {
      measured += 1;
      return own.store.laneTotals(ids);
    },
  });
  for (const _ of [1, 2, 3]) await counting.call('GET', '/metrics');
  expect(measured).toBe(1);
  counting.nowMs += 1000;
  await counting.call('GET', '/metrics');
  expect(measured).toBe(2);
});

test('a scrape does not wait for lanes that cannot be read, and shows the rest', async () => {
  const never = () => new Promise<never>(() => {});
  const patience = { readyWithinMs: 60_000, answerWithinMs: 10 };
  const slow = buildApi(api.connection, { laneTotals: never }, patience);
  const { status, text } = await slow.call('GET', '/metrics');
  expect(status).toBe(200);
  expect(text).toContain('process_cpu_seconds_total');
  expect(text).not.toContain('inbox_notifier_subscriptions{');
});

test('each request is one line, by pattern, and the routes that machines ask are quiet', async () => {
  api.logLines.length = 0;
  await api.call('GET', '/v1/events/evt_x?nonsense=secret');
  await api.call('GET', '/nowhere');
  await api.call('GET', '/healthz');
  const line = { msg: 'request.completed', method: 'GET', duration_ms: 0 };
  expect(api.logLines).toMatchObject([
    { ...line, level: 30, route: '/v1/events/:id', status: 400 },
    { ...line, level: 30, route: null, status: 404 },
    { ...line, level: 20, route: '/healthz', status: 200 },
  ]);
  expect(JSON.stringify(api.logLines)).not.toContain('secret');
});

test.each(['/', '/v1', '/v1/nothing', '/v1/subscriptions/', '/v2/events'])(
  'there is nothing at %s, and it says so as a problem',
  async (path) => {
    expectProblem(await api.call('GET', path), 404);
  },
);

test.each([
  ['PUT', '/v1/subscriptions', 'GET, HEAD, POST'],
  ['PUT', '/v1/sources/default', 'DELETE, GET, HEAD, PATCH'],
  ['GET', '/v1/sources/default/poll', 'POST'],
  ['POST', '/healthz', 'GET, HEAD'],
])('%s %s is a 405 that names what it allows', async (method, path, allowed) => {
  const answer = await api.call(method, path);
  expectProblem(answer, 405);
  const names = answer.headers.get('allow')?.split(', ').sort().join(', ');
  expect(names).toBe(allowed);
});
