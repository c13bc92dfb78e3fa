import { expect, test } from 'vitest';
import { openKeyedStore } from '../../support/keyed-store.ts';
import { makeSubscription, subscribe } from '../../support/stage.ts';
import { expectProblem, makeSource, openApi } from './api-under-test.ts';

const api = await openApi();
/** Another process, with a key that this one does not have. */
const ahead = openKeyedStore(api.connection, 'new', 'old');
await subscribe(api.store, makeSubscription('sub_mine'));
await subscribe(ahead, makeSubscription('sub_theirs'));
await api.store.sources.create(makeSource('mine'));
await ahead.sources.create({ ...makeSource('theirs'), hintSecret: 'hint-of-theirs' });

test.each([
  ['GET', '/v1/subscriptions'],
  ['GET', '/v1/subscriptions/sub_theirs'],
  ['PATCH', '/v1/subscriptions/sub_theirs', { maxInFlight: 2 }],
  ['GET', '/v1/sources'],
  ['GET', '/v1/sources/theirs'],
  ['PATCH', '/v1/sources/theirs', { requestsPerMinute: 10 }],
  ['DELETE', '/v1/sources/theirs'],
  ['POST', '/hints/hint-of-theirs'],
])(
  '%s %s says which key is missing, changes nothing and is no 500',
  async (method, path, body?: object) => {
    api.logLines.length = 0;
    const answer = await api.call(method, path, body === undefined ? {} : { body });
    expectProblem(answer, 503);
    expect(answer.json.detail).toContain('ENCRYPTION_KEY');
    expect(api.logLines.map(({ msg }) => msg)).toContain('request.unreadable');
    expect((await ahead.subscriptions.get('sub_theirs'))?.maxInFlight).toBe(8);
    expect(await ahead.sources.get('theirs')).toMatchObject({ requestsPerMinute: 90 });
  },
);

test('those that can be opened are served as ever', async () => {
  expect((await api.call('GET', '/v1/subscriptions/sub_mine')).status).toBe(200);
  const body = { maxInFlight: 3 };
  expect((await api.call('PATCH', '/v1/subscriptions/sub_mine', { body })).status).toBe(200);
  expect((await api.call('GET', '/v1/sources/mine')).status).toBe(200);
});

test('metrics are still told while a source cannot be opened', async () => {
  expect((await api.call('GET', '/metrics')).status).toBe(200);
});
