import { expect, test } from 'vitest';
import { type DeliveryRef, parseDeliveryRef, refOf } from '#domain/delivery.ts';
import type { SubscriptionId } from '#domain/subscription.ts';
import { makeEvent } from '../../support/stage.ts';
import { errorPaths, expectProblem, makeSource, openApi } from './api-under-test.ts';

const api = await openApi();
const { store, connection } = api;
await store.sources.create(makeSource('default'));
let numbers = 0;

async function create(changes: object = {}): Promise<SubscriptionId> {
  const body = { url: 'https://example.com/hook', events: ['contact.created'], ...changes };
  const { json } = await api.call('POST', '/v1/subscriptions', { body });
  return json.id;
}

/** An event that whoever is there now has not been sent. */
async function commit(): Promise<{ id: string; ref: DeliveryRef }> {
  numbers += 1;
  const event = makeEvent(numbers);
  const logId = await store.eventLog.append('default', event);
  await store.eventLog.markRelayed('default', logId);
  api.lanesWoken.length = 0;
  return { id: event.id, ref: refOf('default', logId, event) };
}

const redeliver = (eventId: string, body?: unknown) =>
  api.call('POST', `/v1/events/${eventId}/redeliver`, body === undefined ? {} : { body });

const waiting = (id: SubscriptionId) => connection.redis.lrange(`{lane:${id}}:waiting`, 0, -1);

test('an event goes again to all that want it, and to nobody else', async () => {
  const [one, two] = [await create(), await create()];
  const others = [
    await create({ events: ['contact.deleted'] }),
    await create({ sources: ['another'] }),
    await create({ filter: { reason: 'imported' } }),
  ];
  const { id, ref } = await commit();
  const { status, json } = await redeliver(id);
  expect({ status, json }).toEqual({ status: 202, json: { count: 2 } });
  for (const each of [one, two]) expect(await waiting(each)).toEqual([ref]);
  for (const each of others) expect(await waiting(each)).toEqual([]);
  expect(api.lanesWoken.sort()).toEqual([one, two].sort());
  expect((await redeliver(id, {})).json).toEqual({ count: 0 });
  for (const each of [one, two]) await api.call('DELETE', `/v1/subscriptions/${each}`);
});

test('an event goes again to the one that is named, whatever it wants', async () => {
  const [one, other] = [await create({ filter: { reason: 'imported' } }), await create()];
  const { id, ref } = await commit();
  expect((await redeliver(id, { subscription: one })).json).toEqual({ count: 1 });
  expect(await waiting(one)).toEqual([ref]);
  expect(await waiting(other)).toEqual([]);
  expect(api.lanesWoken).toEqual([one]);
  const { eventId } = parseDeliveryRef(ref);
  expect(eventId).toBe(id);
});

test('a paused subscription keeps it', async () => {
  const one = await create();
  await api.call('POST', `/v1/subscriptions/${one}/pause`);
  const { id, ref } = await commit();
  expect((await redeliver(id, { subscription: one })).json).toEqual({ count: 1 });
  expect(await waiting(one)).toEqual([ref]);
  expect(api.lanesWoken).toEqual([]);
});

test('an unknown event is a 404, and so is an unknown subscription', async () => {
  const { id } = await commit();
  const noEvent = await redeliver('evt_unknown');
  expectProblem(noEvent, 404);
  expect(noEvent.json.detail).toContain('event evt_unknown');
  const noSubscription = await redeliver(id, { subscription: 'sub_unknown' });
  expectProblem(noSubscription, 404);
  expect(noSubscription.json.detail).toContain('subscription sub_unknown');
});

test.each<[path: string, body: unknown]>([
  ['subscription', { subscription: 7 }],
  ['subscription', { subscription: '' }],
  ['subscription', { subscription: null }],
  ['subscriptions', { subscriptions: ['sub_a'] }],
])('%s is refused in %j', async (path, body) => {
  const { id } = await commit();
  const answer = await redeliver(id, body);
  expectProblem(answer, 400);
  expect(errorPaths(answer)).toEqual([path]);
});
