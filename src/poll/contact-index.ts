import { type SortedList, sortedList } from './sorted-list.ts';

/** Where a listed contact stands: all that cutting questions needs of it. */
export interface Placed {
  readonly id: string;
  readonly createdAtMs: number;
  readonly status: string;
}

/**
 * Everyone that an inbox lists, as far as it is known, in the order of creation: as a whole and by status. Lives in
 * memory beside the snapshots, from which it can be made anew at any time.
 */
export interface ContactIndex {
  readonly size: number;
  find(id: string): Placed | undefined;
  place(contact: Placed): void;
  remove(id: string): void;
  /** How many have each status that anyone has. */
  counts(): ReadonlyMap<string, number>;
  /** The first `count` created at `fromMs` or later (null: from the oldest on); `statuses` null is everyone. */
  from(statuses: readonly string[] | null, fromMs: number | null, count: number): Placed[];
  /** The last `count` created before `beforeMs`, of everyone; oldest first. */
  before(beforeMs: number, count: number): Placed[];
  /** Notes when someone was seen by the inbox; never earlier than noted before. */
  see(id: string, lastSeenAtMs: number): void;
  /** When someone was last seen; null where nobody has noted it. */
  lastSeenAtMs(id: string): number | null;
  /** Who was created in this time and may have been seen since `sinceMs`; at most `most` and one more. */
  seenSince(range: { fromMs: number; toMs: number }, sinceMs: number, most: number): Placed[];
  /** How many of these were created before `beforeMs`. */
  rank(statuses: readonly string[] | null, beforeMs: number | null): number;
}

export function createContactIndex(initial: Iterable<Placed>): ContactIndex {
  const contacts = new Map<string, Placed>();
  for (const contact of initial) contacts.set(contact.id, contact);
  const everyone = sortedList(compare, contacts.values());
  const byStatus = new Map<string, SortedList<Placed>>();
  for (const [status, members] of Map.groupBy(contacts.values(), ({ status }) => status)) {
    byStatus.set(status, sortedList(compare, members));
  }

  const seen = new Map<string, number>();

  function listsOf(statuses: readonly string[] | null): SortedList<Placed>[] {
    if (statuses === null) return [everyone];
    return statuses.flatMap((status) => byStatus.get(status) ?? []);
  }

  function remove(id: string): void {
    const known = contacts.get(id);
    if (known === undefined) return;
    contacts.delete(id);
    seen.delete(id);
    everyone.remove(known);
    const list = byStatus.get(known.status);
    list?.remove(known);
    if (list?.size === 0) byStatus.delete(known.status);
  }

  return {
    get size() {
      return contacts.size;
    },
    find: (id) => contacts.get(id),
    place(contact) {
      const known = contacts.get(contact.id);
      if (known?.status === contact.status && known.createdAtMs === contact.createdAtMs) return;
      const lastSeenAtMs = seen.get(contact.id);
      remove(contact.id);
      contacts.set(contact.id, contact);
      if (lastSeenAtMs !== undefined) seen.set(contact.id, lastSeenAtMs);
      everyone.add(contact);
      const list = byStatus.get(contact.status) ?? sortedList(compare);
      list.add(contact);
      byStatus.set(contact.status, list);
    },
    remove,
    counts: () => new Map([...byStatus].map(([status, { size }]) => [status, size])),
    from(statuses, fromMs, count) {
      const parts = listsOf(statuses).map((list) => {
        const start = fromMs === null ? 0 : placeAt(list, fromMs);
        return list.slice(start, start + count);
      });
      return parts.length === 1 ? (parts[0] ?? []) : parts.flat().sort(compare).slice(0, count);
    },
    before(beforeMs, count) {
      const end = placeAt(everyone, beforeMs);
      return everyone.slice(Math.max(0, end - count), end);
    },
    see(id, lastSeenAtMs) {
      if (contacts.has(id)) seen.set(id, Math.max(lastSeenAtMs, seen.get(id) ?? 0));
    },
    lastSeenAtMs: (id) => seen.get(id) ?? null,
    seenSince({ fromMs, toMs }, sinceMs, most) {
      const found: Placed[] = [];
      for (const contact of everyone.from(placeAt(everyone, fromMs))) {
        if (contact.createdAtMs > toMs || found.length > most) break;
        const lastSeenAtMs = seen.get(contact.id);
        if (lastSeenAtMs === undefined || lastSeenAtMs >= sinceMs) found.push(contact);
      }
      return found;
    },
    rank(statuses, beforeMs) {
      if (beforeMs === null) return 0;
      return listsOf(statuses).reduce((sum, list) => sum + placeAt(list, beforeMs), 0);
    },
  };
}

function compare(a: Placed, b: Placed): number {
  return a.createdAtMs - b.createdAtMs || (a.id < b.id ? -1 : Number(a.id > b.id));
}

/** The place of the first who was created at this moment or later. */
function placeAt(list: SortedList<Placed>, createdAtMs: number): number {
  return list.placeOf((member) => member.createdAtMs < createdAtMs);
}
