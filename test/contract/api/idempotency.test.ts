import { expect, test } from 'vitest';
import { createIdempotency } from '#store/idempotency.ts';
import { createSeal } from '#store/sealed.ts';
import { until } from '../../support/until.ts';
import { buildApi, errorPaths, expectProblem, openApi } from './api-under-test.ts';

const api = await openApi();
const body = { url: 'https://example.com/hook', events: ['contact.created'] };

let names = 0;
function newName(): string {
  names += 1;
  return `name-${names}`;
}

function post(under: typeof api, path: string, name: string, sent: unknown = body) {
  return under.call('POST', path, { body: sent, headers: { 'idempotency-key': name } });
}

async function idsOf(path: string): Promise<string[]> {
  const { json } = await api.call('GET', `${path}?limit=200`);
  return json.data.map(({ id }: { id: string }) => id);
}

test('a repetition gets the first answer, byte for byte, secret included, and makes nothing', async () => {
  const name = newName();
  const first = await post(api, '/v1/subscriptions', name);
  const again = await post(api, '/v1/subscriptions', name);
  expect(first).toMatchObject({ status: 201 });
  expect(again).toMatchObject({ status: 201, text: first.text });
  expect(again.json.secret).toMatch(/^whsec_/);
  for (const header of ['location', 'etag', 'content-type']) {
    expect(again.headers.get(header)).toBe(first.headers.get(header));
  }
  expect(first.headers.get('idempotency-replayed')).toBeNull();
  expect(again.headers.get('idempotency-replayed')).toBe('true');
  expect((await idsOf('/v1/subscriptions')).filter((id) => id === first.json.id)).toHaveLength(1);
});

test('without the header, and under another name, each request makes its own', async () => {
  const before = await idsOf('/v1/subscriptions');
  await api.call('POST', '/v1/subscriptions', { body });
  await api.call('POST', '/v1/subscriptions', { body });
  await post(api, '/v1/subscriptions', newName());
  await post(api, '/v1/subscriptions', newName());
  expect(await idsOf('/v1/subscriptions')).toHaveLength(before.length + 4);
});

test.each([
  ['body', '/v1/subscriptions', { ...body, description: 'another' }],
  ['address', '/v1/hooks', body],
  ['query', '/v1/subscriptions?x=y', body],
])('another %s under the same name is a 422', async (_, path, sent) => {
  const name = newName();
  await post(api, '/v1/subscriptions', name);
  expectProblem(await post(api, path, name, sent), 422);
});

test('a refusal is remembered like any answer', async () => {
  const name = newName();
  const first = await post(api, '/v1/subscriptions', name, {});
  const again = await post(api, '/v1/subscriptions', name, {});
  expectProblem(again, 400);
  expect(again.text).toBe(first.text);
  expect(again.headers.get('idempotency-replayed')).toBe('true');
});

test.each(['', 'é', 'x'.repeat(256), 'a\tb'])('the name %j is a 400', async (name) => {
  const answer = await post(api, '/v1/subscriptions', name);
  expectProblem(answer, 400);
  expect(errorPaths(answer)).toEqual(['Idempotency-Key']);
});

test('a name of 255 characters is one', async () => {
  expect((await post(api, '/v1/subscriptions', '~'.repeat(255))).status).toBe(201);
});

test('a name on a request that reads or changes says nothing', async () => {
  const headers = { 'idempotency-key': '' };
  expect((await api.call('GET', '/v1/subscriptions', { headers })).status).toBe(200);
});

test('while the first is under way, a second is told when to come again', async () => {
  const gate = Promise.withResolvers<void>();
  const { eventLog } = api.store;
  const slow = buildApi(api.connection, {
    eventLog: {
      ...eventLog,
      async append(...args) {
        await gate.promise;
        return eventLog.append(...args);
      },
    },
  });
  const { json } = await api.call('POST', '/v1/subscriptions', { body });
  const path = `/v1/subscriptions/${json.id}/test`;
  const name = newName();
  const first = post(slow, path, name, {});
  const second = await until('the first has begun', async () => {
    const answer = await post(slow, path, name, {});
    return answer.status === 409 ? answer : null;
  });
  expectProblem(second, 409);
  expect(Number(second.headers.get('retry-after'))).toBeGreaterThan(0);
  gate.resolve();
  expect((await first).status).toBe(202);
  expect((await post(slow, path, name, {})).text).toBe((await first).text);
});

test('what broke on our side is tried again, and what it had made is found', async () => {
  const lanes = { ...api.store.lanes };
  const breaking = buildApi(api.connection, { lanes });
  lanes.summarize = async () => {
    throw new Error('broken on purpose');
  };
  const before = await idsOf('/v1/subscriptions');
  const name = newName();
  expectProblem(await post(breaking, '/v1/subscriptions', name), 500);
  const made = (await idsOf('/v1/subscriptions')).filter((id) => !before.includes(id));
  expect(made).toHaveLength(1);
  const again = await post(api, '/v1/subscriptions', name);
  expect(again).toMatchObject({ status: 201, json: { id: made[0] } });
  expect(again.headers.get('idempotency-replayed')).toBeNull();
  expect((await idsOf('/v1/subscriptions')).sort()).toEqual([...before, made[0]].sort());
  const { subscriptions } = api.store;
  const kept = await subscriptions.get(again.json.id);
  expect(kept?.secrets).toEqual([{ value: again.json.secret, until: null }]);
});

/** An API whose process dies whenever it has done something and not yet remembered it. */
function mortal() {
  const seal = createSeal([Buffer.alloc(32, 7)], (count) => Buffer.alloc(count, 3));
  const idempotency = createIdempotency(api.connection, seal, 1);
  return buildApi(api.connection, { idempotency: { ...idempotency, settle: async () => {} } });
}

test.each([
  ['subscriptions', body],
  ['sources', { provider: 'botpenguin', token: 'TOKEN' }],
  ['sources', { id: 'shop', provider: 'botpenguin', token: 'TOKEN' }],
  ['keys', { name: 'one', scopes: ['read'] }],
  ['hooks', { targetUrl: 'https://example.com/zap', event: 'contact.created' }],
])(
  'a process that died having made one of the %s leaves one, which the next answers with',
  async (kind, sent) => {
    const path = `/v1/${kind}`;
    const dying = mortal();
    const before = await idsOf(path);
    const name = newName();
    const lost = await post(dying, path, name, sent);
    api.nowMs += 60_000;
    const next = await until('the claim of the dead ends', async () => {
      const answer = await post(dying, path, name, sent);
      return answer.status === 409 ? null : answer;
    });
    expect(lost.status).toBe(201);
    expect(next.json).toMatchObject(unhealthy(lost.json));
    expect(await idsOf(path)).toHaveLength(before.length + 1);
  },
);

/** All that does not go on by itself. */
function unhealthy({ baseline: _, freshness: __, budget: ___, ...rest }: Record<string, unknown>) {
  return rest;
}

test('a process that died having rotated a secret has rotated it once', async () => {
  const { json } = await api.call('POST', '/v1/subscriptions', { body });
  const path = `/v1/subscriptions/${json.id}/rotate-secret`;
  const dying = mortal();
  const name = newName();
  const lost = await post(dying, path, name, {});
  const next = await until('the claim of the dead ends', async () => {
    const answer = await post(dying, path, name, {});
    return answer.status === 409 ? null : answer;
  });
  expect(next).toMatchObject({ status: 200, json: { secret: lost.json.secret } });
  const kept = await api.store.subscriptions.get(json.id);
  expect(kept?.secrets.map(({ value }) => value)).toEqual([lost.json.secret, json.secret]);
});

test('of many at one time, over two processes, one is done', async () => {
  const other = buildApi(api.connection);
  const before = await idsOf('/v1/subscriptions');
  const name = newName();
  const answers = await Promise.all(
    [api, other, api, other, api].map((each) => post(each, '/v1/subscriptions', name)),
  );
  const done = answers.filter(({ status }) => status === 201);
  expect(done.length).toBeGreaterThan(0);
  expect(new Set(done.map(({ text }) => text)).size).toBe(1);
  for (const answer of answers) if (answer.status !== 201) expectProblem(answer, 409);
  expect(await idsOf('/v1/subscriptions')).toHaveLength(before.length + 1);
});

test('a first that is slow and a second that took over make the same, once', async () => {
  const gate = Promise.withResolvers<void>();
  const hasStarted = Promise.withResolvers<void>();
  const seal = createSeal([Buffer.alloc(32, 7)], (count) => Buffer.alloc(count, 3));
  const idempotency = createIdempotency(api.connection, seal, 1);
  const { subscriptions } = api.store;
  const slow = buildApi(api.connection, {
    idempotency,
    subscriptions: {
      ...subscriptions,
      async create(made) {
        hasStarted.resolve();
        await gate.promise;
        return subscriptions.create(made);
      },
    },
  });
  const quick = buildApi(api.connection, { idempotency });
  const before = await idsOf('/v1/subscriptions');
  const name = newName();
  const first = post(slow, '/v1/subscriptions', name);
  await hasStarted.promise;
  quick.nowMs += 60_000;
  const second = await until('the claim of the slow one ends', async () => {
    const answer = await post(quick, '/v1/subscriptions', name);
    return answer.status === 409 ? null : answer;
  });
  gate.resolve();
  expect(await first).toMatchObject({ status: 201, text: second.text });
  expect(await idsOf('/v1/subscriptions')).toHaveLength(before.length + 1);
});

test('what one key named says nothing about the names of another', async () => {
  const keys = await Promise.all(
    ['one', 'two'].map((name) =>
      api.call('POST', '/v1/keys', { body: { name, scopes: ['subscriptions'] } }),
    ),
  );
  const name = newName();
  const made = await Promise.all(
    keys.map(({ json }) =>
      api.call('POST', '/v1/subscriptions', {
        body,
        headers: { 'idempotency-key': name, authorization: `Bearer ${json.key}` },
      }),
    ),
  );
  expect(new Set(made.map(({ json }) => json.id)).size).toBe(2);
});
