import type { SimulatedContact } from './contact.ts';
import { createRoster, type Lists } from './roster.ts';
import type { SortOrder } from './settings.ts';

/** The contacts as they were a while ago. */
export interface Replica {
  /** `now` is when the contact was written to. */
  noteWrite(contact: SimulatedContact, nowMs: number): void;
  noteRemoval(contact: SimulatedContact, nowMs: number): void;
  lists(nowMs: number): Lists;
}

export function createReplica(
  sort: SortOrder,
  history: readonly SimulatedContact[],
  lagMs: number,
): Replica {
  const roster = createRoster(
    sort,
    history.map((contact) => ({ ...contact })),
  );
  // In the order of time.
  const pending: { readonly dueMs: number; readonly apply: () => void }[] = [];

  function overwrite(written: SimulatedContact) {
    const contact = roster.find(written.id);
    if (contact === undefined) return roster.add(written);
    Object.assign(contact, written);
    roster.refile(contact);
  }

  return {
    noteWrite(contact, nowMs) {
      const written = { ...contact };
      pending.push({ dueMs: nowMs + lagMs, apply: () => overwrite(written) });
    },
    noteRemoval({ id }, nowMs) {
      const apply = () => {
        const contact = roster.find(id);
        if (contact !== undefined) roster.remove(contact);
      };
      pending.push({ dueMs: nowMs + lagMs, apply });
    },
    lists(nowMs) {
      for (let next = pending[0]; next !== undefined && next.dueMs <= nowMs; next = pending[0]) {
        pending.shift();
        next.apply();
      }
      return roster;
    },
  };
}
