import { expect, test } from 'vitest';
import type { Config } from '#config.ts';
import { applyDefaultSource } from '#default-source.ts';
import { openConnection, openStore } from '../support/stage.ts';

const inbox: Config['inbox'] = {
  provider: 'botpenguin',
  baseUrl: 'https://one.example',
  token: 'first-token',
  requestsPerMinute: 90,
  timeoutMs: 15_000,
};

/** A store without any source, and what a start of the service does to it. */
async function setUp() {
  const connection = await openConnection();
  const { sources, sourceLeases: leases } = openStore(connection);
  const forgotten: string[] = [];
  const ports = {
    sources,
    leases,
    forgetInbox: async (sourceId: string) => {
      forgotten.push(sourceId);
    },
    wait: async () => {},
    now: () => Date.parse('2026-06-12T10:00:00.000Z'),
  };
  const start = (changes: Partial<Config['inbox']> = {}) =>
    applyDefaultSource(ports, { ...inbox, ...changes });
  return { sources, start, forgotten, leases };
}

test('without a token there is no source', async () => {
  const { sources, start } = await setUp();
  await start({ token: null });
  expect(await sources.list()).toEqual([]);
});

test('the environment makes the source, with the address of the provider where it names none', async () => {
  const { sources, start } = await setUp();
  await start({ provider: 'reekolect', baseUrl: null });
  expect(await sources.get('default')).toMatchObject({
    provider: 'reekolect',
    baseUrl: 'https://api-v7.express-chat.com',
    token: 'first-token',
    requestsPerMinute: 90,
  });
});

test('a token changed through the API outlives a restart', async () => {
  const { sources, start, forgotten } = await setUp();
  await start();
  await sources.update('default', (source) => ({ ...source, token: 'token of the API' }));
  await start();
  expect(await sources.get('default')).toMatchObject({ token: 'token of the API' });
  expect(forgotten).toEqual([]);
});

test('a token that the environment changes applies, without a new baseline', async () => {
  const { sources, start, forgotten } = await setUp();
  await start();
  await sources.update('default', (source) => ({ ...source, requestsPerMinute: 10 }));
  await start({ token: 'second-token' });
  expect(await sources.get('default')).toMatchObject({
    token: 'second-token',
    requestsPerMinute: 10,
  });
  expect(forgotten).toEqual([]);
});

test.each([{ baseUrl: 'https://two.example' }, { provider: 'reekolect' as const }])(
  'another inbox starts a new baseline: %o',
  async (change) => {
    const { sources, start, forgotten, leases } = await setUp();
    await start();
    await start(change);
    expect(await sources.get('default')).toMatchObject(change);
    expect(forgotten).toEqual(['default']);
    expect(await leases.acquire('default')).toMatchObject({ kind: 'acquired' });
  },
);

test('applying the same environment twice changes nothing', async () => {
  const { sources, start } = await setUp();
  await start();
  const before = await sources.get('default');
  await start();
  expect(await sources.get('default')).toEqual(before);
});

test('two processes that start beside each other forget the old inbox once', async () => {
  const { start, forgotten } = await setUp();
  await start();
  const change = { baseUrl: 'https://two.example' };
  await Promise.all([start(change), start(change)]);
  expect(forgotten).toEqual(['default']);
});
