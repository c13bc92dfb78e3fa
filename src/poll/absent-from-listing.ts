import type { Contacts } from '#store/contacts.ts';
import type { Reading } from '#store/source-state.ts';
import type { Stop } from './page-read.ts';
import type { PollSession } from './session.ts';

/** The third complete reading stands for the direct look-up, which this inbox cannot be asked for. */
const readingsNeeded = 3;
/** More than these at once, or this share, may be the inbox's fault, and have to be gone for a minute. */
const manyCount = 5;
const manyShare = 0.01;
const manyAfterMs = 60_000;
/** An inbox that shows less than half of what is known is not believed at all. */
const mostShare = 0.5;

/**
 * Where an inbox can only be read page by page: who was in none of the last complete readings is gone. To be called when one
 * has just ended. With a scope nobody can tell who was deleted from who left it, so nothing is announced.
 */
export async function concludeListing(
  contacts: Pick<Contacts, 'all'>,
  session: PollSession,
  { completedStartsMs }: Reading,
): Promise<Stop | { readonly kind: 'done' }> {
  const { source, memory, state } = session;
  const oldestMs = completedStartsMs[readingsNeeded - 1];
  const newestMs = completedStartsMs[0];
  if (oldestMs === undefined || newestMs === undefined) return { kind: 'done' };
  // Records that were shown but not believed leave no trace in the snapshots, only in memory.
  if (memory.sinceMs > oldestMs) return { kind: 'done' };
  const seenSinceMs = oldestMs + (state.clockOffsetMs ?? 0);
  const absent: string[] = [];
  for await (const { contactId, snapshot } of contacts.all(source.id)) {
    const shownAtMs = memory.shownAtMs.get(contactId) ?? Number.NEGATIVE_INFINITY;
    const isSeen = snapshot.observedAtMs >= seenSinceMs || shownAtMs >= oldestMs;
    if (snapshot.presence === 'listed' && !isSeen) absent.push(contactId);
  }
  if (!isBelievable(absent.length, memory.index.size, newestMs - oldestMs)) return { kind: 'done' };
  const kind = source.scope === undefined ? 'deleted' : 'left';
  for (const contactId of absent) {
    const committed = await session.commitAbsence({ contactId, kind });
    if (committed.kind !== 'done') return committed;
  }
  return { kind: 'done' };
}

function isBelievable(absent: number, known: number, spanMs: number): boolean {
  if (absent > known * mostShare) return false;
  return absent <= Math.max(manyCount, known * manyShare) || spanMs >= manyAfterMs;
}
