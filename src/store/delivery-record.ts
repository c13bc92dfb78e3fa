import type { Attempt, DeliveryRef } from '#domain/delivery.ts';

/** What is kept of a delivery besides its ref; `ref` itself only where no other structure holds it. */
export interface DeliveryRecord {
  readonly ref?: DeliveryRef;
  /** The latest of them. */
  readonly attempts: readonly Attempt[];
  /** How many attempts its present schedule has had. */
  readonly scheduled: number;
  /** When its schedule has the next one, where it is retried. */
  readonly dueMs?: number | null;
}

export function parseRecord(text: string): DeliveryRecord {
  return JSON.parse(text) as DeliveryRecord;
}
