import type { CommitOutcome, Contacts, KnownContact, PageCommit } from '#store/contacts.ts';
import type { LeaseGrant } from '#store/leases.ts';
import { packSnapshot, unpackSnapshot } from '#store/snapshot-codec.ts';
import { parseSourceState, type SourceLeases, type SourceRuntime } from '#store/source-state.ts';

/** What stage 1 keeps of a source in Redis, kept in memory instead: for runs of hours in seconds. */
export interface MemoryStore {
  readonly contacts: Contacts;
  readonly sourceLeases: SourceLeases;
  readState(sourceId: string): Promise<SourceRuntime>;
  /** As a lost Redis does. */
  forget(sourceId: string): void;
}

interface Shelf {
  readonly contacts: Map<string, Buffer>;
  readonly state: Record<string, string>;
  epoch: string | null;
  leaseUntilMs: number;
  isWanted: boolean;
}

const leaseMs = 5000;

/** `onCommit` is told of every page that was committed; its events are kept nowhere else. */
export function createMemoryStore(
  now: () => number,
  onCommit: (sourceId: string, page: PageCommit) => void,
): MemoryStore {
  const shelves = new Map<string, Shelf>();

  function shelfOf(sourceId: string): Shelf {
    const found = shelves.get(sourceId);
    if (found !== undefined) return found;
    const shelf = {
      contacts: new Map(),
      state: {},
      epoch: null,
      leaseUntilMs: 0,
      isWanted: false,
    };
    shelves.set(sourceId, shelf);
    return shelf;
  }

  const contacts: Contacts = {
    async read(sourceId, contactIds) {
      const shelf = shelfOf(sourceId);
      return contactIds.map((id) => known(shelf.contacts.get(id), id));
    },
    async commit(sourceId, page) {
      const outcome = commitTo(shelfOf(sourceId), page);
      if (outcome.kind === 'committed') onCommit(sourceId, page);
      return outcome;
    },
    async *all(sourceId) {
      for (const [contactId, packed] of shelfOf(sourceId).contacts) {
        yield { contactId, snapshot: unpackSnapshot(packed, contactId) };
      }
    },
  };

  return {
    contacts,
    sourceLeases: memoryLeases(shelfOf, now),
    async readState(sourceId) {
      return parseSourceState(shelfOf(sourceId).state);
    },
    forget(sourceId) {
      shelves.delete(sourceId);
    },
  };
}

function known(packed: Buffer | undefined, contactId: string): KnownContact | null {
  return packed === undefined ? null : { snapshot: unpackSnapshot(packed, contactId), packed };
}

function commitTo(shelf: Shelf, { epoch, snapshots, state }: PageCommit): CommitOutcome {
  if (shelf.epoch !== epoch) return { kind: 'fenced' };
  const none = Buffer.alloc(0);
  const isSame = snapshots.every(({ contactId, before }) =>
    (shelf.contacts.get(contactId) ?? none).equals(before?.packed ?? none),
  );
  if (!isSame) return { kind: 'conflict' };
  const added = snapshots.filter(({ contactId }) => !shelf.contacts.has(contactId)).length;
  for (const { contactId, after } of snapshots) {
    shelf.contacts.set(contactId, packSnapshot(after, contactId));
  }
  for (const [name, value] of Object.entries(state)) shelf.state[name] = String(value);
  return { kind: 'committed', added, wanted: shelf.isWanted, tail: null };
}

function memoryLeases(shelfOf: (sourceId: string) => Shelf, now: () => number): SourceLeases {
  return {
    async acquire(sourceId): Promise<LeaseGrant> {
      const shelf = shelfOf(sourceId);
      if (shelf.leaseUntilMs > now()) {
        shelf.isWanted = true;
        return { kind: 'held' };
      }
      const epoch = String(Math.max(Number(shelf.epoch ?? 0) + 1, now() * 1000));
      Object.assign(shelf, { epoch, leaseUntilMs: now() + leaseMs, isWanted: false });
      return { kind: 'acquired', epoch };
    },
    // Held is held: renewals that never fail need no timer.
    hold(sourceId, epoch, signal) {
      const shelf = shelfOf(sourceId);
      const keepUntil = (timeMs: number) => {
        if (shelf.epoch === epoch) shelf.leaseUntilMs = timeMs;
      };
      keepUntil(Number.POSITIVE_INFINITY);
      return { signal, stop: () => keepUntil(now() + leaseMs) };
    },
    async release(sourceId, epoch) {
      const shelf = shelfOf(sourceId);
      if (shelf.epoch !== epoch) return false;
      const wasWanted = shelf.isWanted;
      Object.assign(shelf, { leaseUntilMs: 0, isWanted: false });
      return wasWanted;
    },
  };
}
