import type { z } from '@hono/zod-openapi';
import type { Subscription } from '#domain/subscription.ts';
import type { LaneSummary, Lanes } from '#store/lanes.ts';
import type { SubscriptionChange, subscriptionSchema } from './subscription-schema.ts';

/** A subscription as the API shows it: what it is, how its lane stands, and no secret. */
export function viewSubscription(
  subscription: Subscription,
  { status, disabledReason, counts }: LaneSummary,
): z.input<typeof subscriptionSchema> {
  const { id, url, sources, format, ordering, maxInFlight, description, metadata } = subscription;
  return {
    id,
    url,
    events: [...subscription.events],
    ...(sources === undefined ? {} : { sources: [...sources] }),
    format,
    headers: Object.keys(subscription.headers),
    ordering,
    maxInFlight,
    ...(description === undefined ? {} : { description }),
    ...(metadata === undefined ? {} : { metadata }),
    status,
    ...(status === 'disabled' && disabledReason !== null ? { disabledReason } : {}),
    deliveries: counts,
    createdAt: subscription.createdAt,
    updatedAt: subscription.updatedAt,
  };
}

/** As `viewSubscription`, with how its lane stands now. */
export async function showSubscription(lanes: Lanes, subscription: Subscription) {
  const [summary] = await lanes.summarize([subscription.id]);
  if (summary === undefined) throw new TypeError('Every lane that is asked for has a summary.');
  return viewSubscription(subscription, summary);
}

/** What is not named stays; null takes an optional field away. */
export function changeSubscription(
  before: Subscription,
  change: SubscriptionChange,
  updatedAt: string,
): Subscription {
  const { sources, headers, description, metadata } = change;
  return {
    ...before,
    url: change.url ?? before.url,
    events: change.events === undefined ? before.events : unique(change.events),
    maxInFlight: change.maxInFlight ?? before.maxInFlight,
    sources: sources === undefined ? before.sources : (sources ?? undefined),
    headers: headers === undefined ? before.headers : (headers ?? {}),
    description: description === undefined ? before.description : (description ?? undefined),
    metadata: metadata === undefined ? before.metadata : (metadata ?? undefined),
    updatedAt,
  };
}

export function unique<T>(items: readonly T[]): T[] {
  return [...new Set(items)];
}
