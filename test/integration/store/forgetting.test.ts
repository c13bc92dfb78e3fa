import { expect, test } from 'vitest';
import { bucketCount } from '#store/contact-buckets.ts';
import { openSourceState } from '#store/forgetting.ts';
import { sourceKeys } from '#store/keys.ts';
import { readSourceState } from '#store/source-state.ts';
import { makeEvent, openConnection, openStore } from '../../support/stage.ts';

const connection = await openConnection();
const store = openStore(connection);
const { redis } = connection;
const { sourceLeases: leases, sources, removedSources, eventLog } = store;
const names = sourceKeys('a');

/** A source whose inbox is known, at a moment when nobody polls it. */
async function setUp(known: string | null = 'inbox-1') {
  await redis.flushdb();
  const inboxId = known ?? undefined;
  const at = '2026-06-12T10:00:00.000Z';
  const source = {
    id: 'a',
    inboxId,
    provider: 'botpenguin' as const,
    baseUrl: 'https://inbox.example',
    token: 'token',
    requestsPerMinute: 90,
    paused: false,
    createdAt: at,
    updatedAt: at,
  };
  await sources.create(source);
  await redis.hset(names.state, { baselineId: 'b', contacts: 3, coveredUntilMs: 5 });
  await redis.hset(names.state, {
    generation: 2,
    relayedUpTo: '7-0',
    newField: 'of a later version',
  });
  if (inboxId !== undefined) await redis.hset(names.state, { inboxId });
  for (const bucket of [0, 511, 512, bucketCount - 1]) {
    await redis.hset(names.contacts(bucket), 'contact', 'snapshot');
  }
  return source;
}

async function takeLease(): Promise<string> {
  const grant = await leases.acquire('a');
  if (grant.kind !== 'acquired') throw new Error('Nobody else has the source.');
  return grant.epoch;
}

const buckets = () => redis.keys('{source:a}:contacts:*');

test('what is known of an inbox stays as long as the source stands for it', async () => {
  for (const inboxId of ['inbox-1', undefined]) {
    await setUp(inboxId ?? null);
    const known = await openSourceState(connection, 'a', { epoch: await takeLease(), inboxId });
    expect(known).toMatchObject({ baselineId: 'b', contacts: 3 });
    expect(await buckets()).toHaveLength(4);
  }
});

test('nothing of another inbox is left, but the lease and the marks of the log', async () => {
  await setUp();
  const epoch = await takeLease();
  const known = await openSourceState(connection, 'a', { epoch, inboxId: 'inbox-2' });
  expect(known).toEqual({ inboxId: 'inbox-2' });
  expect(await buckets()).toEqual([]);
  expect(Object.keys(await redis.hgetall(names.state)).sort()).toEqual(
    ['epoch', 'generation', 'inboxId', 'leaseUntilMs', 'relayedUpTo'].sort(),
  );
});

test('what was announced of a failing source stays until its next inbox answers, but not beyond its removal', async () => {
  const source = await setUp();
  const error = { kind: 'unauthorized', message: 'No.', sinceMs: 5, announced: true };
  await redis.hset(names.state, { error: JSON.stringify(error) });
  const epoch = await takeLease();
  const known = await openSourceState(connection, 'a', { epoch, inboxId: 'inbox-2' });
  expect(known).toEqual({ inboxId: 'inbox-2', error });
  await leases.release('a', epoch);
  await redis.hset(names.state, { baselineId: 'c' });
  await eventLog.append('a', makeEvent(1, 'a'));
  await sources.remove(source.id);
  await removedSources.forget('a');
  expect((await readSourceState(connection, 'a')).error).toBeUndefined();
});

test('a source of an older version that gets another inbox starts anew, too', async () => {
  await setUp(null);
  const holder = { epoch: await takeLease(), inboxId: 'inbox-2' };
  expect(await openSourceState(connection, 'a', holder)).toEqual({ inboxId: 'inbox-2' });
  expect(await buckets()).toEqual([]);
});

test('who has lost the lease forgets nothing that its successor has learned', async () => {
  await setUp();
  const lost = await takeLease();
  await leases.release('a', lost);
  await takeLease();
  await openSourceState(connection, 'a', { epoch: lost, inboxId: 'inbox-2' });
  expect(await buckets()).toHaveLength(4);
  expect(await readSourceState(connection, 'a')).toMatchObject({ inboxId: 'inbox-1', contacts: 3 });
});

test('a forgetting that was aborted half way is begun again', async () => {
  await setUp();
  const epoch = await takeLease();
  const call = { keys: [names.state, names.contacts(0)], args: [epoch] };
  await connection.run('forget-contacts', call);
  expect(await readSourceState(connection, 'a')).toMatchObject({ inboxId: 'inbox-1' });
  await openSourceState(connection, 'a', { epoch, inboxId: 'inbox-2' });
  expect(await buckets()).toEqual([]);
});

test('a removed source is forgotten; its log stays until it is empty, and then all of it goes', async () => {
  await setUp();
  const logId = await eventLog.append('a', makeEvent(1, 'a'));
  await sources.remove('a');
  await removedSources.forget('a');
  expect(await buckets()).toEqual([]);
  expect(await readSourceState(connection, 'a')).toEqual({});
  expect(await removedSources.ids()).toEqual(['a']);
  expect(await eventLog.position('a', '0-0')).toMatchObject({ generation: 2, end: logId });
  await eventLog.trim('a', 1, 0, 10);
  await removedSources.forget('a');
  expect(await redis.keys('{source:a}:*')).toEqual([]);
  expect(await removedSources.ids()).toEqual([]);
});

test('forgetting twice, or what was never there, does no harm', async () => {
  await setUp();
  await sources.remove('a');
  await Promise.all([removedSources.forget('a'), removedSources.forget('a')]);
  await removedSources.forget('a');
  await removedSources.forget('nobody');
  expect(await redis.keys('{source:*')).toEqual([]);
});

test('a source that came back is left alone', async () => {
  const source = await setUp();
  await sources.remove('a');
  await sources.create(source);
  await removedSources.forget('a');
  expect(await buckets()).toHaveLength(4);
  expect(await leases.acquire('a')).toMatchObject({ kind: 'acquired' });
});

test('while its last poll runs a removed source is left to the next time, and the poll hears of it', async () => {
  await setUp();
  await sources.remove('a');
  const epoch = await takeLease();
  await removedSources.forget('a');
  expect(await buckets()).toHaveLength(4);
  expect(await leases.release('a', epoch)).toBe(true);
});
