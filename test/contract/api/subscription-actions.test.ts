import { expect, test } from 'vitest';
import { deliveryRef, refOf } from '#domain/delivery.ts';
import type { SubscriptionId } from '#domain/subscription.ts';
import { logStart } from '#store/log-id.ts';
import { makeEvent } from '../../support/stage.ts';
import { errorPaths, expectProblem, openApi } from './api-under-test.ts';

const api = await openApi();
const { store } = api;

async function create(): Promise<SubscriptionId> {
  const body = { url: 'https://example.com/hook', events: ['contact.created'] };
  const { json } = await api.call('POST', '/v1/subscriptions', { body });
  api.lanesWoken.length = 0;
  return json.id;
}

/** An event of the log on the lane, as the relay puts it there. */
async function waitOnLane(id: SubscriptionId, number: number): Promise<void> {
  const event = makeEvent(number);
  const logId = await store.eventLog.append('default', event);
  const ref = refOf('default', logId, event);
  await store.lanes.push('default', 0, [{ lane: id, events: [{ logId, ref }] }]);
}

test('a pause shows, and says nothing to the lane but that', async () => {
  const id = await create();
  await waitOnLane(id, 1);
  const { json, status } = await api.call('POST', `/v1/subscriptions/${id}/pause`);
  expect(status).toBe(200);
  expect(json).toMatchObject({ id, status: 'paused', deliveries: { pending: 1 } });
  expect(api.lanesWoken).toEqual([]);
  expect((await api.call('POST', `/v1/subscriptions/${id}/pause`)).json).toEqual(json);
});

test.each([
  ['without a body', undefined],
  ['with an empty one', {}],
  ['by its word', { backlog: 'deliver' }],
])('a resumed subscription delivers what has waited, %s', async (_, body) => {
  const id = await create();
  await waitOnLane(id, 2);
  await api.call('POST', `/v1/subscriptions/${id}/pause`);
  const options = body === undefined ? {} : { body };
  const { json, status } = await api.call('POST', `/v1/subscriptions/${id}/resume`, options);
  expect(status).toBe(200);
  expect(json).toMatchObject({ status: 'active', deliveries: { pending: 1, skipped: 0 } });
  expect(api.lanesWoken).toEqual([id]);
});

test('a resumed subscription can skip what has waited', async () => {
  const id = await create();
  await waitOnLane(id, 3);
  const body = { backlog: 'skip' };
  const { json } = await api.call('POST', `/v1/subscriptions/${id}/resume`, { body });
  expect(json).toMatchObject({ status: 'active', deliveries: { pending: 0, skipped: 1 } });
});

test.each(['gone', 'failing'])(
  'a subscription disabled as %s says why, and is enabled by resuming it',
  async (disabledReason) => {
    const id = await create();
    await waitOnLane(id, 4);
    const state = { status: 'disabled', disabledReason };
    await api.connection.redis.hset(`{lane:${id}}:state`, state);
    expect((await api.call('GET', `/v1/subscriptions/${id}`)).json).toMatchObject(state);
    const { json } = await api.call('POST', `/v1/subscriptions/${id}/resume`);
    expect(json).toMatchObject({ status: 'active', deliveries: { pending: 1 } });
    expect(json).not.toHaveProperty('disabledReason');
    expect(api.lanesWoken).toEqual([id]);
  },
);

test('a subscription whose attempts fail says since when and how many, until it is resumed', async () => {
  const id = await create();
  expect((await api.call('GET', `/v1/subscriptions/${id}`)).json).not.toHaveProperty('failing');
  const since = '2026-06-12T09:00:00.000Z';
  const health = { failures: 12, failingSinceMs: Date.parse(since), forgotten: 3 };
  await api.connection.redis.hset(`{lane:${id}}:state`, health);
  expect((await api.call('GET', `/v1/subscriptions/${id}`)).json).toMatchObject({
    failing: { since, failures: 12 },
    deliveries: { forgotten: 3 },
  });
  const { json } = await api.call('POST', `/v1/subscriptions/${id}/resume`);
  expect(json).not.toHaveProperty('failing');
});

test('a backlog of another name is refused', async () => {
  const path = `/v1/subscriptions/${await create()}/resume`;
  for (const [body, named] of [
    [{ backlog: 'drop' }, 'backlog'],
    [{ all: true }, 'all'],
  ] as const) {
    const answer = await api.call('POST', path, { body });
    expectProblem(answer, 400);
    expect(errorPaths(answer)).toEqual([named]);
  }
});

test('frain-dev/convoy#1191: a test is an event of its own that goes to this lane alone, paused or not', async () => {
  const [id, other] = [await create(), await create()];
  await api.call('POST', `/v1/subscriptions/${id}/pause`);
  const { json, status } = await api.call('POST', `/v1/subscriptions/${id}/test`);
  expect(status).toBe(202);
  expect(json).toEqual({ id: expect.stringMatching(/^evt_[\w-]{22}$/) });
  const [logged] = await store.eventLog.readAfter('service', logStart, 10);
  expect(logged?.event).toEqual({
    id: json.id,
    type: 'subscription.test',
    timestamp: '2026-06-12T10:00:00.000Z',
    data: { source: 'service', subscription: id },
  });
  const { redis } = api.connection;
  const ref = deliveryRef('service', logged?.logId ?? '', json.id);
  expect(await redis.lrange(`{lane:${id}}:tests`, 0, -1)).toEqual([ref]);
  expect(await redis.exists(`{lane:${other}}:tests`)).toBe(0);
  expect(api.lanesWoken).toEqual([id]);
});

test.each(['pause', 'resume', 'test'])('%s of an unknown subscription is a 404', async (action) => {
  api.lanesWoken.length = 0;
  expectProblem(await api.call('POST', `/v1/subscriptions/sub_unknown/${action}`), 404);
  expect(api.lanesWoken).toEqual([]);
  expect(await api.connection.redis.keys('{lane:sub_unknown}*')).toEqual([]);
});
