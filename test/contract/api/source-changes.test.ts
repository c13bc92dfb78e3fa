import { expect, test } from 'vitest';
import { providers } from '#inbox/providers.ts';
import { errorPaths, expectProblem, makeSource, openApi } from './api-under-test.ts';

const wish = { provider: 'botpenguin', token: 'brand-new' };

/** An API with one source, whose inbox has a name. */
async function openSource(changes: Parameters<typeof makeSource>[1] = {}) {
  const api = await openApi();
  const source = { ...makeSource('shop', changes), inboxId: 'inbox-1' };
  await api.store.sources.create(source);
  const patch = (body: unknown) => api.call('PATCH', '/v1/sources/shop', { body });
  return { api, source, patch, stored: () => api.store.sources.get('shop') };
}

test('a source is made with what was not said left to the provider and the environment', async () => {
  const api = await openApi();
  const made = await api.call('POST', '/v1/sources', { body: wish });
  const { id } = made.json;
  expect(made.status).toBe(201);
  expect(id).toMatch(/^[a-z0-9-]{1,32}$/);
  expect(made.headers.get('location')).toBe(`/v1/sources/${id}`);
  expect(made.json).toMatchObject({
    provider: 'botpenguin',
    baseUrl: providers.botpenguin.baseUrl,
    requestsPerMinute: 77,
    state: 'baselining',
    createdAt: '2026-06-12T10:00:00.000Z',
  });
  expect(made.json).not.toHaveProperty('scope');
  expect((await api.call('GET', `/v1/sources/${id}`)).json).toEqual(made.json);
  expect([api.scheduled.has(id), api.pollsWoken]).toEqual([true, [id]]);
});

test('a source is made as it was said, and its token and hint are kept sealed', async () => {
  const api = await openApi();
  const scope = { tags: ['vip'], hasOrdered: { status: true }, tagsV2: [{ any: 1 }] };
  const body = {
    ...wish,
    id: 'shop-2',
    provider: 'reekolect',
    baseUrl: 'https://inbox.example/api/',
    scope,
    requestsPerMinute: 30,
  };
  const { json, text } = await api.call('POST', '/v1/sources', { body });
  const { token: _, ...shown } = body;
  expect(json).toMatchObject({ ...shown, baseUrl: 'https://inbox.example/api' });
  expect(text).not.toContain('brand-new');
  const secret = json.hintUrl.split('/').at(-1);
  expect(Buffer.from(secret, 'base64url')).toHaveLength(16);
  const kept = await api.connection.redis.hget('sources', 'shop-2');
  for (const hidden of ['brand-new', secret]) {
    expect(kept).not.toContain(hidden);
    expect(JSON.stringify(api.logLines)).not.toContain(hidden);
  }
});

test('an id is taken once, also by two at the same time', async () => {
  const api = await openApi();
  const make = (token: string) =>
    api.call('POST', '/v1/sources', { body: { ...wish, id: 'a', token } });
  const statuses = (await Promise.all([make('one'), make('other')])).map(({ status }) => status);
  expect(statuses.sort()).toEqual([201, 409]);
  const before = await api.store.sources.get('a');
  expectProblem(await make('third'), 409);
  expect(await api.store.sources.get('a')).toEqual(before);
});

test.each<[path: string, changes: object]>([
  ['id', { id: '' }],
  ['id', { id: 'Upper' }],
  ['id', { id: 'x'.repeat(33) }],
  ['id', { id: 'service' }],
  ['provider', { provider: 'whatsapp' }],
  ['provider', { provider: undefined }],
  ['token', { token: undefined }],
  ['token', { token: 'line\nbreak' }],
  ['baseUrl', { baseUrl: 'ftp://inbox.example' }],
  ['baseUrl', { baseUrl: 'inbox.example' }],
  ['baseUrl', { baseUrl: 'https://user@inbox.example' }],
  ['baseUrl', { baseUrl: 'https://inbox.example?' }],
  ['baseUrl', { baseUrl: 'https://inbox.example#top' }],
  ['baseUrl', { baseUrl: 'https://inbox.example/inbox/users' }],
  ['baseUrl', { baseUrl: `https://inbox.example/${'x'.repeat(2048)}` }],
  ['requestsPerMinute', { requestsPerMinute: 0 }],
  ['scope', { scope: [] }],
  ['scope', { scope: null }],
  ['scope.tags', { scope: { tags: 'vip' } }],
  ['scope.isContact', { scope: { isContact: 'yes' } }],
  ['scope.hasOrdered.since', { scope: { hasOrdered: { status: true, since: '' } } }],
  ['scope', { scope: { tagsV2: 'x'.repeat(17_000) } }],
  ['secret', { secret: 'mine' }],
])('a source with a wrong %s is refused, case %#', async (path, changes) => {
  const api = await openApi();
  const answer = await api.call('POST', '/v1/sources', { body: { ...wish, ...changes } });
  expectProblem(answer, 400);
  expect(errorPaths(answer)).toEqual([path]);
  expect(await api.store.sources.ids()).toEqual([]);
});

test('a scope with what the service asks for itself is refused, with the reason', async () => {
  const own = {
    status: [],
    createdAt: {},
    lastSeenAt: {},
    applicableFilters: [],
    page: 2,
    isExport: 'csv',
  };
  const { patch } = await openSource();
  const answer = await patch({ scope: { tags: ['vip'], ...own } });
  expectProblem(answer, 400);
  expect(errorPaths(answer).sort()).toEqual(
    Object.keys(own)
      .map((name) => `scope.${name}`)
      .sort(),
  );
  for (const { message } of answer.json.errors) expect(message).toMatch(/^cannot be .*: \w+/);
});

test('a new token or rate goes on with the same inbox, and the token does not come out', async () => {
  const { api, source, patch, stored } = await openSource();
  const changed = await patch({ token: 'brand-new', requestsPerMinute: 30 });
  expect(changed.json).toMatchObject({ requestsPerMinute: 30, budget: { limit: 30 } });
  expect(changed.text).not.toContain('brand-new');
  const updatedAt = '2026-06-12T10:00:00.000Z';
  const after = { ...source, token: 'brand-new', requestsPerMinute: 30, updatedAt };
  expect(await stored()).toEqual(after);
  expect(api.pollsWoken).toEqual(['shop']);
  expect(JSON.stringify(api.logLines)).not.toContain('brand-new');
});

test.each([
  [{ baseUrl: 'https://other.example' }],
  [{ scope: { tags: ['new'] } }],
  [{ scope: { tags: ['vip'], isContact: true } }],
  [{ scope: null }],
  [{ scope: {} }],
])(
  'another address or scope makes it another inbox, which is polled at once: %j',
  async (change) => {
    const { api, patch, stored } = await openSource({ scope: { tags: ['vip'] } });
    expect((await patch(change)).json).toMatchObject({ state: 'baselining', contacts: 0 });
    const after = await stored();
    expect(after?.inboxId).toMatch(/^[\w-]{22}$/);
    if ('baseUrl' in change) expect(after).toMatchObject({ ...change, scope: { tags: ['vip'] } });
    else expect(after?.scope ?? {}).toEqual(change.scope ?? {});
    expect(api.pollsWoken).toEqual(['shop']);
  },
);

test.each([
  [{}],
  [{ baseUrl: 'https://inbox.example/v1/' }],
  [{ scope: { tags: ['vip'], hasOrdered: { lastAt: '', status: true } } }],
  [{ token: 'brand-new' }],
])('what is said again as it was starts no new baseline: %j', async (change) => {
  const scope = { hasOrdered: { status: true, lastAt: '' }, tags: ['vip'] };
  const { patch, stored } = await openSource({ scope });
  await patch(change);
  expect(await stored()).toMatchObject({ inboxId: 'inbox-1', scope });
});

test('a source that has no scope has none after it was given an empty one', async () => {
  const { patch, stored } = await openSource();
  await patch({ scope: {} });
  expect(await stored()).toMatchObject({ inboxId: 'inbox-1' });
  expect(await stored()).not.toHaveProperty('scope');
});

test('a paused source that gets another inbox stays paused', async () => {
  const { patch } = await openSource({ paused: true });
  const { json } = await patch({ baseUrl: 'https://other.example' });
  expect(json.state).toBe('paused');
});

test.each([
  ['token', { token: '' }],
  ['token', { token: null }],
  ['baseUrl', { baseUrl: null }],
  ['requestsPerMinute', { requestsPerMinute: 1e12 }],
  ['id', { id: 'other' }],
  ['provider', { provider: 'reekolect' }],
])('a change of %s to what does not fit is refused, case %#', async (path, body) => {
  const { source, patch, stored } = await openSource();
  const answer = await patch(body);
  expectProblem(answer, 400);
  expect(errorPaths(answer)).toEqual([path]);
  expect(await stored()).toEqual(source);
});

test('a deleted source is gone with what is known of it, and deleting twice is a 404', async () => {
  const { api } = await openSource();
  await api.call('POST', '/v1/sources', { body: { ...wish, id: 'other' } });
  api.scheduled.add('shop');
  await api.connection.redis.hset('{source:shop}:state', { inboxId: 'inbox-1', baselineId: 'b' });
  expect((await api.call('DELETE', '/v1/sources/shop')).status).toBe(204);
  expectProblem(await api.call('DELETE', '/v1/sources/shop'), 404);
  expectProblem(await api.call('GET', '/v1/sources/shop'), 404);
  expect([...api.scheduled]).toEqual(['other']);
  expect(await api.connection.redis.keys('{source:shop}:*')).toEqual([]);
});
