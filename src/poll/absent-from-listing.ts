import type { Contacts } from '#store/contacts.ts';
import type { Reading } from '#store/source-state.ts';
import { areMany, manyAbsentForMs } from './many-absent.ts';
import type { Stop } from './page-read.ts';
import type { PollSession } from './session.ts';

/** The third complete reading stands for the direct look-up, which this inbox cannot be asked for. */
const readingsNeeded = 3;
/** An inbox in which people are missing from one reading and there again in the next is believed later. */
const readingsNeededOfUnreliable = 6;
/** An inbox that shows less than half of what is known is not believed at all. */
const mostShare = 0.5;

type Done = { readonly kind: 'done' };

/**
 * Where an inbox can only be read page by page: who was in none of the last complete readings is gone. To be called when one
 * has just ended. With a scope nobody can tell who was deleted from who left it, so nothing is announced.
 */
export async function concludeListing(
  contacts: Pick<Contacts, 'all'>,
  session: PollSession,
  { completedStartsMs }: Reading,
): Promise<Stop | Done> {
  const [newestMs] = completedStartsMs;
  if (newestMs === undefined || completedStartsMs.length < readingsNeeded) return { kind: 'done' };
  const unseen = await unseenSince(contacts, session, newestMs);
  const known = session.memory.index.size;
  const goneSince = (startMs: number) =>
    unseen.filter(({ seenAtMs }) => seenAtMs < startMs).map(({ contactId }) => contactId);
  const needed = readingsNeeded - 1;
  const gone = goneSince(completedStartsMs[needed] ?? 0);
  const isUnreliable = areMany(unseen.length - gone.length, known);
  const oldestMs = completedStartsMs[isUnreliable ? readingsNeededOfUnreliable - 1 : needed];
  if (oldestMs === undefined) return { kind: 'done' };
  const absent = goneSince(oldestMs);
  // A small inbox is read more often than that, so it takes more readings.
  const isMany = areMany(absent.length, known);
  const startMs = isMany ? Math.min(oldestMs, newestMs - manyAbsentForMs) : oldestMs;
  // Records that were shown but not believed leave no trace in the snapshots, only in memory.
  const isRemembered = session.memory.sinceMs <= startMs;
  if (!isRemembered || absent.length > known * mostShare) return { kind: 'done' };
  return announce(session, goneSince(startMs));
}

interface Unseen {
  readonly contactId: string;
  /** By our clock. */
  readonly seenAtMs: number;
}

async function unseenSince(
  contacts: Pick<Contacts, 'all'>,
  { source, memory, state }: PollSession,
  sinceMs: number,
): Promise<Unseen[]> {
  const unseen: Unseen[] = [];
  for await (const { contactId, snapshot } of contacts.all(source.id)) {
    const shownAtMs = memory.shownAtMs.get(contactId) ?? Number.NEGATIVE_INFINITY;
    const seenAtMs = Math.max(snapshot.observedAtMs - (state.clockOffsetMs ?? 0), shownAtMs);
    if (snapshot.presence === 'listed' && seenAtMs < sinceMs) unseen.push({ contactId, seenAtMs });
  }
  return unseen;
}

async function announce(session: PollSession, absent: readonly string[]): Promise<Stop | Done> {
  const kind = session.source.scope === undefined ? 'deleted' : 'left';
  for (const contactId of absent) {
    const committed = await session.commitAbsence({ contactId, kind });
    if (committed.kind !== 'done') return committed;
  }
  return { kind: 'done' };
}
