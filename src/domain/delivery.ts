import type { EventId } from './change-event.ts';

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

/** Where an event lies: `{source} {log id} {event id}`, the one string that lanes keep of it. */
export type DeliveryRef = `${string} ${string} ${EventId}`;

/** Why an attempt got no answer. */
export type AttemptError =
  | 'dns_error'
  | 'address_refused'
  | 'connection_refused'
  | 'connection_failed'
  | 'tls_error'
  | 'timeout'
  | 'aborted';

/** One HTTP request of one delivery. */
export interface Attempt {
  readonly at: string;
  readonly durationMs: number;
  /** The subscriber's HTTP status, when it answered. */
  readonly statusCode?: number;
  readonly error?: AttemptError;
  /** A sentence for the subscription's owner; never an internal address. */
  readonly message?: string;
  /** The first 1 KiB of the answer. */
  readonly response?: string;
}

export function deliveryRef(source: string, logId: string, eventId: EventId): DeliveryRef {
  return `${source} ${logId} ${eventId}`;
}

export function parseDeliveryRef(ref: string): { source: string; logId: string; eventId: EventId } {
  const [source = '', logId = '', eventId = ''] = ref.split(' ');
  return { source, logId, eventId: eventId as EventId };
}
