import type { SimulatedContact } from './contact.ts';
import type { SortOrder } from './settings.ts';

type Contact = Readonly<SimulatedContact>;

/** The numbers by which the inbox lists, the smallest first. */
export const listingKeys: Readonly<Record<SortOrder, (contact: Contact) => number>> = {
  lastSeenAt: ({ lastSeenAtMs }) => -lastSeenAtMs,
  createdAt: ({ createdAtMs }) => -createdAtMs,
  updatedAt: ({ updatedAtMs }) => -updatedAtMs,
  // One-to-one on 32 bits and far from any order.
  none: ({ serial }) => Math.imul(serial + 1, 0x9e3779b1) >>> 0,
};
