import { expect, onTestFinished, test } from 'vitest';
import { connect } from '#store/connection.ts';
import { startOwnRedis } from '../../support/own-redis.ts';
import { buildApi, expectProblem } from './api-under-test.ts';

test('with its Redis killed the API says so, and with Redis back it works again', async ({
  skip,
}) => {
  const redis = await startOwnRedis({ appendOnly: true }, skip);
  const connection = connect({ kind: 'single', url: redis.url }, () => {});
  onTestFinished(() => connection.close());
  const api = buildApi(connection, {}, { readyWithinMs: 1000, answerWithinMs: 60_000 });
  const body = { url: 'https://example.com/hook', events: ['contact.created'] };
  const { json } = await api.call('POST', '/v1/subscriptions', { body });
  const made = await api.call('POST', '/v1/keys', { body: { name: 'reader', scopes: ['read'] } });
  const headers = { authorization: `Bearer ${made.json.key}` };
  await redis.kill();
  expectProblem(await api.call('POST', '/v1/subscriptions', { body }), 503);
  // Nobody can say now whether a key is good, so it is not said to be bad.
  expectProblem(await api.call('GET', '/v1/me', { headers }), 503);
  expectProblem(await api.call('GET', '/readyz'), 503);
  expect((await api.call('GET', '/healthz')).status).toBe(200);
  await redis.restart();
  await connection.redis.ping();
  expect((await api.call('GET', '/v1/me', { headers })).status).toBe(200);
  const listed = await api.call('GET', '/v1/subscriptions');
  // What was refused with 503 was not done later behind the client's back.
  expect(listed.json.data).toMatchObject([{ id: json.id }]);
  expect(listed.json.data).toHaveLength(1);
});
