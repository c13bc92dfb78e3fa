import { type Bag, createBag } from './bag.ts';
import type { SimulatedContact } from './contact.ts';
import { listingKeys } from './listing-order.ts';
import { createOrder, type Order } from './order.ts';
import type { SortOrder } from './settings.ts';

/** Who is there, filed for every way in which they are looked for. */
export interface Roster {
  /** All that are not deleted. */
  readonly living: Bag<SimulatedContact>;
  /** The living whose status is not `CLOSED`. */
  readonly active: Bag<SimulatedContact>;
  /** Whatever the inbox lists, in its order; deleted ones too where they stay. */
  readonly listed: Order<SimulatedContact>;
  /** The same, oldest first. */
  readonly byCreation: Order<SimulatedContact>;
  find(id: string): SimulatedContact | undefined;
  add(contact: SimulatedContact): void;
  /** After any write to the contact. */
  refile(contact: SimulatedContact): void;
  remove(contact: SimulatedContact): void;
}

/** `history` is who is there already. */
export function createRoster(sort: SortOrder, history: readonly SimulatedContact[]): Roster {
  const contacts = new Map(history.map((contact) => [contact.id, contact]));
  const living = createBag(history);
  const active = createBag(history.filter(({ status }) => status !== 'CLOSED'));
  const listed = createOrder(listingKeys[sort], history);
  const byCreation = createOrder(({ createdAtMs }) => createdAtMs, history);

  function refile(contact: SimulatedContact) {
    const { status } = contact;
    (status === 'DELETED' ? living.remove : living.add)(contact);
    (status === 'DELETED' || status === 'CLOSED' ? active.remove : active.add)(contact);
    listed.place(contact);
  }

  return {
    living,
    active,
    listed,
    byCreation,
    refile,
    find: (id) => contacts.get(id),
    add(contact) {
      contacts.set(contact.id, contact);
      byCreation.place(contact);
      refile(contact);
    },
    remove(contact) {
      contacts.delete(contact.id);
      living.remove(contact);
      active.remove(contact);
      listed.remove(contact);
      byCreation.remove(contact);
    },
  };
}
