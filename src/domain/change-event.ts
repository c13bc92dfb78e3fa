import { createHash } from 'node:crypto';

/** Every type that a subscription may name (contract section 4). */
export const eventTypes = [
  'contact.created',
  'contact.status_changed',
  'contact.assigned',
  'contact.live_chat_started',
  'contact.live_chat_ended',
  'contact.message_received',
  'contact.updated',
  'contact.deleted',
  'source.failing',
  'source.recovered',
  'subscription.failing',
  'subscription.disabled',
  'subscription.test',
] as const;

export type EventType = (typeof eventTypes)[number];
export type EventId = `evt_${string}`;
/** Why a contact is announced as created. */
export const createdReasons = ['new', 'imported', 'promoted', 'returned'] as const;
export type CreatedReason = (typeof createdReasons)[number];

/** What subscribers receive, field for field (contract section 4). Times are ISO 8601 UTC with milliseconds. */
export interface ChangeEvent {
  readonly id: EventId;
  readonly type: EventType;
  /** When the change was noticed. */
  readonly timestamp: string;
  readonly data: {
    /** A source's id, or `service` for events that no inbox caused. */
    readonly source: string;
    readonly sequence?: number;
    readonly contact?: Readonly<Record<string, unknown>>;
    /** Of a subscription that was disabled: `gone` or `failing`. */
    readonly reason?: CreatedReason | 'gone' | 'failing';
    readonly changes?: Readonly<Record<string, { readonly from?: unknown; readonly to: unknown }>>;
    readonly occurred?: { readonly notBefore: string | null; readonly notAfter: string };
    readonly [detail: string]: unknown;
  };
}

/** The id of the log that holds events no inbox caused; no source may take it. */
export const serviceSourceId = 'service';

/**
 * The same change has the same id however often it is found: derived from what was observed, never from when or by whom.
 * `newValues` is empty for a first sight, so that a contact found again after a crash is not announced under two ids.
 */
export function deriveEventId(parts: {
  readonly source: string;
  readonly baseline: string;
  readonly contact: string;
  readonly type: EventType;
  readonly sequence: number;
  readonly newValues: readonly unknown[];
}): EventId {
  const { source, baseline, contact, type, sequence, newValues } = parts;
  const content = JSON.stringify([source, baseline, contact, type, sequence, newValues]);
  return `evt_${createHash('sha256').update(content).digest('base64url').slice(0, 22)}`;
}

/** `max(previous + 1, updatedAt in ms)`; at first sight `createdAt` in ms (contract section 4). */
export function nextSequence(
  previous: number | null,
  contact: { readonly createdAtMs: number; readonly updatedAtMs: number | null },
): number {
  if (previous === null) return contact.createdAtMs;
  return Math.max(previous + 1, contact.updatedAtMs ?? 0);
}
