import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { createIdempotency, type RepeatableRequest } from '#store/idempotency.ts';
import { createSeal } from '#store/sealed.ts';
import { openConnection } from '../../support/stage.ts';
import { until } from '../../support/until.ts';

const connection = await openConnection();
const seal = createSeal([Buffer.alloc(32, 7)], randomBytes);
const idempotency = createIdempotency(connection, seal);
const seed = Buffer.alloc(32, 1);
const otherSeed = Buffer.alloc(32, 2);
const answer = { status: 201, headers: { location: '/v1/x' }, body: '{"secret":"whsec_hush"}' };

let names = 0;
function newRequest(changes: Partial<RepeatableRequest> = {}): RepeatableRequest {
  names += 1;
  const name = `name-${names}`;
  return { keyId: 'key_one', name, content: Buffer.from('/v1/x\n{"password":"hush"}'), ...changes };
}

test('whoever comes first may begin, and whoever comes meanwhile waits', async () => {
  const request = newRequest();
  expect(await idempotency.begin(request, { claim: 'a', seed })).toEqual({ kind: 'begun', seed });
  const second = await idempotency.begin(request, { claim: 'b', seed: otherSeed });
  expect(second).toMatchObject({ kind: 'under_way' });
  const { leftMs = 0 } = second as { leftMs?: number };
  expect(leftMs).toBeGreaterThan(0);
  expect(leftMs).toBeLessThanOrEqual(10_000);
});

test('a command that Redis carried out twice begins once', async () => {
  const request = newRequest();
  await idempotency.begin(request, { claim: 'a', seed });
  expect(await idempotency.begin(request, { claim: 'a', seed })).toEqual({ kind: 'begun', seed });
});

test('an answer is given again, whoever asks', async () => {
  const request = newRequest();
  await idempotency.begin(request, { claim: 'a', seed });
  await idempotency.settle(request, 'a', answer);
  for (const claim of ['a', 'b']) {
    expect(await idempotency.begin(request, { claim, seed })).toEqual({ kind: 'answered', answer });
  }
});

test('another content under the same name is another request, answered or not', async () => {
  const request = newRequest();
  const other = { ...request, content: Buffer.from('/v1/x\n{"password":"other"}') };
  await idempotency.begin(request, { claim: 'a', seed });
  expect(await idempotency.begin(other, { claim: 'b', seed })).toEqual({ kind: 'other' });
  await idempotency.settle(request, 'a', answer);
  expect(await idempotency.begin(other, { claim: 'b', seed })).toEqual({ kind: 'other' });
});

test('the same name of another key is its own', async () => {
  const request = newRequest();
  await idempotency.begin(request, { claim: 'a', seed });
  const theirs = { ...request, keyId: 'key_two' } as const;
  expect(await idempotency.begin(theirs, { claim: 'b', seed: otherSeed })).toMatchObject({
    kind: 'begun',
    seed: otherSeed,
  });
});

test('without an answer the same request may begin again, with the seed of the first', async () => {
  const request = newRequest();
  await idempotency.begin(request, { claim: 'a', seed });
  await idempotency.settle(request, 'a', null);
  const again = await idempotency.begin(request, { claim: 'b', seed: otherSeed });
  expect(again).toEqual({ kind: 'begun', seed });
});

test('whoever died leaves the request to the next, who gets the first one’s seed', async () => {
  const hasty = createIdempotency(connection, seal, 5);
  const request = newRequest();
  await hasty.begin(request, { claim: 'a', seed });
  const again = await until('the claim of the dead ends', async () => {
    const tried = await hasty.begin(request, { claim: 'b', seed: otherSeed });
    return tried.kind === 'under_way' ? null : tried;
  });
  expect(again).toEqual({ kind: 'begun', seed });
  await hasty.settle(request, 'a', answer);
  expect(await idempotency.begin(request, { claim: 'c', seed })).not.toMatchObject({ answer });
});

test('what is remembered ends after a day', async () => {
  const request = newRequest();
  await idempotency.begin(request, { claim: 'a', seed });
  await idempotency.settle(request, 'a', answer);
  for (const key of await connection.redis.keys('idempotency:*')) {
    const leftMs = await connection.redis.pttl(key);
    expect(leftMs).toBeGreaterThan(23 * 3600_000);
    expect(leftMs).toBeLessThanOrEqual(24 * 3600_000);
  }
});

test('neither what was asked nor what was answered nor the chance between lies open', async () => {
  const request = newRequest({ name: 'a name of the caller' });
  await idempotency.begin(request, { claim: 'a', seed });
  const begun = await allOf();
  await idempotency.settle(request, 'a', answer);
  for (const text of [begun, await allOf()]) {
    for (const hidden of ['hush', 'a name of', seed.toString('base64')]) {
      expect(text).not.toContain(hidden);
    }
  }
});

async function allOf(): Promise<string> {
  const keys = await connection.redis.keys('idempotency:*');
  const entries = await Promise.all(keys.map((key) => connection.redis.hgetall(key)));
  return JSON.stringify([keys, entries]);
}
