import { once } from 'node:events';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createLeases, type LeaseGrant } from '#store/leases.ts';
import { openConnection } from '../../support/stage.ts';

const connection = await openConnection();
const leases = createLeases(connection);
const { redis } = connection;
let states = 0;

function newState(): string {
  states += 1;
  return `{test:${states}}:state`;
}

function epochOf(grant: LeaseGrant): string {
  if (grant.kind !== 'acquired') throw new Error(`The lease is ${grant.kind}.`);
  return grant.epoch;
}

const acquire = async (state: string) => epochOf(await leases.acquire(state, ''));
/** Lets the lease run out, as time would after its holder died. */
const expire = (state: string) => redis.hset(state, 'leaseUntilMs', '1');

/** A holder whose renewals come when they are told to. */
function hold(state: string, epoch: string, signal = new AbortController().signal) {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  onTestFinished(() => {
    vi.useRealTimers();
  });
  const held = leases.hold(state, epoch, signal);
  return { ...held, renewsAfter: (ms: number) => vi.advanceTimersByTime(ms) };
}

test('one holder at a time has the lease, and the next has it once it is let go', async () => {
  const state = newState();
  const first = await acquire(state);
  expect(await leases.acquire(state, '')).toEqual({ kind: 'held' });
  await leases.release(state, first);
  expect((await leases.acquire(state, '')).kind).toBe('acquired');
});

test('of many who ask at once, one gets the lease', async () => {
  const state = newState();
  const grants = await Promise.all(Array.from({ length: 20 }, () => leases.acquire(state, '')));
  expect(grants.filter(({ kind }) => kind === 'acquired')).toHaveLength(1);
});

test('what lacks the field that makes it exist cannot be leased, nor does asking create it', async () => {
  const state = newState();
  expect(await leases.acquire(state, 'status')).toEqual({ kind: 'gone' });
  expect(await redis.exists(state)).toBe(0);
  await redis.hset(state, 'status', 'active');
  expect((await leases.acquire(state, 'status')).kind).toBe('acquired');
});

test('who knocked at a held lease is heard once, when it is let go', async () => {
  const state = newState();
  const first = await acquire(state);
  await leases.acquire(state, '');
  expect(await leases.release(state, first)).toBe(true);
  const second = await acquire(state);
  expect(await leases.release(state, second)).toBe(false);
});

test('a knock at a holder who died is not heard by the one who comes next', async () => {
  const state = newState();
  await acquire(state);
  await leases.acquire(state, '');
  await expire(state);
  expect(await leases.release(state, await acquire(state))).toBe(false);
});

test('a holder who died is followed by another once the lease has run out', async () => {
  const state = newState();
  const dead = await acquire(state);
  const until = Number(await redis.hget(state, 'leaseUntilMs'));
  const [seconds = 0] = await redis.time();
  expect(until - Number(seconds) * 1000).toBeLessThanOrEqual(6000);
  await expire(state);
  expect(Number(await acquire(state))).toBeGreaterThan(Number(dead));
});

test('who lost the lease cannot let go of the next holder’s', async () => {
  const state = newState();
  const dead = await acquire(state);
  await expire(state);
  await acquire(state);
  expect(await leases.release(state, dead)).toBe(false);
  expect(await leases.acquire(state, '')).toEqual({ kind: 'held' });
});

test('epochs grow with every holder, also when Redis is emptied in between', async () => {
  const state = newState();
  const epochs: number[] = [];
  for (let round = 0; round < 6; round += 1) {
    const epoch = await acquire(state);
    epochs.push(Number(epoch));
    if (round === 2) await redis.flushdb();
    else await leases.release(state, epoch);
  }
  expect(epochs).toEqual([...new Set(epochs)].sort((left, right) => left - right));
});

test('epochs grow even where the clock stands behind the last one', async () => {
  const state = newState();
  const ahead = (Date.now() + 3_600_000) * 1000;
  await redis.hset(state, 'epoch', String(ahead));
  expect(await acquire(state)).toBe(String(ahead + 1));
});

test('a held lease is renewed well before it runs out', async () => {
  const state = newState();
  const held = hold(state, await acquire(state));
  await expire(state);
  held.renewsAfter(2000);
  while ((await redis.hget(state, 'leaseUntilMs')) === '1') await new Promise(setImmediate);
  expect(await leases.acquire(state, '')).toEqual({ kind: 'held' });
  expect(held.signal.aborted).toBe(false);
});

test('a lease that is no longer held is renewed no more', async () => {
  const state = newState();
  const held = hold(state, await acquire(state));
  held.stop();
  await expire(state);
  held.renewsAfter(60_000);
  await redis.ping();
  expect(await redis.hget(state, 'leaseUntilMs')).toBe('1');
});

test('who holds a lease learns that it was taken over', async () => {
  const state = newState();
  const held = hold(state, await acquire(state));
  await expire(state);
  await acquire(state);
  const lost = once(held.signal, 'abort');
  held.renewsAfter(2000);
  await lost;
  expect(held.signal.reason).toMatchObject({ name: 'LeaseLostError' });
});

test('who is told to stop hears it through the lease as well', async () => {
  const state = newState();
  const stop = new AbortController();
  const held = hold(state, await acquire(state), stop.signal);
  stop.abort();
  expect(held.signal.aborted).toBe(true);
});
