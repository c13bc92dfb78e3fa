import type { CreatedReason } from '#domain/change-event.ts';
import { type Contact, deletedStatus } from '#domain/contact.ts';

/** When the source was connected and how far its silent first reading has come; times are the inbox's. */
export interface Baseline {
  readonly id: string;
  /** The inbox's time at its first answer, cut to the second (its `Date` header has no more). */
  readonly startedAtMs: number;
  /** True once everyone who was seen just before the connection is known. */
  readonly activated: boolean;
  readonly completedAtMs: number | null;
  /** Nobody can have been overlooked. */
  readonly proven: boolean;
}

export type FirstSight =
  /** Existed before: remembered, not announced. */
  | { readonly kind: 'seed' }
  /** Existed before and should have been read by the baseline: remembered, counted, not announced. */
  | { readonly kind: 'late_seed' }
  | { readonly kind: 'created'; readonly reason: CreatedReason };

/**
 * Whether a contact never seen before is news. Who was created in the very second of the connection cannot be told from
 * who existed: the first hot window answers it, since everyone in it was there already. Who is first seen as deleted is
 * none: only a return would be.
 */
export function judgeFirstSight(contact: Contact, baseline: Baseline): FirstSight {
  if (contact.status === deletedStatus) return { kind: 'seed' };
  const newsFromMs = baseline.activated ? baseline.startedAtMs : baseline.startedAtMs + 1000;
  if (contact.createdAtMs >= newsFromMs) {
    return { kind: 'created', reason: contact.isImported ? 'imported' : 'new' };
  }
  if (baseline.completedAtMs === null) return { kind: 'seed' };
  if (!baseline.proven) return { kind: 'late_seed' };
  const touchedAtMs = Math.max(contact.lastSeenAtMs ?? 0, contact.updatedAtMs ?? 0);
  if (touchedAtMs > baseline.completedAtMs) return { kind: 'created', reason: 'promoted' };
  return { kind: 'late_seed' };
}
