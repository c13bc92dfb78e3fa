import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { deliveryRef } from '#domain/delivery.ts';
import { apiKeyId } from '#store/api-keys.ts';
import { createBudget } from '#store/budget.ts';
import { createInstallation } from '#store/installation.ts';
import { budgetKeys, keyRateKey, keys, laneKeys, sourceKeys } from '#store/keys.ts';
import type { OutcomeKind } from '#store/lane-work.ts';
import {
  healthy,
  makeEvent,
  makeSubscription,
  openConnection,
  openStore,
} from '../../support/stage.ts';

const connection = await openConnection();
const store = openStore(connection);
const id = 'sub_1';

/** Each key of the table in the source, as a pattern, with the type that it names. */
async function readTable(): Promise<{ pattern: RegExp; type: string; key: string }[]> {
  const source = await readFile(new URL('../../../src/store/keys.ts', import.meta.url), 'utf8');
  const rows = source.match(/^ \* \| .*\|$/gm) ?? [];
  return rows.slice(2).map((row) => {
    const [, key = '', type = ''] = row.split('|').map((cell) => cell.trim());
    const pattern = key.replace(/[{}]/g, '\\$&').replace(/\b(ID|N|HASH)\b/g, '[a-z0-9_]+');
    return { key, type, pattern: new RegExp(`^${pattern}$`) };
  });
}

/** Everything that can be written, written. */
async function exerciseStore(): Promise<void> {
  await createInstallation(connection).mark();
  const at = '2026-06-12T10:00:00.000Z';
  const source = {
    id: 'default',
    hintSecret: 'hint',
    provider: 'botpenguin' as const,
    baseUrl: 'https://inbox.example',
    token: 'token',
    requestsPerMinute: 100,
    paused: false,
    createdAt: at,
    updatedAt: at,
  };
  await store.sources.create(source);
  await store.sources.create({ ...source, id: 'removed', hintSecret: 'another hint' });
  await store.sources.remove('removed');
  const budget = createBudget(connection, () => 'grant');
  const wish = {
    asker: 'default',
    perMinute: 100,
    timeoutMs: 5000,
    urgent: true,
    patienceMs: 5000,
  };
  await budget.take('token', wish);
  await budget.take('token', wish);
  await commitContact();
  for (const subscription of [id, 'sub_2'] as const) {
    await store.lanes.create(subscription, new Map());
    await store.subscriptions.create(makeSubscription(subscription));
  }
  await store.subscriptions.remove('sub_2');
  await fillLane();
  await fillKeys();
  const request = { keyId: 'key_1', name: 'name', content: Buffer.from('content') } as const;
  await store.idempotency.begin(request, { claim: 'claim', seed: Buffer.alloc(32) });
  await store.sessions.begin('token', 'hash of a key');
  await store.pulse.add(60_000, { events: 1 });
  const ages = { hotSeconds: 1, activeSeconds: 1, coldSeconds: null };
  await store.freshness.note('default', { atMs: 60_000, ...ages });
}

async function commitContact(): Promise<void> {
  const grant = await store.sourceLeases.acquire('default');
  if (grant.kind !== 'acquired') throw new Error('Nobody else has the source.');
  await store.contacts.commit('default', {
    epoch: grant.epoch,
    snapshots: [
      {
        contactId: 'contact-1',
        before: null,
        after: {
          status: 'OPEN',
          sequence: 1,
          createdAtMs: 1,
          updatedAtMs: 1,
          observedAtMs: 1,
          presence: 'listed',
          watched: null,
        },
      },
    ],
    events: [makeEvent(1)],
    state: {},
  });
}

async function fillLane(): Promise<void> {
  const kinds: OutcomeKind[] = ['delivered', 'retry', 'failed', 'expired'];
  const refOf = (number: number, contact = 'contact') =>
    deliveryRef('default', `${number}-0`, makeEvent(number).id, contact);
  const push = (numbers: number[]) =>
    store.lanes.push('default', 0, [
      { lane: id, events: numbers.map((each) => ({ logId: `${each}-0`, ref: refOf(each) })) },
    ]);
  await push([1]);
  await store.lanes.resume(id, 'skip', 1);
  await push([2, 3, 4, 5, 6]);
  await store.lanes.pushTest(id, refOf(7));
  const grant = await store.laneWork.acquire(id);
  if (grant.kind !== 'acquired') throw new Error('Nobody else has the lane.');
  const wish = { nowMs: 1, most: 1, ordering: 'contact', pace: null } as const;
  await store.laneWork.claim(id, grant.epoch, wish);
  const outcomes = kinds.map((kind, index) => ({
    origin: 'waiting' as const,
    ref: refOf(index + 2),
    kind,
    dueMs: kind === 'retry' ? 1 : null,
    attempts: [],
    scheduled: 1,
  }));
  await store.laneWork.record(id, grant.epoch, 1, {
    outcomes,
    health: { ...healthy, resumes: 1 },
    disable: null,
    notices: ['notice'],
  });
  await store.lanes.reopen(id, [refOf(8, 'another')]);
  // What waits behind the retry is held back.
  await store.laneWork.claim(id, grant.epoch, { ...wish, most: 10 });
}

async function fillKeys(): Promise<void> {
  const hash = 'a'.repeat(64);
  await store.apiKeys.create({
    id: apiKeyId(hash),
    name: 'name',
    scopes: ['read'],
    requestsPerMinute: 600,
    start: 'ink_aaaa',
    hash,
    createdAt: '2026-06-12T10:00:00.000Z',
    updatedAt: '2026-06-12T10:00:00.000Z',
    expiresAt: null,
  });
  await store.apiKeys.use(hash);
  // Kept until its bucket is full again: for a minute.
  await store.apiKeys.admit('key_1', 1);
}

test('every key that is written stands in the table, with its type, and every key of the table is written', async () => {
  const table = await readTable();
  await exerciseStore();
  const unused = new Set(table.map(({ key }) => key));
  for (const key of await connection.redis.keys('*')) {
    const row = table.find(({ pattern }) => pattern.test(key));
    expect(row?.type, key).toBe(await connection.redis.type(key));
    unused.delete(row?.key ?? '');
  }
  expect([...unused]).toEqual([]);
});

test('svix/svix-webhooks#1458, #388: all keys that one script touches share the part that decides their Cluster slot', () => {
  const { contacts, ...ofSource } = sourceKeys('default');
  const groups = [
    { tag: '{source:default}', names: [...Object.values(ofSource), contacts(0), contacts(4095)] },
    { tag: '{lane:sub_1}', names: Object.values(laneKeys(id)) },
    { tag: '{budget:hash}', names: Object.values(budgetKeys('hash')) },
    { tag: '{keys}', names: [...Object.values(keys.apiKeys), keyRateKey('key_1')] },
    { tag: '{subscriptions}', names: Object.values(keys.subscriptions) },
  ];
  for (const { tag, names } of groups) {
    for (const name of names) expect(name.startsWith(`${tag}:`), name).toBe(true);
  }
});
