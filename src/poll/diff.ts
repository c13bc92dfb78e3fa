import type { ChangeEvent, EventType } from '#domain/change-event.ts';
import { deriveEventId, nextSequence } from '#domain/change-event.ts';
import type { Contact, Snapshot } from '#domain/contact.ts';
import { digestDetails } from '#domain/contact-details.ts';
import type { Baseline, FirstSight } from './first-sight.ts';
import { judgeFirstSight } from './first-sight.ts';
import type { ObservationTime } from './observation-time.ts';

export interface DiffContext {
  readonly sourceId: string;
  readonly baseline: Baseline;
  readonly observed: ObservationTime;
  /** When the change was noticed, by our clock. */
  readonly nowMs: number;
}

export type ContactDiff =
  /** The answer is older than what is known; nothing in it counts. */
  | { readonly kind: 'stale' }
  | {
      readonly kind: 'seen';
      readonly after: Snapshot;
      readonly event: ChangeEvent | null;
      readonly firstSight: FirstSight['kind'] | null;
    };

/** What one record says against what is known of its contact. Only watched fields count; everything else is noise. */
export function diffContact(
  known: Snapshot | null,
  contact: Contact,
  context: DiffContext,
): ContactDiff {
  if (known === null) return firstSightOf(contact, context);
  if (isOlder(contact, known)) return { kind: 'stale' };
  const after = { ...snapshotOf(contact, context), createdAtMs: known.createdAtMs };
  if (contact.status === known.status) {
    return {
      kind: 'seen',
      after: { ...after, sequence: known.sequence },
      event: null,
      firstSight: null,
    };
  }
  const sequence = nextSequence(known.sequence, contact);
  const change = { from: known.status, to: contact.status };
  const event = makeEvent('contact.status_changed', contact, sequence, context, {
    newValues: [contact.status],
    notBeforeMs: known.observedAtMs,
    details: { changes: { status: change } },
  });
  return { kind: 'seen', after: { ...after, sequence }, event, firstSight: null };
}

function firstSightOf(contact: Contact, context: DiffContext): ContactDiff {
  const judged = judgeFirstSight(contact, context.baseline);
  const sequence = nextSequence(null, contact);
  const after = { ...snapshotOf(contact, context), sequence };
  if (judged.kind !== 'created') {
    return { kind: 'seen', after, event: null, firstSight: judged.kind };
  }
  const event = makeEvent('contact.created', contact, sequence, context, {
    newValues: [],
    notBeforeMs: null,
    details: { reason: judged.reason },
  });
  return { kind: 'seen', after, event, firstSight: judged.kind };
}

/** Answers can overtake each other at the inbox; `updatedAt` moves at every write, so an earlier one is an older state. */
function isOlder(contact: Contact, known: Snapshot): boolean {
  if (contact.updatedAtMs === null || known.updatedAtMs === null) return false;
  return contact.updatedAtMs < known.updatedAtMs;
}

function snapshotOf(contact: Contact, { observed }: DiffContext): Snapshot {
  return {
    status: contact.status,
    sequence: contact.createdAtMs,
    createdAtMs: contact.createdAtMs,
    updatedAtMs: contact.updatedAtMs,
    observedAtMs: observed.fromMs,
    presence: 'listed',
    watched: {
      agent: contact.agent,
      isLiveChatActive: contact.isLiveChatActive,
      userMessageAtMs: contact.userMessageAtMs,
      details: digestDetails(contact.details),
    },
  };
}

function makeEvent(
  type: EventType,
  contact: Contact,
  sequence: number,
  { sourceId, baseline, observed, nowMs }: DiffContext,
  change: {
    readonly newValues: readonly unknown[];
    readonly notBeforeMs: number | null;
    readonly details: Pick<ChangeEvent['data'], 'reason' | 'changes'>;
  },
): ChangeEvent {
  const { newValues, notBeforeMs, details } = change;
  const notAfterMs = Math.min(contact.updatedAtMs ?? observed.toMs, observed.toMs);
  return {
    id: deriveEventId({
      source: sourceId,
      baseline: baseline.id,
      contact: contact.id,
      type,
      sequence,
      newValues,
    }),
    type,
    timestamp: new Date(nowMs).toISOString(),
    data: {
      source: sourceId,
      sequence,
      contact: contact.record,
      ...details,
      occurred: {
        notBefore: notBeforeMs === null ? null : new Date(notBeforeMs).toISOString(),
        notAfter: new Date(notAfterMs).toISOString(),
      },
    },
  };
}
