import type { Connection } from './connection.ts';

export type LeaseGrant =
  | { readonly kind: 'acquired'; readonly epoch: string }
  | { readonly kind: 'held' }
  | { readonly kind: 'gone' };

/** How long a holder that died keeps others out; living ones renew well before. */
export const leaseMs = 5000;

export interface Leases {
  /** `requiredField` names what must exist for there to be anything to lease. */
  acquire(stateKey: string, requiredField: string): Promise<LeaseGrant>;
  /** False when another holder has come: stop at once. */
  renew(stateKey: string, epoch: string): Promise<boolean>;
  /** True when someone else wanted the lease meanwhile: look again. */
  release(stateKey: string, epoch: string): Promise<boolean>;
}

export function createLeases(connection: Connection): Leases {
  return {
    async acquire(stateKey, requiredField) {
      const reply = await connection.run('acquire-lease', {
        keys: [stateKey],
        args: [leaseMs, requiredField],
      });
      const [kind, epoch] = reply as [LeaseGrant['kind'], string];
      return kind === 'acquired' ? { kind, epoch } : { kind };
    },
    async renew(stateKey, epoch) {
      const call = { keys: [stateKey], args: [epoch, leaseMs] };
      return (await connection.run('renew-lease', call)) === 1;
    },
    async release(stateKey, epoch) {
      const call = { keys: [stateKey], args: [epoch] };
      return (await connection.run('release-lease', call)) === 1;
    },
  };
}
