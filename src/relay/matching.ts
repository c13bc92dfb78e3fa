import type { ChangeEvent } from '#domain/change-event.ts';
import type { Subscription } from '#domain/subscription.ts';

/** Whether a subscription wants an event. A test goes only to the subscription it was asked for, never by matching. */
export function wants(subscription: Subscription, event: ChangeEvent): boolean {
  if (event.type === 'subscription.test') return false;
  if (!subscription.events.includes(event.type)) return false;
  return subscription.sources?.includes(event.data.source) ?? true;
}
