import { type ChangeEvent, type CreatedReason, nextSequence } from '#domain/change-event.ts';
import { type Contact, deletedStatus, type Snapshot, type Watched } from '#domain/contact.ts';
import { digestDetails } from '#domain/contact-details.ts';
import { type Change, type EventContext, listChanges, makeEvent } from './contact-events.ts';
import { type Baseline, type FirstSight, judgeFirstSight } from './first-sight.ts';
import type { HeldObservations } from './held-observations.ts';
import { orderOf } from './observation-order.ts';
import type { ObservationTime } from './observation-time.ts';

export interface DiffContext extends EventContext {
  readonly baseline: Baseline;
  readonly observed: ObservationTime;
  /** This answer is the second look at what an earlier one said. */
  readonly confirming: boolean;
  readonly held: HeldObservations;
  /** Whether another answer has shown that somebody is no longer what they were. */
  readonly isMissing: (contactId: string) => boolean;
}

export type ContactDiff =
  /** The answer is older than what is known; nothing in it counts. */
  | { readonly kind: 'stale' }
  | {
      readonly kind: 'seen';
      readonly after: Snapshot;
      /** In the order in which they are to be told. */
      readonly events: readonly ChangeEvent[];
      readonly firstSight: FirstSight['kind'] | null;
      /** Another state without another `updatedAt`: maybe of an inbox whose parts do not agree. */
      readonly isDoubtful: boolean;
    };

/** What one record says against what is known of its contact. Only watched fields count; everything else is noise. */
export function diffContact(
  known: Snapshot | null,
  contact: Contact,
  context: DiffContext,
): ContactDiff {
  if (known === null) return firstSightOf(contact, context);
  const order = orderOf(known, contact, context);
  if (order === 'stale') return { kind: 'stale' };
  const watched = watchedOf(contact, known.watched);
  const changes = changesOf(known, contact, watched);
  const sequence = changes.length === 0 ? known.sequence : nextSequence(known.sequence, contact);
  return {
    kind: 'seen',
    after: snapshotOf(contact, watched, { createdAtMs: known.createdAtMs, sequence }, context),
    events: changes.length === 0 ? noEvents : tell(changes, contact, sequence, known, context),
    firstSight: null,
    isDoubtful: order === 'tied' && hasMoved(known, contact),
  };
}

const noEvents: readonly ChangeEvent[] = [];

function changesOf(known: Snapshot, contact: Contact, watched: Watched): Change[] {
  const wasDeleted = known.presence === 'deleted' || known.status === deletedStatus;
  if (!wasDeleted) return listChanges(known, contact, watched);
  if (contact.status !== deletedStatus) return [creationOf(contact, 'returned')];
  // That it is gone has been told, whichever way it was found out.
  return known.presence === 'deleted' ? [] : listChanges(known, contact, watched);
}

/**
 * Whether the state differs that people act on, and that must therefore not flap. Messages and details may be written
 * beside the contact, without its `updatedAt`, and are taken as they come.
 */
export function hasMoved(known: Snapshot, contact: Contact): boolean {
  const { watched } = known;
  if (contact.status !== known.status || known.presence === 'deleted') return true;
  if (watched === null) return false;
  return watched.agent !== contact.agent || watched.isLiveChatActive !== contact.isLiveChatActive;
}

function firstSightOf(contact: Contact, context: DiffContext): ContactDiff {
  const judged = judgeFirstSight(contact, context.baseline);
  const { createdAtMs } = contact;
  const sequence = nextSequence(null, contact);
  const changes = judged.kind === 'created' ? [creationOf(contact, judged.reason)] : [];
  return {
    kind: 'seen',
    after: snapshotOf(contact, watchedOf(contact, null), { createdAtMs, sequence }, context),
    events: tell(changes, contact, sequence, null, context),
    firstSight: judged.kind,
    isDoubtful: false,
  };
}

function creationOf(contact: Contact, reason: CreatedReason): Change {
  return {
    type: 'contact.created',
    contact: contact.record,
    newValues: [],
    details: { reason },
  };
}

function watchedOf(contact: Contact, known: Watched | null): Watched {
  const { agent, isLiveChatActive, userMessageAtMs, details } = contact;
  return {
    agent,
    isLiveChatActive,
    // Someone who answers does not make the visitor's message unseen.
    userMessageAtMs: latest(userMessageAtMs, known?.userMessageAtMs ?? null),
    details: digestDetails(details),
  };
}

function latest(left: number | null, right: number | null): number | null {
  return left === null || right === null ? (left ?? right) : Math.max(left, right);
}

function snapshotOf(
  contact: Contact,
  watched: Watched,
  { createdAtMs, sequence }: Pick<Snapshot, 'createdAtMs' | 'sequence'>,
  { observed }: DiffContext,
): Snapshot {
  return {
    status: contact.status,
    sequence,
    createdAtMs,
    updatedAtMs: contact.updatedAtMs,
    observedAtMs: observed.fromMs,
    presence: 'listed',
    watched,
  };
}

function tell(
  changes: readonly Change[],
  contact: Contact,
  sequence: number,
  known: Snapshot | null,
  context: DiffContext,
): ChangeEvent[] {
  const moment = {
    contactId: contact.id,
    sequence,
    ...bracketOf(known, contact, context.observed),
  };
  return changes.map((change) => makeEvent(change, moment, context));
}

/** Between which moments it happened: the last observation, and the earlier of the last write and this one. */
function bracketOf(
  known: Snapshot | null,
  contact: Contact,
  observed: ObservationTime,
): { readonly notBeforeMs: number | null; readonly notAfterMs: number } {
  const notBeforeMs = known?.observedAtMs ?? null;
  const writtenAtMs = Math.min(contact.updatedAtMs ?? observed.toMs, observed.toMs);
  if (notBeforeMs === null || writtenAtMs > notBeforeMs) {
    return { notBeforeMs, notAfterMs: writtenAtMs };
  }
  // Written before the last answer, which did not show it: that one was of an older state, as old as its own last write.
  const stateAtMs = known?.updatedAtMs ?? null;
  if (stateAtMs !== null && stateAtMs < writtenAtMs) {
    return { notBeforeMs: stateAtMs, notAfterMs: writtenAtMs };
  }
  return { notBeforeMs, notAfterMs: observed.toMs };
}
