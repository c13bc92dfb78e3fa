import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createLeases } from '#store/leases.ts';
import { epochOf, testLeases } from '../../support/leases-suite.ts';
import { openConnection } from '../../support/stage.ts';

const connection = await openConnection();
const leases = createLeases(connection, randomUUID);
const { redis } = connection;
let states = 0;

function newState(): string {
  states += 1;
  return `{test:${states}}:state`;
}

const acquire = async (state: string) => epochOf(await leases.acquire(state));
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

testLeases(() => {
  const state = newState();
  return {
    acquire: () => leases.acquire(state),
    hold: (epoch, signal) => leases.hold(state, epoch, signal),
    release: (epoch) => leases.release(state, epoch),
    expire: async () => {
      await expire(state);
    },
    empty: async () => {
      await redis.flushdb();
    },
  };
});

test('a holder who died is followed by another once the lease has run out', async () => {
  const state = newState();
  const dead = await acquire(state);
  const until = Number(await redis.hget(state, 'leaseUntilMs'));
  const [seconds = 0] = await redis.time();
  expect(until - Number(seconds) * 1000).toBeLessThanOrEqual(6000);
  await expire(state);
  expect(await acquire(state)).not.toBe(dead);
});

test('svix/svix-webhooks#2181, hookdeck/outpost#869: a held lease is renewed well before it runs out', async () => {
  const state = newState();
  const held = hold(state, await acquire(state));
  await expire(state);
  held.renewsAfter(2000);
  while ((await redis.hget(state, 'leaseUntilMs')) === '1') await new Promise(setImmediate);
  expect(await leases.acquire(state)).toEqual({ kind: 'held' });
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

test('a lease from before the clock was set back keeps nobody out', async () => {
  const state = newState();
  const before = await acquire(state);
  await redis.hset(state, 'leaseUntilMs', String(Date.now() + 3_600_000));
  expect(await acquire(state)).not.toBe(before);
});
