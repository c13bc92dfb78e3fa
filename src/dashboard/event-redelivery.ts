import type { Hono } from 'hono';
import { html } from 'hono/html';
import { z } from 'zod';
import { hasScope } from '#domain/api-key.ts';
import { address, answered, withQuery } from './api-client.ts';
import type { Html } from './components.ts';
import type { DashboardEnv } from './env.ts';
import { type EventDelivery, subscriptionName } from './event-deliveries-view.ts';
import type { ShownEvent } from './event-words.ts';
import { confirmForm } from './forms.ts';
import type { ViewContext } from './view-context.ts';

const countSchema = z.object({ count: z.number() });

/** Sends an event once more, to one subscription or to all that want it. For admins alone. */
export function redeliveryForm(
  { id }: ShownEvent,
  deliveries: readonly EventDelivery[],
  view: ViewContext,
): Html {
  if (!hasScope(view.principal, ['admin'])) return html``;
  const options = deliveries.map(
    (each) => html`<option value="${each.subscription}">${subscriptionName(each)}</option>`,
  );
  const fields = html`<div class="stack">
<label for="subscription">To which subscription</label>
<input id="subscription" name="subscription" list="subscriptions" placeholder="sub_…" maxlength="100" autocomplete="off" spellcheck="false" aria-describedby="subscription-help">
<p class="help" id="subscription-help">Left empty, it goes to all that want such an event.</p>
<datalist id="subscriptions">${options}</datalist>
</div>`;
  return confirmForm(view, {
    title: 'Deliver it again',
    warning:
      'It goes out with the same webhook-id, behind what waits; who deduplicates by that id leaves it out. Where it still waits or is being retried it is left alone.',
    action: address`/events/${id}/redeliver`,
    label: 'Deliver it again',
    kind: 'main',
    fields,
  });
}

export function addRedelivery(app: Hono<DashboardEnv>): void {
  app.post('/events/:id/redeliver', async (c) => {
    const id = c.req.param('id');
    const { subscription } = await c.req.parseBody();
    const named = typeof subscription === 'string' ? subscription.trim() : '';
    const path = address`/v1/events/${id}/redeliver`;
    const body = named === '' ? {} : { subscription: named };
    const { count } = answered(await c.get('api').ask('POST', path, countSchema, body));
    const done = count === 0 ? { done: 'redelivered-none' } : { done: 'redelivered', count };
    return c.redirect(withQuery(address`/events/${id}`, done), 303);
  });
}
