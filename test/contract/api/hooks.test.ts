import { expect, test } from 'vitest';
import { laneKeys } from '#store/keys.ts';
import { buildApi, errorPaths, expectProblem, openApi } from './api-under-test.ts';

const api = await openApi();
let hooks = 0;

/** An address that no other test subscribes. */
function nextUrl(): string {
  hooks += 1;
  return `https://hooks.zapier.com/hooks/standard/1/${hooks}`;
}

const subscribe = (body: object) => api.call('POST', '/v1/hooks', { body });

async function stored(id: string) {
  return api.store.subscriptions.get(id as `sub_${string}`);
}

test('a hook comes back with its id, its address, its secret and where it is', async () => {
  const targetUrl = nextUrl();
  const { status, json, headers } = await subscribe({ targetUrl, event: 'contact.created' });
  expect(status).toBe(201);
  expect(json).toEqual({
    id: expect.stringMatching(/^sub_[\w-]{22}$/),
    targetUrl,
    events: ['contact.created'],
    format: 'standard',
    status: 'active',
    createdAt: '2026-06-12T10:00:00.000Z',
    secret: expect.stringMatching(/^whsec_/),
  });
  expect(headers.get('location')).toBe(`/v1/hooks/${json.id}`);
  expect(await stored(json.id)).toMatchObject({
    hook: true,
    url: targetUrl,
    createdBy: 'key_bootstrap',
    secrets: [{ value: json.secret, until: null }],
  });
});

test('a hook is a subscription: its events reach its lane, and it stands in both lists', async () => {
  const {
    id,
    secret: _,
    ...hook
  } = (await subscribe({ targetUrl: nextUrl(), events: ['contact.created', 'contact.deleted'] }))
    .json;
  expect((await api.call('GET', `/v1/subscriptions/${id}`)).json).toMatchObject({
    url: hook.targetUrl,
    events: hook.events,
    hook: true,
  });
  const { json } = await api.call('GET', '/v1/hooks?limit=200');
  expect(json.data).toContainEqual({ id, ...hook });
  expect(await api.connection.redis.exists(laneKeys(id).state)).toBe(1);
});

test('hooks are listed page by page, and nothing else among them', async () => {
  const own = await openApi();
  const plain = { url: 'https://example.com/', events: ['contact.created'] };
  const made: string[] = [];
  for (const name of ['a', 'b', 'c']) {
    await own.call('POST', '/v1/subscriptions', { body: plain });
    own.nowMs += 1;
    const body = { targetUrl: `https://example.com/${name}`, event: 'contact.created' };
    made.push((await own.call('POST', '/v1/hooks', { body })).json.id);
  }
  const first = (await own.call('GET', '/v1/hooks?limit=2')).json;
  const second = (await own.call('GET', `/v1/hooks?limit=2&cursor=${first.next}`)).json;
  const ids = [...first.data, ...second.data].map(({ id }: { id: string }) => id);
  expect(ids).toEqual(made);
  expect(second.next).toBeNull();
});

test('subscribing twice is answered the same, secret included, and makes one hook', async () => {
  const targetUrl = nextUrl();
  const filter = { 'contact.status': 'OPEN' };
  const wish = { targetUrl, events: ['contact.created', 'contact.deleted'], filter };
  const first = await subscribe(wish);
  api.nowMs += 60_000;
  const again = await subscribe({ ...wish, events: wish.events.toReversed() });
  expect(again.status).toBe(201);
  expect(again.json).toEqual(first.json);
  const all = await api.store.subscriptions.list();
  expect(all.filter(({ url }) => url === targetUrl)).toHaveLength(1);
});

test.each([
  ['event', { event: 'contact.deleted' }],
  ['filter', { event: 'contact.created', filter: { 'contact.status': 'OPEN' } }],
  ['source', { event: 'contact.created', sources: ['shop'] }],
  ['format', { event: 'contact.created', format: 'cloudevents' }],
])('another %s at the same address is another hook', async (_, wish) => {
  const targetUrl = nextUrl();
  const first = (await subscribe({ targetUrl, event: 'contact.created' })).json;
  const other = (await subscribe({ targetUrl, ...wish })).json;
  expect(other.id).not.toBe(first.id);
  expect(other.secret).not.toBe(first.secret);
});

test('an ordinary subscription to the same is no hook, and is left alone', async () => {
  const url = nextUrl();
  const body = { url, events: ['contact.created'] };
  const { json } = await api.call('POST', '/v1/subscriptions', { body });
  expect((await subscribe({ targetUrl: url, event: 'contact.created' })).json.id).not.toBe(json.id);
  for (const method of ['GET', 'DELETE']) {
    expectProblem(await api.call(method, `/v1/hooks/${json.id}`), 404);
  }
  expect(await stored(json.id)).toMatchObject({ url });
});

test('who subscribes again to a hook that was disabled has it active again, and what waited goes on', async () => {
  const wish = { targetUrl: nextUrl(), event: 'contact.created' };
  const { json } = await subscribe(wish);
  const { state } = laneKeys(json.id);
  const broken = { status: 'disabled', disabledReason: 'failing', failures: 20 };
  await api.connection.redis.hset(state, broken);
  expect((await api.call('GET', `/v1/hooks/${json.id}`)).json).toMatchObject({
    status: 'disabled',
    disabledReason: 'failing',
  });
  api.lanesWoken.length = 0;
  expect((await subscribe(wish)).json).toEqual(json);
  expect(api.lanesWoken).toEqual([json.id]);
});

test('who subscribes again while the hook is removed for its 410 gets another', async () => {
  const wish = { targetUrl: nextUrl(), event: 'contact.created' };
  const { id } = (await subscribe(wish)).json;
  await api.connection.redis.hset(laneKeys(id).state, 'status', 'disabled');
  const { lanes, subscriptions } = api.store;
  const racing = buildApi(api.connection, {
    lanes: {
      ...lanes,
      async resume(...given) {
        await subscriptions.remove(id);
        await lanes.resume(...given);
      },
    },
  });
  const { status, json } = await racing.call('POST', '/v1/hooks', { body: wish });
  expect(status).toBe(201);
  expect(json.id).not.toBe(id);
  expect(await stored(json.id)).toMatchObject({ url: wish.targetUrl });
});

test('who subscribes again to a hook that an operator paused leaves it paused', async () => {
  const wish = { targetUrl: nextUrl(), event: 'contact.created' };
  const { id } = (await subscribe(wish)).json;
  await api.call('POST', `/v1/subscriptions/${id}/pause`);
  expect((await subscribe(wish)).json).toMatchObject({ id, status: 'paused' });
});

test('a hook that ended is gone with its lane; ending it again is a 404 that harms nothing', async () => {
  const wish = { targetUrl: nextUrl(), event: 'contact.created' };
  const { id } = (await subscribe(wish)).json;
  expect(await api.call('DELETE', `/v1/hooks/${id}`)).toMatchObject({ status: 204, text: '' });
  expect(await api.connection.redis.exists(...Object.values(laneKeys(id)))).toBe(0);
  for (const method of ['DELETE', 'GET']) {
    expectProblem(await api.call(method, `/v1/hooks/${id}`), 404);
  }
  expect((await subscribe(wish)).json.id).not.toBe(id);
});

test.each<[paths: string[], body: object]>([
  [['targetUrl', 'event'], {}],
  [['targetUrl'], { event: 'contact.created' }],
  [['event'], { targetUrl: 'https://example.com/' }],
  [
    ['events'],
    { targetUrl: 'https://example.com/', event: 'contact.created', events: ['contact.created'] },
  ],
  [
    ['url'],
    { targetUrl: 'https://example.com/', url: 'https://example.com/', event: 'contact.created' },
  ],
  [['event'], { targetUrl: 'https://example.com/', event: 'contact.exploded' }],
  [['target_url'], { target_url: 'http://127.0.0.1/', event: 'contact.created' }],
  [['hookUrl'], { hookUrl: 'ftp://example.com/', event: 'contact.created' }],
  [['format'], { targetUrl: 'https://example.com/', event: 'contact.created', format: 'slack' }],
  [
    ['filter.a.$near'],
    { targetUrl: 'https://example.com/', event: 'contact.created', filter: { a: { $near: 1 } } },
  ],
  [['colour'], { targetUrl: 'https://example.com/', event: 'contact.created', colour: 'red' }],
])('%j is what is wrong with %j', async (paths, body) => {
  const answer = await subscribe(body);
  expectProblem(answer, 400);
  expect(errorPaths(answer)).toEqual(paths);
});

test('a hook that was changed to another format still shows', async () => {
  const { id } = (await subscribe({ targetUrl: nextUrl(), event: 'contact.created' })).json;
  await api.call('PATCH', `/v1/subscriptions/${id}`, { body: { format: 'slack' } });
  expect((await api.call('GET', `/v1/hooks/${id}`)).json.format).toBe('slack');
});
