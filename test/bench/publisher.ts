import type { ChangeEvent } from '#domain/change-event.ts';
import type { Log } from '#log.ts';
import type { Parts } from '#parts.ts';
import { createRelay, type RelayLog } from '#relay/relay-log.ts';
import type { LogTail } from '#store/event-log.ts';

/** What a process with the role `poll` does with what it noticed. */
export interface Publisher {
  readonly relay: RelayLog;
  /** One page's events, in one script; answers what the relay is to do now. */
  commit(sourceId: string, events: readonly ChangeEvent[]): Promise<LogTail | null>;
}

export function createPublisher({ parts, log }: { parts: Parts; log: Log }): Publisher {
  const { contacts, sourceLeases, wakes } = parts;
  const epochs = new Map<string, string>();

  async function epochOf(sourceId: string): Promise<string> {
    const known = epochs.get(sourceId);
    if (known !== undefined) return known;
    const grant = await sourceLeases.acquire(sourceId);
    if (grant.kind !== 'acquired') throw new Error(`The lease on ${sourceId} is ${grant.kind}.`);
    epochs.set(sourceId, grant.epoch);
    return grant.epoch;
  }

  return {
    relay: createRelay({ ...parts, wake: wakes.lanes, log }),
    async commit(sourceId, events) {
      const epoch = await epochOf(sourceId);
      const outcome = await contacts.commit(sourceId, { epoch, snapshots: [], events, state: {} });
      if (outcome.kind !== 'committed') throw new Error(`The commit was answered ${outcome.kind}.`);
      return outcome.tail;
    },
  };
}
