import type { ChangeEvent } from '#domain/change-event.ts';
import { deletedStatus, type Presence, type Snapshot } from '#domain/contact.ts';
import { deletionOf, type EventContext, makeEvent } from './contact-events.ts';
import type { ObservationTime } from './observation-time.ts';

export interface AbsenceContext extends EventContext {
  /** When the contact was looked up, in the inbox's time. */
  readonly observed: ObservationTime;
}

/**
 * What becomes of a contact that a look-up did not find; null when that was known already, or when it has been seen since.
 * Who has left is still there, but not in the part of the inbox that the source reads: nothing to announce.
 */
export function absentContact(
  known: Snapshot,
  contactId: string,
  kind: Exclude<Presence, 'listed'>,
  context: AbsenceContext,
): { readonly after: Snapshot; readonly event: ChangeEvent | null } | null {
  const { observed } = context;
  const isKnown = known.presence === kind || known.presence === 'deleted';
  if (isKnown || known.observedAtMs > observed.fromMs) return null;
  const after = { ...known, presence: kind, observedAtMs: observed.fromMs };
  if (kind === 'left' || known.status === deletedStatus) return { after, event: null };
  const sequence = known.sequence + 1;
  const moment = {
    contactId,
    sequence,
    notBeforeMs: known.observedAtMs,
    notAfterMs: observed.toMs,
  };
  const event = makeEvent(deletionOf(known, contactId), moment, context);
  return { after: { ...after, sequence }, event };
}
