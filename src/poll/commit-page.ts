import type { ChangeEvent } from '#domain/change-event.ts';
import type { Contact, Presence, Snapshot } from '#domain/contact.ts';
import type { Contacts, KnownContact, SnapshotChange } from '#store/contacts.ts';
import type { StateFields } from '#store/source-state.ts';
import { type AbsenceContext, absentContact } from './absent-contact.ts';
import { type ContactDiff, type DiffContext, diffContact } from './diff.ts';
import { findSuspects, rememberSuspects, type SeenContact } from './suspicion.ts';

/** What a commit does to the contacts of a source. */
export interface CommitCounts {
  readonly added: number;
  readonly lateSeeds: number;
  /** How many more are listed than before; negative when some are gone. */
  readonly listed: number;
  /** Whether anyone was added, or changed status or presence. */
  readonly moved: boolean;
}

interface AppliedChange {
  readonly contactId: string;
  readonly before: Snapshot | null;
  readonly after: Snapshot;
}

export type PageOutcome =
  | {
      readonly kind: 'committed';
      readonly events: number;
      readonly stale: number;
      readonly lateSeeds: number;
      readonly added: number;
      /** Someone else waits for the lease. */
      readonly wanted: boolean;
      readonly applied: readonly AppliedChange[];
      /** Contacts of whom nothing was written: what was shown of them waits for a later reading that shows the same. */
      readonly held: readonly string[];
    }
  | { readonly kind: 'fenced' };

/** What a look-up proved of a contact that the inbox no longer lists. */
export interface Absence {
  readonly contactId: string;
  readonly kind: Exclude<Presence, 'listed'>;
}

type StateFor = (counts: CommitCounts) => StateFields;

/** Compares one page with what is known and commits what it says, together with the state fields that go with it. */
export async function commitPage(
  contacts: Contacts,
  epoch: string,
  page: readonly Contact[],
  context: DiffContext,
  stateFor: StateFor,
): Promise<PageOutcome> {
  const distinct = latestOfEach(page);
  const compare = (known: Known) => comparePage(distinct, known, context);
  const ids = distinct.map(({ id }) => id);
  const write = { contacts, epoch, sourceId: context.sourceId, stateFor };
  const { outcome, compared } = await commitCompared(write, ids, compare);
  if (outcome.kind === 'committed') {
    rememberSuspects(compared.suspects, compared.snapshots, context);
  }
  return outcome;
}

/** Commits what is proved of contacts that are not listed, one event for each that is news. */
export async function commitAbsences(
  contacts: Contacts,
  epoch: string,
  absences: readonly Absence[],
  context: AbsenceContext,
  stateFor: StateFor,
): Promise<PageOutcome> {
  const ids = absences.map(({ contactId }) => contactId);
  const compare = (known: Known) => compareAbsences(absences, known, context);
  const write = { contacts, epoch, sourceId: context.sourceId, stateFor };
  return (await commitCompared(write, ids, compare)).outcome;
}

type SeenDiff = Extract<ContactDiff, { kind: 'seen' }>;
type Known = readonly (KnownContact | null)[];

/** What some contacts come to when they are compared with what is known of them. */
interface Comparison {
  readonly snapshots: readonly SnapshotChange[];
  readonly events: readonly ChangeEvent[];
  readonly suspects: readonly Contact[];
  readonly stale: number;
  readonly lateSeeds: number;
}

async function commitCompared(
  write: {
    readonly contacts: Contacts;
    readonly epoch: string;
    readonly sourceId: string;
    readonly stateFor: StateFor;
  },
  ids: readonly string[],
  compare: (known: Known) => Comparison,
): Promise<{ readonly outcome: PageOutcome; readonly compared: Comparison }> {
  const { contacts, epoch, sourceId, stateFor } = write;
  for (;;) {
    const compared = compare(await contacts.read(sourceId, ids));
    const { snapshots, events, suspects, stale, lateSeeds } = compared;
    const applied = snapshots.map(toApplied);
    const added = applied.filter(({ before }) => before === null).length;
    const listed = countListed(applied);
    const state = stateFor({ added, lateSeeds, listed, moved: applied.some(isMoved) });
    const outcome = await contacts.commit(sourceId, { epoch, snapshots, events, state });
    if (outcome.kind === 'fenced') return { outcome, compared };
    if (outcome.kind === 'committed') {
      const held = suspects.map(({ id }) => id);
      const tally = { events: events.length, stale, lateSeeds, applied, held };
      return { outcome: { ...outcome, ...tally }, compared };
    }
    // The lease holder is the only writer, so a conflict means its own script ran twice: what it wrote is known now.
  }
}

function toApplied({ contactId, before, after }: SnapshotChange): AppliedChange {
  return { contactId, before: before?.snapshot ?? null, after };
}

function countListed(applied: readonly AppliedChange[]): number {
  const isListed = (snapshot: Snapshot | null) => Number(snapshot?.presence === 'listed');
  return applied.reduce((sum, { before, after }) => sum + isListed(after) - isListed(before), 0);
}

function isMoved({ before, after }: AppliedChange): boolean {
  return before?.status !== after.status || before.presence !== after.presence;
}

function comparePage(page: readonly Contact[], known: Known, context: DiffContext): Comparison {
  const seen: (SeenContact & { readonly change: SnapshotChange; readonly diff: SeenDiff })[] = [];
  for (const [index, contact] of page.entries()) {
    const before = known[index] ?? null;
    const diff = diffContact(before?.snapshot ?? null, contact, context);
    if (diff.kind === 'stale') continue;
    const change = { contactId: contact.id, before, after: diff.after };
    const { isDoubtful } = diff;
    seen.push({ contact, before: before?.snapshot ?? null, isDoubtful, change, diff });
  }
  const suspects = findSuspects(seen, context);
  const isSuspect = new Set(suspects);
  const believed =
    suspects.length === 0 ? seen : seen.filter((each) => !isSuspect.has(each.contact));
  return {
    snapshots: believed.map(({ change }) => change),
    events: believed.flatMap(({ diff }) => diff.events),
    suspects,
    stale: page.length - seen.length,
    lateSeeds: believed.filter(({ diff }) => diff.firstSight === 'late_seed').length,
  };
}

function compareAbsences(
  absences: readonly Absence[],
  known: Known,
  context: AbsenceContext,
): Comparison {
  const snapshots: SnapshotChange[] = [];
  const events: ChangeEvent[] = [];
  for (const [index, { contactId, kind }] of absences.entries()) {
    const before = known[index] ?? null;
    const absent = before && absentContact(before.snapshot, contactId, kind, context);
    if (before === null || absent === null) continue;
    snapshots.push({ contactId, before, after: absent.after });
    if (absent.event !== null) events.push(absent.event);
  }
  return { snapshots, events, suspects: [], stale: 0, lateSeeds: 0 };
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
