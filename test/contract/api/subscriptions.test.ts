import { expect, test } from 'vitest';
import { laneKeys } from '#store/keys.ts';
import { logStart } from '#store/log-id.ts';
import { makeEvent } from '../../support/stage.ts';
import { errorPaths, expectProblem, makeSource, openApi } from './api-under-test.ts';

const api = await openApi();
const wish = { url: 'https://example.com/hook', events: ['contact.created'] };

async function create(changes: object = {}) {
  const answer = await api.call('POST', '/v1/subscriptions', { body: { ...wish, ...changes } });
  expect(answer.status).toBe(201);
  return answer;
}

test('a new subscription comes back whole, with defaults, its address and its secret', async () => {
  const { json, headers } = await create();
  expect(json).toEqual({
    id: expect.stringMatching(/^sub_[\w-]{22}$/),
    url: 'https://example.com/hook',
    events: ['contact.created'],
    format: 'standard',
    headers: [],
    ordering: 'none',
    maxInFlight: 8,
    status: 'active',
    deliveries: {
      pending: 0,
      retrying: 0,
      delivered: 0,
      failed: 0,
      expired: 0,
      skipped: 0,
      forgotten: 0,
    },
    createdBy: 'key_bootstrap',
    createdAt: '2026-06-12T10:00:00.000Z',
    updatedAt: '2026-06-12T10:00:00.000Z',
    secret: expect.stringMatching(/^whsec_[A-Za-z0-9+/]{43}=$/),
  });
  expect(headers.get('location')).toBe(`/v1/subscriptions/${json.id}`);
  expect((await api.store.subscriptions.get(json.id))?.secrets).toEqual([
    { value: json.secret, until: null },
  ]);
});

test('outpost, convoy, hook0 (by reading): a secret is shown once, a brought one too, and header values never', async () => {
  const secret = `whsec_${Buffer.alloc(24, 9).toString('base64')}`;
  const created = await create({ secret, headers: { 'X-Key': 'hidden-value' } });
  expect(created.json).toMatchObject({ secret, headers: ['X-Key'] });
  expect(created.text).not.toContain('hidden-value');
  const path = `/v1/subscriptions/${created.json.id}`;
  const shown = [
    await api.call('GET', path),
    await api.call('PATCH', path, { body: { description: 'mine' } }),
    await api.call('GET', '/v1/subscriptions'),
  ];
  for (const { text, status } of shown) {
    expect(status).toBe(200);
    expect(text).not.toContain('whsec_');
    expect(text).not.toContain('hidden-value');
  }
  const stored = await api.store.subscriptions.get(created.json.id);
  expect(stored).toMatchObject({
    headers: { 'X-Key': 'hidden-value' },
    secrets: [{ value: secret, until: null }],
  });
});

test('nothing of a secret reaches the log', async () => {
  const secret = `whsec_${Buffer.alloc(32, 5).toString('base64')}`;
  await create({
    secret,
    headers: { 'X-Key': 'hidden-value' },
    url: 'https://example.com/my-path',
  });
  const lines = JSON.stringify(api.logLines);
  for (const hidden of [secret, 'hidden-value', 'my-path']) expect(lines).not.toContain(hidden);
});

test('a type that is named twice counts once', async () => {
  const { json } = await create({ events: ['contact.created', 'contact.created'] });
  expect(json.events).toEqual(['contact.created']);
});

test('the lane of a new subscription begins where every log ended', async () => {
  const { store, connection } = api;
  await store.sources.create(makeSource('default'));
  const end = await store.eventLog.append('default', makeEvent(1));
  const { json } = await create();
  const marks = await connection.redis.hgetall(`{lane:${json.id}}:marks`);
  expect(marks).toEqual({ default: `0 ${end}`, service: `0 ${logStart}` });
});

test('the lane is there, with its marks, before the subscription can match', async () => {
  const steps: string[] = [];
  const { store } = api;
  const watched = await openApi({
    eventLog: { ...store.eventLog, position: note('position', store.eventLog.position) },
    lanes: { ...store.lanes, create: note('lane', store.lanes.create) },
    subscriptions: {
      ...store.subscriptions,
      create: note('subscription', store.subscriptions.create),
    },
  });
  await watched.store.sources.create(makeSource('default'));
  await watched.call('POST', '/v1/subscriptions', { body: wish });
  expect(steps).toEqual(['position', 'position', 'lane', 'subscription']);

  function note<A extends unknown[], R>(name: string, call: (...args: A) => R) {
    return (...args: A): R => {
      steps.push(name);
      return call(...args);
    };
  }
});

test('a change replaces what it names and leaves the rest', async () => {
  const optional = {
    description: 'first',
    metadata: { team: 'support' },
    sources: ['default'],
    headers: { 'X-A': '1' },
  };
  const { json: created } = await create(optional);
  const path = `/v1/subscriptions/${created.id}`;
  api.nowMs += 1000;
  const body = {
    url: 'https://example.com/other',
    events: ['contact.status_changed'],
    maxInFlight: 2,
  };
  const changed = await api.call('PATCH', path, { body });
  const { secret, ...before } = created;
  expect(changed.json).toEqual({ ...before, ...body, updatedAt: '2026-06-12T10:00:01.000Z' });
  expect((await api.call('GET', path)).json).toEqual(changed.json);
  expect((await api.store.subscriptions.get(created.id))?.secrets).toEqual([
    { value: secret, until: null },
  ]);
});

test('null takes an optional field away', async () => {
  const optional = {
    description: 'x',
    metadata: { a: 'b' },
    sources: ['default'],
    headers: { a: '1' },
  };
  const { json: created } = await create(optional);
  const body = { description: null, metadata: null, sources: null, headers: null };
  const { json } = await api.call('PATCH', `/v1/subscriptions/${created.id}`, { body });
  expect(json).toMatchObject({ headers: [] });
  for (const name of ['description', 'metadata', 'sources']) expect(json).not.toHaveProperty(name);
});

test('a change cannot reach what is not its to change', async () => {
  const { json: created } = await create();
  const path = `/v1/subscriptions/${created.id}`;
  const body = { id: 'sub_x', secret: 'whsec_x', status: 'active', createdAt: 'x' };
  const answer = await api.call('PATCH', path, { body });
  expectProblem(answer, 400);
  expect(errorPaths(answer)).toEqual(['id', 'secret', 'status', 'createdAt']);
});

test('a deleted subscription is gone with its lane, and a second time there is nothing', async () => {
  const { json } = await create();
  const path = `/v1/subscriptions/${json.id}`;
  const deleted = await api.call('DELETE', path);
  expect(deleted).toMatchObject({ status: 204, text: '' });
  expect(await api.connection.redis.keys(`{lane:${json.id}}*`)).toEqual([]);
  expect(await api.store.subscriptions.leaving()).toEqual([]);
  for (const method of ['DELETE', 'GET']) expectProblem(await api.call(method, path), 404);
  expectProblem(await api.call('PATCH', path, { body: {} }), 404);
});

test('pages of subscriptions hold each once, the oldest first', async () => {
  const own = await openApi();
  const made: string[] = [];
  for (let number = 0; number < 5; number += 1) {
    // The last of the first page and the first of the second share their moment.
    own.nowMs += number === 2 ? 0 : 1;
    made.push((await own.call('POST', '/v1/subscriptions', { body: wish })).json.id);
  }
  const seen: string[][] = [];
  let next = '';
  do {
    const { json } = await own.call('GET', `/v1/subscriptions?limit=2${next}`);
    seen.push(json.data.map(({ id }: { id: string }) => id));
    next = json.next === null ? '' : `&cursor=${json.next}`;
  } while (next !== '');
  expect(seen.map(({ length }) => length)).toEqual([2, 2, 1]);
  expect(new Set(seen.flat())).toEqual(new Set(made));
  expect([seen[0]?.[0], seen[2]?.[0]]).toEqual([made[0], made[4]]);
});

test('a subscription with another URL begins anew at once; any other change leaves its failures as they are', async () => {
  const { id } = (await create()).json;
  const path = `/v1/subscriptions/${id}`;
  const { state } = laneKeys(id);
  await api.connection.redis.hset(state, { failures: 7, unreachable: 7, holdUntilMs: 99 });
  api.lanesWoken.length = 0;
  for (const body of [{ url: wish.url }, { description: 'mine' }, { url: 'http://127.0.0.1/' }]) {
    await api.call('PATCH', path, { body });
    expect((await api.call('GET', path)).json.failing).toMatchObject({ failures: 7 });
  }
  expect(api.lanesWoken).toEqual([]);
  await api.call('PATCH', path, { body: { url: 'https://example.org/hook' } });
  expect((await api.call('GET', path)).json.failing).toBeUndefined();
  expect(await api.connection.redis.hget(state, 'holdUntilMs')).toBeNull();
  expect(api.lanesWoken).toEqual([id]);
});
