import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { createAuthentication } from '#api/auth.ts';
import type { ApiKey } from '#domain/api-key.ts';

const adminKey = 'the-key-of-these-tests-24+';
const text = `ink_of-somebody${'0'.repeat(32)}`;

function sha256(shown: string): string {
  return createHash('sha256').update(shown).digest('hex');
}

const stored: ApiKey = {
  id: 'key_1',
  name: 'somebody',
  scopes: ['read'],
  requestsPerMinute: 600,
  start: 'ink_of-s',
  hash: sha256(text),
  createdAt: '2026-06-12T10:00:00.000Z',
  updatedAt: '2026-06-12T10:00:00.000Z',
  expiresAt: '2026-06-12T11:00:00.000Z',
};

function open({ nowMs = Date.parse('2026-06-12T10:30:00.000Z'), isReady = true } = {}) {
  const asked: string[] = [];
  const authentication = createAuthentication({
    adminKey,
    apiKeys: {
      async use(hash) {
        asked.push(hash);
        return hash === stored.hash ? stored : null;
      },
    },
    isReady: async () => isReady,
    now: () => nowMs,
  });
  return { ...authentication, asked };
}

test('a key and its hash say the same of who asks', async () => {
  const { authenticate, authenticateHash } = open();
  const caller = { keyId: 'key_1', name: 'somebody', scopes: ['read'], requestsPerMinute: 600 };
  expect(await authenticate(text)).toEqual(caller);
  expect(await authenticateHash(sha256(text))).toEqual(caller);
});

test('the key of the environment is an admin without Redis being asked, by its text and by its hash', async () => {
  const { authenticate, authenticateHash, asked } = open({ isReady: false });
  const caller = { keyId: 'key_bootstrap', scopes: ['admin'] };
  expect(await authenticate(adminKey)).toMatchObject(caller);
  expect(await authenticateHash(sha256(adminKey))).toMatchObject(caller);
  expect(asked).toEqual([]);
});

test('what cannot be a key is looked up nowhere, so that it is refused with Redis away too', async () => {
  const { authenticate, asked } = open({ isReady: false });
  for (const shown of ['', 'wrong', 'ink_', `${text}0`, ` ${text}`, text.toUpperCase()]) {
    expect(await authenticate(shown)).toBe(null);
  }
  expect(asked).toEqual([]);
});

test('while Redis is away nobody can say whose another key is', async () => {
  const { authenticate, authenticateHash, asked } = open({ isReady: false });
  await expect(authenticate(text)).rejects.toMatchObject({ status: 503 });
  await expect(authenticateHash(sha256(text))).rejects.toMatchObject({ status: 503 });
  expect(asked).toEqual([]);
});

test('from its end on a key opens nothing', async () => {
  const endMs = Date.parse('2026-06-12T11:00:00.000Z');
  expect(await open({ nowMs: endMs - 1 }).authenticate(text)).not.toBe(null);
  expect(await open({ nowMs: endMs }).authenticate(text)).toBe(null);
});

test.each([
  ['a key itself', text],
  ['nothing', ''],
  ['half a hash', sha256(text).slice(0, 32)],
  ['a hash and more', `${sha256(text)}00`],
  ['a hash in capitals', sha256(text).toUpperCase()],
])('%s is not the hash of a key, and is looked up nowhere', async (_, shown) => {
  const { authenticateHash, asked } = open();
  expect(await authenticateHash(shown)).toBe(null);
  expect(asked).toEqual([]);
});
