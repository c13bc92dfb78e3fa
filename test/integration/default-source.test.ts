import { expect, test } from 'vitest';
import type { Config } from '#config.ts';
import { applyDefaultSource } from '#default-source.ts';
import { giveHintSecrets } from '#hint-secrets.ts';
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
  const { sources } = openStore(await openConnection());
  let ids = 0;
  const ports = {
    sources,
    newId: () => `id-${++ids}`,
    now: () => Date.parse('2026-06-12T10:00:00.000Z'),
  };
  const start = (changes: Partial<Config['inbox']> = {}) =>
    applyDefaultSource(ports, { ...inbox, ...changes });
  const inboxId = async () => (await sources.get('default'))?.inboxId;
  return { sources, start, inboxId };
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
  const { sources, start } = await setUp();
  await start();
  await sources.update('default', (source) => ({ ...source, token: 'token of the API' }));
  const before = await sources.get('default');
  await start();
  expect(await sources.get('default')).toEqual(before);
});

test('a token that the environment changes applies, without a new baseline', async () => {
  const { sources, start, inboxId } = await setUp();
  await start();
  const before = await inboxId();
  await sources.update('default', (source) => ({ ...source, requestsPerMinute: 10 }));
  await start({ token: 'second-token' });
  expect(await sources.get('default')).toMatchObject({
    inboxId: before,
    token: 'second-token',
    requestsPerMinute: 10,
  });
});

test.each([{ baseUrl: 'https://two.example' }, { provider: 'reekolect' as const }])(
  'another inbox starts a new baseline: %o',
  async (change) => {
    const { sources, start, inboxId } = await setUp();
    await start();
    const before = await inboxId();
    await start(change);
    expect(await sources.get('default')).toMatchObject(change);
    expect(await inboxId()).not.toBe(before);
  },
);

test('an address that the API has set already starts no new baseline when the environment follows', async () => {
  const { sources, start, inboxId } = await setUp();
  await start();
  const change = { baseUrl: 'https://two.example' };
  await sources.update('default', (source) => ({ ...source, ...change, inboxId: 'of the API' }));
  await start(change);
  expect(await inboxId()).toBe('of the API');
});

test('applying the same environment twice changes nothing', async () => {
  const { sources, start } = await setUp();
  await start();
  const before = await sources.get('default');
  await start();
  expect(await sources.get('default')).toEqual(before);
});

test('of two processes that start beside each other one makes the source', async () => {
  const { sources, start, inboxId } = await setUp();
  await Promise.all([start(), start()]);
  const made = await inboxId();
  const change = { baseUrl: 'https://two.example' };
  await Promise.all([start(change), start(change)]);
  const moved = await inboxId();
  expect(moved).not.toBe(made);
  await start(change);
  expect(await sources.get('default')).toMatchObject({ ...change, inboxId: moved });
});

test('a source that an older version made gets a hint secret once', async () => {
  const { sources, start } = await setUp();
  await start();
  const { hintSecret, ...rest } = (await sources.get('default'))!;
  await sources.create({ ...rest, id: 'older' });
  let ids = 0;
  const give = () => giveHintSecrets(sources, () => `given-${++ids}`);
  await Promise.all([give(), give()]);
  const given = (await sources.get('older'))?.hintSecret;
  await give();
  expect(given).toMatch(/^given-/);
  expect((await sources.findByHint(given!))?.id).toBe('older');
  expect((await sources.get('default'))?.hintSecret).toBe(hintSecret);
});
