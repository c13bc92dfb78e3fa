import type { z } from '@hono/zod-openapi';
import type { Subscription } from '#domain/subscription.ts';
import type { LaneSummary, Lanes } from '#store/lanes.ts';
import type { SubscriptionChange, subscriptionSchema } from './subscription-schema.ts';

/** A subscription as the API shows it: what it is, how its lane stands, and no secret. */
export function viewSubscription(
  subscription: Subscription,
  { status, disabledReason, counts, failing, forgotten }: LaneSummary,
): z.input<typeof subscriptionSchema> {
  const { sources, filter } = subscription;
  // Named one by one, so that a field that is to stay secret has to be shown on purpose.
  return {
    id: subscription.id,
    url: subscription.url,
    events: [...subscription.events],
    sources: sources && [...sources],
    filter: filter && { ...filter },
    format: subscription.format,
    template: subscription.template,
    contentType: subscription.contentType,
    headers: Object.keys(subscription.headers),
    ordering: subscription.ordering,
    maxInFlight: subscription.maxInFlight,
    ratePerSecond: subscription.ratePerSecond,
    description: subscription.description,
    metadata: subscription.metadata && { ...subscription.metadata },
    hook: subscription.hook,
    status,
    ...(status === 'disabled' && disabledReason !== null ? { disabledReason } : {}),
    ...(failing === null ? {} : { failing: viewFailing(failing) }),
    deliveries: { ...counts, forgotten },
    createdBy: subscription.createdBy,
    createdAt: subscription.createdAt,
    updatedAt: subscription.updatedAt,
  };
}

function viewFailing({ sinceMs, failures }: NonNullable<LaneSummary['failing']>) {
  return { since: new Date(sinceMs).toISOString(), failures };
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
  return {
    ...before,
    url: change.url ?? before.url,
    events: change.events === undefined ? before.events : unique(change.events),
    sources: chosen(change.sources, before.sources),
    filter: chosen(change.filter, before.filter),
    format: change.format ?? before.format,
    template: chosen(change.template, before.template),
    contentType: chosen(change.contentType, before.contentType),
    headers: chosen(change.headers, before.headers) ?? {},
    ordering: change.ordering ?? before.ordering,
    maxInFlight: change.maxInFlight ?? before.maxInFlight,
    ratePerSecond: chosen(change.ratePerSecond, before.ratePerSecond),
    description: chosen(change.description, before.description),
    metadata: chosen(change.metadata, before.metadata),
    updatedAt,
  };
}

function chosen<T>(change: T | null | undefined, before: T | undefined): T | undefined {
  return change === undefined ? before : (change ?? undefined);
}

export function unique<T>(items: readonly T[]): T[] {
  return [...new Set(items)];
}
