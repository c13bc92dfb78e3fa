import { expect, test } from 'vitest';
import type { KeyScope } from '#domain/api-key.ts';
import { expectProblem, openApi } from './api-under-test.ts';
import { readDocument } from './documented-answers.ts';

const api = await openApi();
const document = await readDocument(api.app);

interface Operation {
  readonly method: string;
  readonly path: string;
  /** By what the document says. */
  readonly opening: readonly string[];
}

const operations: Operation[] = Object.entries(document.paths)
  .filter(([path]) => path.startsWith('/v1/'))
  .flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => {
      const { security = [] } = operation as { security?: { key: string[] }[] };
      return { method: method.toUpperCase(), path, opening: security.flatMap(({ key }) => key) };
    }),
  );

async function keyWith(...scopes: KeyScope[]): Promise<Readonly<Record<string, string>>> {
  const body = { name: scopes.join(' '), scopes };
  const { json } = await api.call('POST', '/v1/keys', { body });
  return { authorization: `Bearer ${json.key}` };
}

const alone = {
  admin: await keyWith('admin'),
  read: await keyWith('read'),
  subscriptions: await keyWith('subscriptions'),
} as const;

test.each(operations)(
  '$method $path is open to the scopes that the document names, and to no other',
  async ({ method, path, opening }) => {
    expect(opening).toContain('admin');
    for (const [scope, headers] of Object.entries(alone)) {
      const answer = await api.call(method, path.replaceAll(/\{\w+\}/g, 'nothing'), { headers });
      if (opening.includes(scope)) {
        expect(answer.status, scope).not.toBe(403);
        continue;
      }
      expectProblem(answer, 403);
      expect(answer.headers.get('www-authenticate')).toBe(
        `Bearer error="insufficient_scope", scope="${opening.join(' ')}"`,
      );
      for (const name of opening) expect(answer.json.detail).toContain(`\`${name}\``);
    }
  },
);

test('`read` opens every GET but those of keys, and beside them only what changes nothing', () => {
  const open = operations.filter(({ opening }) => opening.includes('read'));
  const names = open.map(({ method, path }) => `${method} ${path}`);
  const expected = operations
    .filter(({ method, path }) => method === 'GET' && !path.startsWith('/v1/keys'))
    .map(({ path }) => `GET ${path}`);
  expect(names.sort()).toEqual([...expected, 'POST /v1/subscriptions/test-filter'].sort());
});

test('`subscriptions` opens subscriptions and hooks, and whose key it is', () => {
  const open = operations.filter(({ opening }) => opening.includes('subscriptions'));
  for (const { path } of open) expect(path).toMatch(/^\/v1\/(subscriptions|hooks|me)(\/|$)/);
  const closed = operations
    .filter(({ opening }) => !opening.includes('subscriptions'))
    .map(({ path }) => path)
    .filter((path) => /^\/v1\/(subscriptions|hooks)/.test(path));
  expect(closed).toEqual(['/v1/subscriptions/test-filter']);
});

test('a key without the scope learns nothing about what is there, and changes nothing', async () => {
  const body = { url: 'https://example.com/hook', events: ['contact.created'] };
  const { json } = await api.call('POST', '/v1/subscriptions', { body });
  const headers = alone.read;
  for (const id of [json.id, 'sub_nobody']) {
    expectProblem(await api.call('DELETE', `/v1/subscriptions/${id}`, { headers }), 403);
    expectProblem(await api.call('POST', `/v1/subscriptions/${id}/pause`, { headers }), 403);
  }
  expect((await api.call('GET', `/v1/subscriptions/${json.id}`)).json.status).toBe('active');
});

test('who asks from inside the process shows no key and has no limit, but its scopes hold', async () => {
  const principal = { keyId: 'key_inside', name: 'dashboard', scopes: ['read'] } as const;
  const ask = async (method: string, path: string) =>
    api.app.fetch(new Request(`http://api${path}`, { method }), { principal });
  const me = await ask('GET', '/v1/me');
  expect(await me.json()).toEqual({ id: 'key_inside', name: 'dashboard', scopes: ['read'] });
  expect(me.headers.get('ratelimit')).toBe(null);
  expect((await ask('GET', '/v1/sources')).status).toBe(200);
  expect((await ask('POST', '/v1/sources')).status).toBe(403);
});
