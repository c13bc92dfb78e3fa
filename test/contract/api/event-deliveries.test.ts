import { expect, test } from 'vitest';
import { refOf } from '#domain/delivery.ts';
import type { SubscriptionId } from '#domain/subscription.ts';
import { laneKeys } from '#store/keys.ts';
import { makeEvent } from '../../support/stage.ts';
import { expectProblem, makeSource, openApi } from './api-under-test.ts';

async function openOne() {
  const api = await openApi();
  await api.store.sources.create(makeSource('default'));
  const event = makeEvent(1);
  const logId = await api.store.eventLog.append('default', event);
  const create = async (changes: object = {}): Promise<SubscriptionId> => {
    const body = { url: 'https://example.com/hook', events: ['contact.created'], ...changes };
    return (await api.call('POST', '/v1/subscriptions', { body })).json.id;
  };
  const list = async (query = '') =>
    (await api.call('GET', `/v1/events/${event.id}/deliveries${query}`)).json;
  return { ...api, event, ref: refOf('default', logId, event), create, list };
}

const attempt = { at: '2026-06-12T10:00:00.000Z', durationMs: 5, statusCode: 500 };

test('each subscription that wants the event tells how its delivery stands', async () => {
  const { create, list, connection, event, ref } = await openOne();
  const { redis } = connection;
  const [late, failed, retrying] = [
    await create({ description: 'CRM' }),
    await create(),
    await create(),
  ];
  await create({ events: ['contact.deleted'] });
  await redis.zadd(laneKeys(failed).failed, 1, ref);
  await redis.hset(laneKeys(failed).records, ref, JSON.stringify({ attempts: [attempt] }));
  await redis.zadd(laneKeys(retrying).retries, Date.parse('2026-06-12T10:00:05.000Z'), ref);
  const { data, next } = await list();
  expect(next).toBeNull();
  const of = (id: string) =>
    data.find((each: { subscription: string }) => each.subscription === id);
  expect(data).toHaveLength(3);
  expect(of(late)).toEqual({
    subscription: late,
    url: 'https://example.com/hook',
    description: 'CRM',
    wants: true,
  });
  expect(of(failed).delivery).toMatchObject({
    event: event.id,
    status: 'failed',
    attempts: [attempt],
    nextAttemptAt: null,
  });
  expect(of(retrying).delivery).toMatchObject({
    status: 'retrying',
    nextAttemptAt: '2026-06-12T10:00:05.000Z',
  });
});

test('one that got it without wanting it comes after those that want it', async () => {
  const { create, list, connection, ref } = await openOne();
  const odd = await create({ filter: { reason: 'imported' } });
  const wanting = await create();
  await connection.redis.rpush(laneKeys(odd).waiting, ref);
  const { data } = await list();
  const shown = data.map(({ subscription, wants }: Record<string, unknown>) => [
    subscription,
    wants,
  ]);
  expect(shown).toEqual([
    [wanting, true],
    [odd, false],
  ]);
  expect(data[1].delivery.status).toBe('pending');
});

test('a test is found with the one that it was for, before all others', async () => {
  const { create, call } = await openOne();
  const ids: string[] = [];
  for (let number = 0; number < 3; number += 1) ids.push(await create());
  const last = ids.sort().at(-1) ?? '';
  const { json } = await call('POST', `/v1/subscriptions/${last}/test`, { body: {} });
  const path = `/v1/events/${json.id}/deliveries?limit=1`;
  const { data } = (await call('GET', path)).json;
  expect(data).toMatchObject([
    { subscription: last, wants: false, delivery: { status: 'pending' } },
  ]);
});

test('nothing is due while a subscription is paused', async () => {
  const { create, list, connection, ref, call } = await openOne();
  const id = await create();
  await connection.redis.zadd(laneKeys(id).retries, 5000, ref);
  await call('POST', `/v1/subscriptions/${id}/pause`);
  expect((await list()).data[0].delivery).toMatchObject({
    status: 'retrying',
    nextAttemptAt: null,
  });
});

test('pages look at so many subscriptions each, and together show every one once', async () => {
  const { create, list } = await openOne();
  const wanting = [await create(), await create(), await create()];
  for (let number = 0; number < 3; number += 1) await create({ events: ['contact.deleted'] });
  const seen: string[] = [];
  let query = '?limit=2';
  for (let page = 1; page <= 3; page += 1) {
    const { data, next } = await list(query);
    seen.push(...data.map((each: { subscription: string }) => each.subscription));
    expect(next === null).toBe(page === 3);
    query = `?limit=2&cursor=${next}`;
  }
  expect(seen.sort()).toEqual(wanting.sort());
});

test('no page looks at more than fifty subscriptions, however many are asked for', async () => {
  const { create, list } = await openOne();
  for (let number = 0; number < 51; number += 1) await create();
  const { data, next } = await list('?limit=200');
  expect(data).toHaveLength(50);
  expect((await list(`?limit=200&cursor=${next}`)).data).toHaveLength(1);
});

test('an event that is not there went nowhere', async () => {
  const { call } = await openOne();
  expectProblem(await call('GET', '/v1/events/evt_nowhere/deliveries'), 404);
});
