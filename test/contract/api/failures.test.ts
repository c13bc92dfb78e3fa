import { expect, test } from 'vitest';
import type { Subscription } from '#domain/subscription.ts';
import { errorPaths, expectProblem, openApi } from './api-under-test.ts';

const api = await openApi();
const post = (body: string, headers = {}) =>
  api.call('POST', '/v1/subscriptions', { body, headers });

test.each([
  ['cut', '{"url":'],
  ['not JSON', 'url=https://example.com'],
  ['with a null byte', '{"url":"\u0000"}'],
  ['nested deeper than any stack', '['.repeat(500_000)],
  ['nested deeply and closed', `{"x":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
  ['a huge number', '{"maxInFlight":1e999}'],
  ['an array', '[]'],
  ['null', 'null'],
])('a body that is %s is a 400', async (_, body) => {
  expectProblem(await post(body), 400);
});

test('a missing body is a 400 that names what is missing', async () => {
  const answer = await api.call('POST', '/v1/subscriptions');
  expectProblem(answer, 400);
  expect(errorPaths(answer)).toEqual(['url', 'events']);
});

test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])(
  'a body as %s is a 415',
  async (type) => {
    expectProblem(await post('{}', { 'content-type': type }), 415);
  },
);

test.each(['application/json; charset=utf-8', 'APPLICATION/JSON'])('%s is JSON', async (type) => {
  const body = '{"url":"https://example.com","events":["contact.created"]}';
  expect((await post(body, { 'content-type': type })).status).toBe(201);
});

test.each(['/v1/subscriptions/%zz', '/v1/events?contact=%c3%28', '/v1/%'])(
  'the broken percent-encoding of %s is a 400',
  async (path) => {
    expectProblem(await api.call('GET', path), 400);
  },
);

test.each(['%00', '..%2f..', '%7b%7d', 'x'.repeat(5000)])(
  'the id %# is merely unknown',
  async (id) => {
    for (const path of [`/v1/subscriptions/${id}`, `/v1/events/${id}`, `/v1/sources/${id}`]) {
      const answer = await api.call('GET', path);
      expectProblem(answer, 404);
      expect(answer.json.detail.length).toBeLessThan(200);
    }
  },
);

test.each([
  ['limit', 'limit=0'],
  ['limit', 'limit=201'],
  ['limit', 'limit=ten'],
  ['limit', 'limit=1.5'],
  ['limit', 'limit=1&limit=2'],
  ['cursor', 'cursor=nonsense'],
  ['cursor', `cursor=${Buffer.from('{"offset":-1}').toString('base64url')}`],
  ['cursor', `cursor=${'x'.repeat(2000)}`],
  ['since', 'since=yesterday'],
])('the query parameter %s is refused in %s, on every list', async (name, query) => {
  const made = await post('{"url":"https://example.com","events":["contact.created"]}');
  const deliveries = `/v1/subscriptions/${made.json.id}/deliveries`;
  for (const list of ['/v1/subscriptions', '/v1/events', '/v1/sources', deliveries]) {
    const answer = await api.call('GET', `${list}?${query}`);
    expectProblem(answer, 400);
    expect(errorPaths(answer)).toEqual([name]);
  }
});

test('a surprise shows an id and nothing else, and the log finds it by that id', async () => {
  const broken = await openApi({
    subscriptions: {
      ...api.store.subscriptions,
      list: async (): Promise<Subscription[]> => {
        throw new Error('the inner secret');
      },
    },
  });
  const response = await broken.app.request('/v1/subscriptions', {
    headers: { authorization: 'Bearer the-key-of-these-tests-24+' },
  });
  const text = await response.text();
  expect(response.status).toBe(500);
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  expect(text).not.toMatch(/inner secret|at .*\.ts|Error:/);
  const line = broken.logLines.find(({ msg }) => msg === 'request.failed');
  expect(line).toMatchObject({ level: 50, err: { message: 'the inner secret' } });
  expect(text).toContain(line?.error_id);
});

test('while Redis is away everything under /v1 is a 503, and no command is sent', async () => {
  const sent: string[] = [];
  const away = await openApi({
    isReady: async () => false,
    subscriptions: {
      ...api.store.subscriptions,
      list: async () => {
        sent.push('list');
        return [];
      },
    },
  });
  expectProblem(await away.call('GET', '/v1/subscriptions'), 503);
  expectProblem(await away.call('GET', '/readyz'), 503);
  expect((await away.call('GET', '/healthz')).status).toBe(200);
  expect(sent).toEqual([]);
});

test('a Redis that fails to answer at all is away', async () => {
  const failing = await openApi({ isReady: () => Promise.reject(new Error('closed')) });
  expectProblem(await failing.call('GET', '/readyz'), 503);
  expectProblem(await failing.call('GET', '/v1/sources'), 503);
});
