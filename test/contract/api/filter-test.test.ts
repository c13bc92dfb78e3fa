import { beforeEach, expect, test } from 'vitest';
import { type ChangeEvent, serviceSourceId } from '#domain/change-event.ts';
import { makeEvent } from '../../support/stage.ts';
import { errorPaths, expectProblem, makeSource, openApi } from './api-under-test.ts';

const path = '/v1/subscriptions/test-filter';
const api = await openApi();

beforeEach(async () => {
  await api.connection.redis.flushdb();
  for (const id of ['east', 'west']) await api.store.sources.create(makeSource(id));
});

/** A contact that went from OPEN to `to`. */
function changed(number: number, to: string, source = 'east'): ChangeEvent {
  const { data, ...event } = makeEvent(number, source);
  const contact = { ...data.contact, status: to };
  const changes = { status: { from: 'OPEN', to } };
  return { ...event, type: 'contact.status_changed', data: { ...data, contact, changes } };
}

async function append(...events: ChangeEvent[]): Promise<void> {
  for (const event of events) await api.store.eventLog.append(event.data.source, event);
}

test('the latest events are told with whether they match, the newest first', async () => {
  const [closed, held] = [changed(1, 'CLOSED'), changed(2, 'ONHOLD', 'west')];
  await append(closed, held);
  const body = { filter: { 'changes.status.to': { $in: ['CLOSED', 'REVIEW'] } } };
  const { json, status } = await api.call('POST', path, { body });
  expect(status).toBe(200);
  expect(json).toEqual({
    matched: 1,
    data: [
      {
        event: held.id,
        type: 'contact.status_changed',
        source: 'west',
        contact: 'contact-2',
        timestamp: held.timestamp,
        matches: false,
        why: [
          {
            path: 'changes.status.to',
            condition: { $in: ['CLOSED', 'REVIEW'] },
            actual: 'ONHOLD',
          },
        ],
      },
      {
        event: closed.id,
        type: 'contact.status_changed',
        source: 'east',
        contact: 'contact-1',
        timestamp: closed.timestamp,
        matches: true,
        why: [],
      },
    ],
  });
});

test('a type or a source that is not asked for is told as well', async () => {
  await append(changed(1, 'CLOSED', 'west'));
  const body = { filter: {}, events: ['contact.created'], sources: ['east'] };
  const { json } = await api.call('POST', path, { body });
  expect(json.matched).toBe(0);
  expect(json.data[0].why).toEqual([
    { path: 'type', condition: { $in: ['contact.created'] }, actual: 'contact.status_changed' },
    { path: 'source', condition: { $in: ['east'] }, actual: 'west' },
  ]);
});

test('an event without a contact has none here, and a test never matches', async () => {
  const { data, ...event } = makeEvent(1, serviceSourceId);
  await append({ ...event, type: 'subscription.test', data: { source: data.source } });
  const { json } = await api.call('POST', path, { body: { filter: {} } });
  expect(json.data[0]).toMatchObject({ contact: null, matches: false });
  expect(json.data[0].why).toEqual([
    { path: 'type', condition: { $ne: 'subscription.test' }, actual: 'subscription.test' },
  ]);
});

test.each([
  ['50 where nothing is said', {}, 50],
  ['as many as asked for', { limit: 3 }, 3],
])('of many events it looks at the latest, %s', async (_, wish, count) => {
  const events = Array.from({ length: 60 }, (_each, number) => makeEvent(number, 'east'));
  await append(...events);
  const { json } = await api.call('POST', path, { body: { filter: {}, ...wish } });
  const latest = events.slice(-count).reverse();
  expect(json.data.map(({ event }: { event: string }) => event)).toEqual(latest.map((e) => e.id));
  expect(json.matched).toBe(count);
});

test('nothing is sent or woken', async () => {
  const body = { url: 'https://example.com/hook', events: ['contact.created'] };
  const { json } = await api.call('POST', '/v1/subscriptions', { body });
  await append(makeEvent(1, 'east'));
  api.lanesWoken.length = 0;
  await api.call('POST', path, { body: { filter: {} } });
  expect(api.lanesWoken).toEqual([]);
  const after = await api.call('GET', `/v1/subscriptions/${json.id}`);
  expect(after.json.deliveries).toMatchObject({ pending: 0 });
});

test.each([
  ['no filter', {}, 'filter'],
  ['a filter that is none', { filter: [] }, 'filter'],
  ['an operator it does not know', { filter: { a: { $where: '1' } } }, 'filter.a.$where'],
  ['a name that means more to JavaScript', '{"filter":{"__proto__":1}}', 'filter.__proto__'],
  ['a type that there is not', { filter: {}, events: ['contact.lost'] }, 'events.0'],
  ['a source that cannot be', { filter: {}, sources: ['EAST'] }, 'sources.0'],
  ['a limit of 0', { filter: {}, limit: 0 }, 'limit'],
  ['a limit of 201', { filter: {}, limit: 201 }, 'limit'],
  ['a field it does not know', { filter: {}, format: 'slack' }, 'format'],
])('%s is refused, and where', async (_, body, named) => {
  const answer = await api.call('POST', path, { body });
  expectProblem(answer, 400);
  expect(errorPaths(answer)).toEqual([named]);
});

test('it wants the key, JSON, and no more than 1 MiB of it', async () => {
  const body = { filter: {} };
  expectProblem(await api.call('POST', path, { body, headers: { authorization: 'x' } }), 401);
  const headers = { 'content-type': 'text/plain' };
  expectProblem(await api.call('POST', path, { body, headers }), 415);
  expectProblem(await api.call('POST', path, { body: ' '.repeat(1024 * 1024 + 1) }), 413);
});

test('a test is not remembered under an Idempotency-Key, nor what a key for reading sends: it cannot fill Redis', async () => {
  const reader = { name: 'reader', scopes: ['read'] };
  const { key } = (await api.call('POST', '/v1/keys', { body: reader })).json;
  const authorization = `Bearer ${key}`;
  for (const shown of [{ authorization }, {}]) {
    const tried = { body: { filter: {} }, headers: { 'idempotency-key': 'a-name', ...shown } };
    await api.call('POST', path, tried);
    const again = await api.call('POST', path, tried);
    expect(again.status).toBe(200);
    expect(again.headers.get('idempotency-replayed')).toBeNull();
  }
  const headers = { 'idempotency-key': 'another', authorization };
  expectProblem(await api.call('POST', '/v1/keys', { body: reader, headers }), 403);
  expect(await api.connection.redis.keys('idempotency:*')).toEqual([]);
});
