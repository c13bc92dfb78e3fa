import type { ChangeEvent } from '#domain/change-event.ts';
import type { Snapshot } from '#domain/contact.ts';
import { refOf } from '#domain/delivery.ts';
import type { Connection, ScriptArgument, ScriptCall } from './connection.ts';
import { bucketCount, bucketOf, packContactId, unpackContactId } from './contact-buckets.ts';
import type { LoggedEvent, LogTail } from './event-log.ts';
import { keys, sourceKeys } from './keys.ts';
import type { LogId } from './log-id.ts';
import { packList } from './packed-list.ts';
import type { RecentBodies } from './recent-bodies.ts';
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
  | {
      readonly kind: 'committed';
      readonly added: number;
      /** Someone else waits for the lease. */
      readonly wanted: boolean;
      /** What the relay is to do now; null where it has to look for itself, or has nothing to do. */
      readonly tail: LogTail | null;
    }
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

export function createContacts(connection: Connection, recent: RecentBodies): Contacts {
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
      const bodies = commit.events.map((event) => Buffer.from(JSON.stringify(event)));
      const call = commitCall(sourceId, commit, bodies);
      const reply = (await connection.run('commit-page', call)) as CommitReply;
      const [kind, added = 0, wanted, tail = null] = reply;
      if (kind !== 'committed') return { kind };
      return {
        kind,
        added,
        wanted: wanted === 1,
        tail: tail && toTail(recent, sourceId, tail, commit.events, bodies),
      };
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
    const names = Array.from({ length: bucketsAtOnce }, (_, index) => contacts(start + index));
    const reply = await connection.runForBytes('read-buckets', { keys: names, args: [] });
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

function commitCall(
  sourceId: string,
  { epoch, snapshots, events, state }: PageCommit,
  bodies: readonly Buffer[],
): ScriptCall {
  const names = sourceKeys(sourceId);
  const all = [names.state, names.log, names.ids];
  const fields = Object.entries(state);
  const packed: Buffer[] = [];
  for (const { contactId, before, after } of snapshots) {
    all.push(names.contacts(bucketOf(contactId)));
    packed.push(packContactId(contactId), before?.packed ?? none, packSnapshot(after, contactId));
  }
  const args: ScriptArgument[] = [epoch, packList(packed), events.length, fields.length];
  for (const [index, event] of events.entries()) {
    const contactId = String(event.data.contact?._id ?? '');
    args.push(event.id, event.type, contactId, bodies[index] as Buffer);
  }
  for (const [name, value] of fields) args.push(name, value);
  return { keys: all, args, alongside: [keys.subscriptions.version] };
}

type CommitReply = readonly [
  kind: CommitOutcome['kind'],
  added?: number,
  wanted?: number,
  tail?: TailReply,
];
type TailReply = readonly [
  generation: string,
  mark: LogId,
  subscriptions: string | null,
  logIds: readonly LogId[],
];

/** What was just committed needs not be read. */
function toTail(
  recent: RecentBodies,
  sourceId: string,
  [generation, mark, subscriptions, logIds]: TailReply,
  events: readonly ChangeEvent[],
  bodies: readonly Buffer[],
): LogTail {
  const logged = events.map((event, index): LoggedEvent => {
    const logId = logIds[index] as LogId;
    recent.keep(refOf(sourceId, logId, event), bodies[index] as Buffer);
    return { logId, event };
  });
  const end = logIds.at(-1) ?? mark;
  const position = { generation: Number(generation), relayedUpTo: mark, end };
  return { position, events: logged, subscriptions };
}
