import type { Subscription } from '#domain/subscription.ts';

/** What is sent; or why this event cannot be sent in this format, in a sentence for the subscription's owner. */
export type RenderResult =
  | { readonly kind: 'rendered'; readonly body: Buffer; readonly contentType: string }
  | { readonly kind: 'failed'; readonly message: string };

/** `body` is the event as the log holds it: JSON, which the format `standard` sends as it is. */
export function renderEvent(subscription: Subscription, body: Buffer): RenderResult {
  const { format } = subscription;
  if (format === 'standard') return { kind: 'rendered', body, contentType: 'application/json' };
  return { kind: 'failed', message: `The format ${format} cannot be sent yet.` };
}
