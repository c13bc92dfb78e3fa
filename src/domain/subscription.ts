import type { EventType } from './change-event.ts';

export type SubscriptionId = `sub_${string}`;
export type SubscriptionStatus = 'active' | 'paused' | 'disabled';
export type DisabledReason = 'gone';

/** Who is told what, and where. `status` is not here: it belongs to the lane, where one script can change it. */
export interface Subscription {
  readonly id: SubscriptionId;
  readonly url: string;
  readonly events: readonly EventType[];
  /** Source ids; absent means every source. */
  readonly sources?: readonly string[] | undefined;
  readonly format: 'standard';
  readonly headers: Readonly<Record<string, string>>;
  readonly ordering: 'none';
  /** Most deliveries on the way to this subscriber at one moment, 1 to 64. */
  readonly maxInFlight: number;
  readonly description?: string | undefined;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  /** Standard Webhooks secrets (`whsec_…`); each signs every attempt, the first is the newest. */
  readonly secrets: readonly string[];
  readonly createdAt: string;
  readonly updatedAt: string;
}
