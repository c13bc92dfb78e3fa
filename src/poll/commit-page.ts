import type { ChangeEvent } from '#domain/change-event.ts';
import type { Contact } from '#domain/contact.ts';
import type { Contacts, KnownContact, SnapshotChange } from '#store/contacts.ts';
import type { StateFields } from '#store/source-state.ts';
import type { DiffContext } from './diff.ts';
import { diffContact } from './diff.ts';

export interface PageTally {
  readonly events: number;
  readonly stale: number;
  readonly lateSeeds: number;
  readonly added: number;
  /** Someone else waits for the lease. */
  readonly wanted: boolean;
}

export type PageOutcome =
  | ({ readonly kind: 'committed' } & PageTally)
  | { readonly kind: 'fenced' };

/** Compares one page with what is known and commits what it says, together with the state fields that go with it. */
export async function commitPage(
  contacts: Contacts,
  epoch: string,
  page: readonly Contact[],
  context: DiffContext,
  stateFor: (counts: { readonly added: number; readonly lateSeeds: number }) => StateFields,
): Promise<PageOutcome> {
  const distinct = latestOfEach(page);
  const ids = distinct.map(({ id }) => id);
  for (;;) {
    const known = await contacts.read(context.sourceId, ids);
    const { snapshots, events, ...tally } = comparePage(distinct, known, context);
    const added = snapshots.filter(({ before }) => before === null).length;
    const state = stateFor({ added, lateSeeds: tally.lateSeeds });
    const outcome = await contacts.commit(context.sourceId, { epoch, snapshots, events, state });
    if (outcome.kind === 'fenced') return outcome;
    if (outcome.kind === 'committed') return { ...outcome, ...tally, events: events.length };
    // The lease holder is the only writer, so a conflict means its own script ran twice: what it wrote is known now.
  }
}

function comparePage(
  page: readonly Contact[],
  known: readonly (KnownContact | null)[],
  context: DiffContext,
) {
  const snapshots: SnapshotChange[] = [];
  const events: ChangeEvent[] = [];
  let stale = 0;
  let lateSeeds = 0;
  for (const [index, contact] of page.entries()) {
    const before = known[index] ?? null;
    const diff = diffContact(before?.snapshot ?? null, contact, context);
    if (diff.kind === 'stale') {
      stale += 1;
      continue;
    }
    snapshots.push({ contactId: contact.id, before, after: diff.after });
    if (diff.event !== null) events.push(diff.event);
    if (diff.firstSight === 'late_seed') lateSeeds += 1;
  }
  return { snapshots, events, stale, lateSeeds };
}

/** An inbox that shifts under the reader can show a contact twice on one page. */
function latestOfEach(page: readonly Contact[]): Contact[] {
  const latest = new Map<string, Contact>();
  for (const contact of page) {
    const other = latest.get(contact.id);
    if (other === undefined || (contact.updatedAtMs ?? 0) >= (other.updatedAtMs ?? 0)) {
      latest.set(contact.id, contact);
    }
  }
  return [...latest.values()];
}
