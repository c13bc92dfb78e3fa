import { expect, test } from 'vitest';
import type { HeldLease, LeaseGrant } from '#store/leases.ts';

/** The lease on one thing, wherever it is kept. */
export interface LeaseUnderTest {
  acquire(): Promise<LeaseGrant>;
  hold(epoch: string, signal: AbortSignal): HeldLease;
  release(epoch: string): Promise<boolean>;
  /** Lets it run out, as time would after its holder died. */
  expire(): Promise<void>;
  /** As a lost Redis does. */
  empty(): Promise<void>;
}

export function epochOf(grant: LeaseGrant): string {
  if (grant.kind !== 'acquired') throw new Error(`The lease is ${grant.kind}.`);
  return grant.epoch;
}

const acquire = async (lease: LeaseUnderTest) => epochOf(await lease.acquire());

/** What leases promise, in Redis and in memory. */
export function testLeases(open: () => LeaseUnderTest): void {
  test('one holder at a time has the lease, and the next has it once it is let go', async () => {
    const lease = open();
    const first = await acquire(lease);
    expect(await lease.acquire()).toEqual({ kind: 'held' });
    await lease.release(first);
    expect((await lease.acquire()).kind).toBe('acquired');
  });

  test('of many who ask at once, one gets the lease', async () => {
    const lease = open();
    const grants = await Promise.all(Array.from({ length: 20 }, () => lease.acquire()));
    expect(grants.filter(({ kind }) => kind === 'acquired')).toHaveLength(1);
  });

  test('who knocked at a held lease is heard once, when it is let go', async () => {
    const lease = open();
    const first = await acquire(lease);
    await lease.acquire();
    expect(await lease.release(first)).toBe(true);
    const second = await acquire(lease);
    expect(await lease.release(second)).toBe(false);
  });

  test('a knock at a holder who died is not heard by the one who comes next', async () => {
    const lease = open();
    await acquire(lease);
    await lease.acquire();
    await lease.expire();
    expect(await lease.release(await acquire(lease))).toBe(false);
  });

  test('who lost the lease cannot let go of the next holder’s', async () => {
    const lease = open();
    const dead = await acquire(lease);
    await lease.expire();
    await acquire(lease);
    expect(await lease.release(dead)).toBe(false);
    expect(await lease.acquire()).toEqual({ kind: 'held' });
  });

  test('no two holders have the same epoch, also when all is lost in between', async () => {
    const lease = open();
    const epochs: string[] = [];
    for (let round = 0; round < 6; round += 1) {
      const epoch = await acquire(lease);
      epochs.push(epoch);
      if (round === 2) await lease.empty();
      else await lease.release(epoch);
    }
    expect(epochs).toEqual([...new Set(epochs)]);
  });

  test('who is told to stop hears it through the lease as well', async () => {
    const lease = open();
    const stop = new AbortController();
    const held = lease.hold(await acquire(lease), stop.signal);
    stop.abort();
    expect(held.signal.aborted).toBe(true);
  });
}
