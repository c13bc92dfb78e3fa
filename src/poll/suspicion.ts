import { type Contact, deletedStatus, type Snapshot } from '#domain/contact.ts';
import { hasMoved } from './diff.ts';
import type { HeldObservations } from './held-observations.ts';
import type { ObservationTime } from './observation-time.ts';

/** One record of a page that is not older than what is known. */
export interface SeenContact {
  readonly contact: Contact;
  readonly before: Snapshot | null;
  readonly isDoubtful: boolean;
}

interface SuspicionContext {
  readonly observed: ObservationTime;
  readonly held: HeldObservations;
  /** Whether another answer has shown that somebody is no longer what they were. */
  readonly isMissing: (contactId: string) => boolean;
}

/** Fewer say nothing about the page they stand on. */
const leastKnown = 10;
const mostFlips = 0.3;

/**
 * Who must be seen a second time before anything of them is written: those in doubt by themselves, all that change their
 * status on a page where too many do at once, and those held before who now show something else again.
 */
export function findSuspects(page: readonly SeenContact[], context: SuspicionContext): Contact[] {
  const { held } = context;
  const flips = massFlips(page, context);
  const suspects: Contact[] = [];
  for (const seen of page) {
    const { contact, before } = seen;
    const isHeld = before !== null && held.has(contact.id) && hasMoved(before, contact);
    if (!seen.isDoubtful && !isHeld && !flips.has(contact)) continue;
    if (!isConfirmed(contact, context)) suspects.push(contact);
  }
  return suspects;
}

/** Written is what holds; the others wait for a later reading. */
export function rememberSuspects(
  suspects: readonly Contact[],
  written: readonly { readonly contactId: string }[],
  { observed, held }: SuspicionContext,
): void {
  for (const { contactId } of written) held.release(contactId);
  for (const contact of suspects) held.hold(contact.id, shownBy(contact), observed.fromMs);
}

const nobody: ReadonlySet<Contact> = new Set();

function massFlips(page: readonly SeenContact[], context: SuspicionContext): ReadonlySet<Contact> {
  let known = 0;
  const flips = new Set<Contact>();
  for (const { contact, before } of page) {
    if (before === null) continue;
    known += 1;
    // Who was missing from the list of their old status has been read twice with this.
    const isCertain = isConfirmed(contact, context) || context.isMissing(contact.id);
    if (isFlip(before, contact) && !isCertain) flips.add(contact);
  }
  return known >= leastKnown && flips.size > known * mostFlips ? flips : nobody;
}

/** A return from deletion is none: it is announced as such. */
function isFlip(before: Snapshot, contact: Contact): boolean {
  const wasDeleted = before.presence === 'deleted' || before.status === deletedStatus;
  return before.status !== contact.status && !wasDeleted;
}

function isConfirmed(contact: Contact, { observed, held }: SuspicionContext): boolean {
  return held.isConfirmed(contact.id, shownBy(contact), observed.fromMs);
}

/** What a second reading has to agree on. */
function shownBy({ status, agent, isLiveChatActive }: Contact): string {
  return JSON.stringify([status, agent, isLiveChatActive]);
}
