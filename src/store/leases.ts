import type { Connection } from './connection.ts';

export type LeaseGrant =
  | { readonly kind: 'acquired'; readonly epoch: string }
  | { readonly kind: 'held' };

/** How long a holder that died keeps others out. */
export const leaseMs = 5000;
/** Two renewals may fail before the lease is lost. */
const renewEveryMs = 1500;

/** `signal` aborts when the lease is lost or the caller's own signal aborts; `stop` ends the renewals. */
export interface HeldLease {
  readonly signal: AbortSignal;
  stop(): void;
}

export interface Leases {
  /** One that nobody had before, also before Redis was lost. */
  newEpoch(): string;
  acquire(stateKey: string): Promise<LeaseGrant>;
  /** Renews the lease until it is stopped or lost. */
  hold(stateKey: string, epoch: string, signal: AbortSignal): HeldLease;
  /** True when someone else wanted the lease meanwhile: look again. */
  release(stateKey: string, epoch: string): Promise<boolean>;
}

export function createLeases(connection: Connection, newId: () => string): Leases {
  return {
    newEpoch: newId,
    async acquire(stateKey) {
      const epoch = newId();
      const call = { keys: [stateKey], args: [leaseMs, epoch] };
      const kind = (await connection.run('acquire-lease', call)) as LeaseGrant['kind'];
      return kind === 'acquired' ? { kind, epoch } : { kind };
    },
    hold: (stateKey, epoch, signal) => hold(connection, stateKey, epoch, signal),
    async release(stateKey, epoch) {
      const call = { keys: [stateKey], args: [epoch] };
      return (await connection.run('release-lease', call)) === 1;
    },
  };
}

function hold(
  connection: Connection,
  stateKey: string,
  epoch: string,
  signal: AbortSignal,
): HeldLease {
  const lost = new AbortController();
  const renew = async () => {
    const reply = await connection.run('renew-lease', { keys: [stateKey], args: [epoch, leaseMs] });
    if (reply === 0) lost.abort(new LeaseLostError(`The lease on ${stateKey} was taken over.`));
  };
  const timer = setInterval(() => {
    // Whoever works without a lease is refused by every script; an error here needs no handling of its own.
    renew().catch(() => {});
  }, renewEveryMs);
  return { signal: AbortSignal.any([signal, lost.signal]), stop: () => clearInterval(timer) };
}

class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError' as const;
}
