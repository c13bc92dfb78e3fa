import type { ChangeEvent, EventId } from './change-event.ts';

/** One event for one subscription. `delivered`, `failed`, `expired` and `skipped` are final until someone reopens them. */
export const deliveryStatuses = [
  'pending',
  'retrying',
  'delivered',
  'failed',
  'expired',
  'skipped',
] as const;
export type DeliveryStatus = (typeof deliveryStatuses)[number];

/**
 * Where an event lies and whom it is about: `{source} {log id} {event id} {contact id}`, the one string that lanes keep of
 * it. What is about nobody ends with its event's id.
 */
export type DeliveryRef = `${string} ${string} ${EventId}`;

/** Why an attempt got no answer; `format_error`: nothing was sent, because the event could not be rendered. */
export type AttemptError =
  | 'format_error'
  | 'dns_error'
  | 'address_refused'
  | 'connection_refused'
  | 'connection_failed'
  | 'tls_error'
  | 'timeout'
  | 'aborted';

/** How long each part of an attempt took, in ms; absent where it did not happen, as on a kept connection. */
export interface AttemptPhases {
  readonly dnsMs?: number;
  readonly connectMs?: number;
  readonly tlsMs?: number;
  /** From the start of the attempt to the first byte of the answer. */
  readonly firstByteMs?: number;
}

/** One HTTP request of one delivery. */
export interface Attempt {
  readonly at: string;
  readonly durationMs: number;
  readonly phases?: AttemptPhases;
  /** The subscriber's HTTP status, when it answered. */
  readonly statusCode?: number;
  readonly error?: AttemptError;
  /** A sentence for the subscription's owner; never an internal address. */
  readonly message?: string;
  /** The first 1 KiB of the answer. */
  readonly response?: string;
}

export function deliveryRef(
  source: string,
  logId: string,
  eventId: EventId,
  contactId = '',
): DeliveryRef {
  const place = `${source} ${logId} ${eventId}` as const;
  return contactId === '' ? place : `${place} ${contactId}`;
}

/** As `deliveryRef`, of an event at hand. */
export function refOf(source: string, logId: string, { id, data }: ChangeEvent): DeliveryRef {
  const contactId = data.contact?._id;
  return deliveryRef(source, logId, id, contactId === undefined ? '' : String(contactId));
}

export function parseDeliveryRef(ref: string): {
  readonly source: string;
  readonly logId: string;
  readonly eventId: EventId;
  /** Empty where it is about nobody. */
  readonly contactId: string;
} {
  const [source = '', logId = '', eventId = '', ...contactId] = ref.split(' ');
  return { source, logId, eventId: eventId as EventId, contactId: contactId.join(' ') };
}
