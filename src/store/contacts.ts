import type { ChangeEvent } from '#domain/change-event.ts';
import type { Snapshot } from '#domain/contact.ts';
import type { Connection, ScriptArgument } from './connection.ts';
import { bucketCount, bucketOf, packContactId, unpackContactId } from './contact-buckets.ts';
import { sourceKeys } from './keys.ts';
import { packList } from './packed-list.ts';
import { packSnapshot, unpackSnapshot } from './snapshot-codec.ts';
import type { StateFields } from './source-state.ts';

/** A snapshot as it was read, with the bytes that a commit compares against. */
export interface KnownContact {
  readonly snapshot: Snapshot;
  readonly packed: Buffer;
}

export interface SnapshotChange {
  readonly contactId: string;
  /** What was read before, null for a contact not known yet. */
  readonly before: KnownContact | null;
  readonly after: Snapshot;
}

/** All that one page changes, committed together or not at all. */
export interface PageCommit {
  readonly epoch: string;
  readonly snapshots: readonly SnapshotChange[];
  readonly events: readonly ChangeEvent[];
  readonly state: StateFields;
}

export type CommitOutcome =
  /** `wanted`: someone else waits for the lease. */
  | { readonly kind: 'committed'; readonly added: number; readonly wanted: boolean }
  /** The snapshots moved since they were read: read and compare again. */
  | { readonly kind: 'conflict' }
  /** Another holder has the source, or Redis was emptied: write nothing more. */
  | { readonly kind: 'fenced' };

export interface Contacts {
  read(sourceId: string, contactIds: readonly string[]): Promise<(KnownContact | null)[]>;
  commit(sourceId: string, commit: PageCommit): Promise<CommitOutcome>;
  /** Everyone that is known of a source, in no order; what is committed meanwhile may be missing. */
  all(sourceId: string): AsyncIterable<RememberedContact>;
}

export interface RememberedContact {
  readonly contactId: string;
  readonly snapshot: Snapshot;
}

export function createContacts(connection: Connection): Contacts {
  return {
    async read(sourceId, contactIds) {
      if (contactIds.length === 0) return [];
      const { contacts } = sourceKeys(sourceId);
      const reply = await connection.runForBytes('read-snapshots', {
        keys: contactIds.map((id) => contacts(bucketOf(id))),
        args: [packList(contactIds.map(packContactId))],
      });
      const packed = reply as (Buffer | null)[];
      return contactIds.map((id, index) => {
        const bytes = packed[index];
        return bytes ? { snapshot: unpackSnapshot(bytes, id), packed: bytes } : null;
      });
    },
    async commit(sourceId, commit) {
      const reply = await connection.run('commit-page', commitCall(sourceId, commit));
      const [kind, added, wanted] = reply as [CommitOutcome['kind'], number, number];
      return kind === 'committed' ? { kind, added, wanted: wanted === 1 } : { kind };
    },
    all: (sourceId) => readAll(connection, sourceId),
  };
}

/** Buckets read in one script call, which keeps Redis from everything else for about a millisecond. */
const bucketsAtOnce = 256;

async function* readAll(
  connection: Connection,
  sourceId: string,
): AsyncGenerator<RememberedContact> {
  const { contacts } = sourceKeys(sourceId);
  for (let start = 0; start < bucketCount; start += bucketsAtOnce) {
    const keys = Array.from({ length: bucketsAtOnce }, (_, index) => contacts(start + index));
    const reply = await connection.runForBytes('read-buckets', { keys, args: [] });
    const pairs = reply as Buffer[];
    for (let index = 0; index < pairs.length; index += 2) {
      const [field, packed] = [pairs[index], pairs[index + 1]];
      if (field === undefined || packed === undefined) break;
      const contactId = unpackContactId(field);
      yield { contactId, snapshot: unpackSnapshot(packed, contactId) };
    }
  }
}

const none = Buffer.alloc(0);

function commitCall(sourceId: string, { epoch, snapshots, events, state }: PageCommit) {
  const names = sourceKeys(sourceId);
  const keys = [names.state, names.log, names.ids];
  const fields = Object.entries(state);
  const packed: Buffer[] = [];
  for (const { contactId, before, after } of snapshots) {
    keys.push(names.contacts(bucketOf(contactId)));
    packed.push(packContactId(contactId), before?.packed ?? none, packSnapshot(after, contactId));
  }
  const args: ScriptArgument[] = [epoch, packList(packed), events.length, fields.length];
  for (const event of events) {
    const contactId = String(event.data.contact?._id ?? '');
    args.push(event.id, event.type, contactId, JSON.stringify(event));
  }
  for (const [name, value] of fields) args.push(name, value);
  return { keys, args };
}
