import { type Bag, createBag } from './bag.ts';
import type { SimulatedContact } from './contact.ts';
import { listingKeys } from './listing-order.ts';
import { createOrder, type Order } from './order.ts';
import type { SortOrder } from './settings.ts';

type Listed<T> = Pick<Order<T>, 'members' | 'between' | 'countBetween'>;

/** Whatever the inbox lists, deleted ones too where they stay, filed for every way in which it is asked for. */
export interface Lists<T = Readonly<SimulatedContact>> {
  /** In the inbox's own order. */
  readonly listed: Listed<T>;
  /** Oldest first. */
  readonly byCreation: Listed<T>;
  /** Those seen most lately first, so by times with their sign turned. */
  readonly byLastSeen: Listed<T>;
  /** For every status that ever was, oldest first. */
  readonly byStatus: ReadonlyMap<string, Listed<T>>;
}

/** Who is there. */
export interface Roster extends Lists<SimulatedContact> {
  /** All that are not deleted. */
  readonly living: Bag<SimulatedContact>;
  /** The living whose status is not `CLOSED`. */
  readonly active: Bag<SimulatedContact>;
  /** Those who were deleted, still listed or not. */
  readonly deleted: Bag<SimulatedContact>;
  /** One who is listed. */
  find(id: string): SimulatedContact | undefined;
  add(contact: SimulatedContact): void;
  /** After any write to the contact. */
  refile(contact: SimulatedContact): void;
  remove(contact: SimulatedContact): void;
}

const creation = ({ createdAtMs }: SimulatedContact) => createdAtMs;

/** `history` is who is there already. */
export function createRoster(sort: SortOrder, history: readonly SimulatedContact[]): Roster {
  const contacts = new Map(history.map((contact) => [contact.id, contact]));
  const living = createBag(history);
  const active = createBag(history.filter(({ status }) => status !== 'CLOSED'));
  const deleted = createBag<SimulatedContact>([]);
  const listed = createOrder(listingKeys[sort], history);
  const byCreation = createOrder(creation, history);
  const byLastSeen = sort === 'lastSeenAt' ? listed : createOrder(listingKeys.lastSeenAt, history);
  const byStatus = new Map(
    [...Map.groupBy(history, ({ status }) => status)].map(([status, having]) => [
      status,
      createOrder(creation, having),
    ]),
  );

  function refile(contact: SimulatedContact) {
    const { status } = contact;
    (status === 'DELETED' ? living.remove : living.add)(contact);
    (status === 'DELETED' ? deleted.add : deleted.remove)(contact);
    (status === 'DELETED' || status === 'CLOSED' ? active.remove : active.add)(contact);
    listed.place(contact);
    byLastSeen.place(contact);
    if (!byStatus.has(status)) byStatus.set(status, createOrder(creation, []));
    for (const [name, order] of byStatus) (name === status ? order.place : order.remove)(contact);
  }

  return {
    living,
    active,
    deleted,
    listed,
    byCreation,
    byLastSeen,
    byStatus,
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
      deleted.add(contact);
      for (const order of [listed, byCreation, byLastSeen, ...byStatus.values()]) {
        order.remove(contact);
      }
    },
  };
}
