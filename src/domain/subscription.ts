import type { ApiKeyId } from './api-key.ts';
import type { EventType } from './change-event.ts';

export type SubscriptionId = `sub_${string}`;
export type SubscriptionStatus = 'active' | 'paused' | 'disabled';
/** `gone`: the subscriber answered 410; `failing`: it failed for days, without one success. */
export const disabledReasons = ['gone', 'failing'] as const;
export type DisabledReason = (typeof disabledReasons)[number];

export const subscriptionFormats = ['standard', 'cloudevents', 'slack', 'template'] as const;
export type SubscriptionFormat = (typeof subscriptionFormats)[number];

/** `contact`: the events of one contact in order, each after the one before it has ended. */
export const orderings = ['none', 'contact'] as const;
export type Ordering = (typeof orderings)[number];

/** A Standard Webhooks secret (`whsec_…`). */
export interface SigningSecret {
  readonly value: string;
  /** When it stops signing; null for the one in force. ISO 8601. */
  readonly until: string | null;
}

/** Who is told what, and where. `status` is not here: it belongs to the lane, where one script can change it. */
export interface Subscription {
  readonly id: SubscriptionId;
  readonly url: string;
  readonly events: readonly EventType[];
  /** Source ids; absent means every source. */
  readonly sources?: readonly string[] | undefined;
  /** A MongoDB-style query over the event's `data` (contract section 3). */
  readonly filter?: Readonly<Record<string, unknown>> | undefined;
  readonly format: SubscriptionFormat;
  /** Liquid, for the format `template`. */
  readonly template?: string | undefined;
  /** Of what the template renders. */
  readonly contentType?: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly ordering: Ordering;
  /** Most deliveries on the way to this subscriber at one moment, 1 to 64. */
  readonly maxInFlight: number;
  /** Most attempts begun in any second; absent means no limit but the format's own. */
  readonly ratePerSecond?: number | undefined;
  readonly description?: string | undefined;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  /** Made by an automation platform that ends it with a 410 and comes anew with another URL: then it is removed. */
  readonly hook?: true | undefined;
  /** The newest first; each that is still in force signs every attempt. */
  readonly secrets: readonly SigningSecret[];
  /** The key that it was made with; absent for one from before there were keys. */
  readonly createdBy?: ApiKeyId | undefined;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** Slack takes one message a second from one webhook (api.slack.com/docs/rate-limits). */
const slackPerSecond = 1;

/** Most attempts begun in any second; null: as many as there are. */
export function rateLimitOf({ format, ratePerSecond }: Subscription): number | null {
  return ratePerSecond ?? (format === 'slack' ? slackPerSecond : null);
}

/** The secrets that sign now, the newest first. */
export function secretsInForce({ secrets }: Subscription, nowMs: number): string[] {
  const isInForce = ({ until }: SigningSecret) => until === null || Date.parse(until) > nowMs;
  return secrets.filter(isInForce).map(({ value }) => value);
}
