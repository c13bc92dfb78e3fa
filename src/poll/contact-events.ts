import { type ChangeEvent, deriveEventId, type EventType } from '#domain/change-event.ts';
import { type Contact, deletedStatus, type Snapshot, type Watched } from '#domain/contact.ts';
import { detailNames } from '#domain/contact-details.ts';

/** One event of an observation, without what it shares with the others. */
export interface Change {
  readonly type: EventType;
  /** The record as the inbox returned it, or what is left of it. */
  readonly contact: Readonly<Record<string, unknown>>;
  /** What tells this change from another of the same type and sequence. */
  readonly newValues: readonly unknown[];
  readonly details?: Pick<ChangeEvent['data'], 'reason' | 'changes'>;
}

/** What all events of one observation share. */
export interface EventMoment {
  readonly contactId: string;
  readonly sequence: number;
  /** The observation before this one, null at first sight. */
  readonly notBeforeMs: number | null;
  readonly notAfterMs: number;
}

export interface EventContext {
  readonly sourceId: string;
  readonly baseline: { readonly id: string };
  /** When the change was noticed, by our clock. */
  readonly nowMs: number;
}

/** All that differs, in the order of the catalogue. Only what both sides know is compared. */
export function listChanges(known: Snapshot, contact: Contact, watched: Watched): Change[] {
  const { record, status } = contact;
  const found: Change[] = [];
  if (status !== known.status) {
    const changes = { status: { from: known.status, to: status } };
    found.push({
      type: 'contact.status_changed',
      contact: record,
      newValues: [status],
      details: { changes },
    });
  }
  if (known.watched !== null) addWatchedChanges(found, known.watched, watched, contact);
  if (status === deletedStatus && known.status !== deletedStatus) {
    found.push(deletionOf({ ...contact, watched }, contact.id));
  }
  return found;
}

function addWatchedChanges(found: Change[], before: Watched, after: Watched, contact: Contact) {
  const { record, userMessageAtMs } = contact;
  if (before.agent !== after.agent) {
    const changes = { _agentAssigned: { from: before.agent, to: after.agent } };
    found.push({
      type: 'contact.assigned',
      contact: record,
      newValues: [after.agent],
      details: { changes },
    });
  }
  if (before.isLiveChatActive !== after.isLiveChatActive) {
    const { isLiveChatActive: to } = after;
    found.push({
      type: to ? 'contact.live_chat_started' : 'contact.live_chat_ended',
      contact: record,
      newValues: [to],
      details: { changes: { isLiveChatActive: { from: !to, to } } },
    });
  }
  if (userMessageAtMs !== null && userMessageAtMs > (before.userMessageAtMs ?? 0)) {
    found.push({
      type: 'contact.message_received',
      contact: record,
      newValues: [userMessageAtMs],
    });
  }
  addDetailChanges(found, before, after, contact);
}

/** Names the new values only: what they were before is personal data that nobody keeps. */
function addDetailChanges(found: Change[], before: Watched, after: Watched, contact: Contact) {
  const names = detailNames.filter((name) => before.details[name] !== after.details[name]);
  if (names.length === 0) return;
  const changes = names.map((name) => [name, { to: contact.details[name] ?? null }] as const);
  found.push({
    type: 'contact.updated',
    contact: contact.record,
    // Not the values: a list that comes in another order after a crash must not change the id.
    newValues: names.flatMap((name) => [name, after.details[name]]),
    details: { changes: Object.fromEntries(changes) },
  });
}

/** Tells what is known without personal data. */
export function deletionOf(
  known: Pick<Snapshot, 'createdAtMs' | 'status' | 'watched'>,
  contactId: string,
): Change {
  const { createdAtMs, status, watched } = known;
  return {
    type: 'contact.deleted',
    contact: {
      _id: contactId,
      createdAt: new Date(createdAtMs).toISOString(),
      status,
      ...(watched !== null && { _agentAssigned: watched.agent }),
    },
    newValues: [],
  };
}

export function makeEvent(change: Change, moment: EventMoment, context: EventContext): ChangeEvent {
  const { type, contact, newValues, details } = change;
  const { contactId, sequence, notBeforeMs, notAfterMs } = moment;
  const { sourceId, baseline, nowMs } = context;
  return {
    id: deriveEventId({
      source: sourceId,
      baseline: baseline.id,
      contact: contactId,
      type,
      sequence,
      newValues,
    }),
    type,
    timestamp: new Date(nowMs).toISOString(),
    data: {
      source: sourceId,
      sequence,
      contact,
      ...details,
      occurred: {
        notBefore: notBeforeMs === null ? null : new Date(notBeforeMs).toISOString(),
        notAfter: new Date(notAfterMs).toISOString(),
      },
    },
  };
}
