import type { Connection } from './connection.ts';
import { bucketCount } from './contact-buckets.ts';
import { keys, sourceKeys } from './keys.ts';
import { readSourceState, type SourceLeases, type SourceRuntime } from './source-state.ts';
import type { Sources } from './sources.ts';

/** Buckets dropped in one script call, which keeps Redis from everything else. */
const bucketsAtOnce = 512;

/** Who reads a source's inbox: the epoch of its lease, and the inbox that the source stands for. */
export interface Holder {
  readonly epoch: string;
  readonly inboxId: string | undefined;
}

/**
 * What is known of a source, for the holder of its lease. What was learned of another inbox is forgotten first, so whatever
 * changed the source's address or scope, and whenever, the new inbox starts with a silent baseline and is never news.
 */
export async function openSourceState(
  connection: Connection,
  sourceId: string,
  holder: Holder,
): Promise<SourceRuntime> {
  const found = await readSourceState(connection, sourceId);
  if (found.inboxId === holder.inboxId) return found;
  await forgetInbox(connection, sourceId, holder, found.baselineId !== undefined);
  return readSourceState(connection, sourceId);
}

/** A baseline's id comes with its first contacts and goes after the last of them: without one there are none. */
async function forgetInbox(
  connection: Connection,
  sourceId: string,
  { epoch, inboxId = '' }: Holder,
  hasContacts: boolean,
): Promise<void> {
  const { state, contacts } = sourceKeys(sourceId);
  for (let start = 0; hasContacts && start < bucketCount; start += bucketsAtOnce) {
    const buckets = Array.from({ length: bucketsAtOnce }, (_, index) => contacts(start + index));
    const call = { keys: [state, ...buckets], args: [epoch] };
    // Whoever came after us finds the old inbox's id still there, and does it all.
    if ((await connection.run('forget-contacts', call)) !== 1) return;
  }
  await connection.run('forget-inbox', { keys: [state], args: [epoch, inboxId] });
}

/** Forgets what is known of removed sources, and drops the rest once nobody can read their events any more. */
export interface RemovedSources {
  ids(): Promise<string[]>;
  /** Safe to repeat, and beside a source that comes back under the same id. */
  forget(sourceId: string): Promise<void>;
}

export function createRemovedSources(
  connection: Connection,
  sources: Pick<Sources, 'get' | 'removedIds'>,
  leases: Pick<SourceLeases, 'acquire' | 'release'>,
): RemovedSources {
  return {
    ids: () => sources.removedIds(),
    async forget(sourceId) {
      const grant = await leases.acquire(sourceId);
      // Its last poll has heard the knock; the next time will find it gone.
      if (grant.kind !== 'acquired') return;
      const { epoch } = grant;
      try {
        // Still there: someone is just removing it, or it came back. Asked under the lease: a poll cannot start meanwhile.
        if ((await sources.get(sourceId)) !== null) return;
        const { state } = sourceKeys(sourceId);
        if ((await connection.redis.hexists(state, 'baselineId')) === 1) {
          await forgetInbox(connection, sourceId, { epoch, inboxId: undefined }, true);
        }
        await dropIfRead(connection, sourceId, epoch);
      } finally {
        await leases.release(sourceId, epoch);
      }
    },
  };
}

async function dropIfRead(connection: Connection, sourceId: string, epoch: string): Promise<void> {
  const { state, log, ids } = sourceKeys(sourceId);
  if ((await connection.redis.xlen(log)) > 0) return;
  // In this order: a source that comes back and is removed again right after this is not overlooked.
  await connection.redis.srem(keys.removedSources, sourceId);
  await connection.run('drop-source', { keys: [state, log, ids], args: [epoch] });
}
