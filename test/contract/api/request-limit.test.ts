import { expect, test } from 'vitest';
import { buildApi, expectProblem, openApi } from './api-under-test.ts';

const api = await openApi();

async function keyOf(requestsPerMinute: number) {
  const body = { name: 'limited', scopes: ['read'], requestsPerMinute };
  const { json } = await api.call('POST', '/v1/keys', { body });
  return { id: json.id as string, headers: { authorization: `Bearer ${json.key}` } };
}

test('a key that asks too often is told when to ask again, and what is left before that', async () => {
  const { headers } = await keyOf(3);
  for (const left of [2, 1, 0]) {
    const answer = await api.call('GET', '/v1/sources', { headers });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('ratelimit-policy')).toBe('"key";q=3;w=60');
    expect(answer.headers.get('ratelimit')).toMatch(new RegExp(`^"key";r=${left};t=\\d+$`));
  }
  const refused = await api.call('GET', '/v1/sources', { headers });
  expectProblem(refused, 429);
  // One comes back every 20 s.
  const seconds = Number(refused.headers.get('retry-after'));
  expect(seconds).toBeGreaterThan(10);
  expect(seconds).toBeLessThanOrEqual(20);
  expect(refused.headers.get('ratelimit')).toBe(`"key";r=0;t=${seconds}`);
  expect(refused.json.detail).toContain(`${seconds} s`);
});

test('all processes count together, each key by itself, and the one of the environment has room', async () => {
  const [one, other] = [await keyOf(2), await keyOf(2)];
  const second = buildApi(api.connection);
  expect((await api.call('GET', '/v1/me', one)).status).toBe(200);
  expect((await second.call('GET', '/v1/me', one)).status).toBe(200);
  expect((await second.call('GET', '/v1/me', one)).status).toBe(429);
  expect((await second.call('GET', '/v1/me', other)).status).toBe(200);
  const { headers } = await api.call('GET', '/v1/me');
  expect(headers.get('ratelimit-policy')).toBe('"key";q=60000;w=60');
});

test('what is refused for its scope, its address or its body counts too', async () => {
  const { headers } = await keyOf(3);
  expect((await api.call('POST', '/v1/sources', { headers })).status).toBe(403);
  expect((await api.call('GET', '/v1/nothing', { headers })).status).toBe(404);
  expect((await api.call('GET', '/v1/events?limit=no', { headers })).status).toBe(400);
  expect((await api.call('GET', '/v1/events', { headers })).status).toBe(429);
});

test('a new rate holds from the next request on', async () => {
  const { id, headers } = await keyOf(1);
  expect((await api.call('GET', '/v1/me', { headers })).status).toBe(200);
  expect((await api.call('GET', '/v1/me', { headers })).status).toBe(429);
  await api.call('PATCH', `/v1/keys/${id}`, { body: { requestsPerMinute: 60_000 } });
  // The old rate has filled the minute to the brim, so that the new one has to win a millisecond first.
  await expect.poll(async () => (await api.call('GET', '/v1/me', { headers })).status).toBe(200);
});

test('what stands outside /v1 is not counted', async () => {
  for (const path of ['/healthz', '/openapi.json']) {
    expect((await api.call('GET', path)).headers.get('ratelimit')).toBe(null);
  }
});
