import type { Hono } from 'hono';
import { html } from 'hono/html';
import { z } from 'zod';
import { subscriptionSchema } from '#api/subscription-schema.ts';
import { address, answered, withQuery } from './api-client.ts';
import { facts, type Html } from './components.ts';
import { crumb } from './crumb.ts';
import type { DashboardEnv } from './env.ts';
import { actionForm } from './forms.ts';
import { addPage, type Page, type PagePorts } from './page.ts';
import { loadSubscription } from './subscription-page.ts';
import {
  addressOf,
  mayChange,
  nameOf,
  type Subscription,
  waitingOf,
} from './subscription-words.ts';
import type { ViewContext } from './view-context.ts';
import { countWords, numberWords } from './words.ts';

const countSchema = z.object({ count: z.int() });

/** Pause, resume, test, one delivery again, delete: each is one call. */
export function addSubscriptionDeeds(app: Hono<DashboardEnv>, ports: PagePorts): void {
  addPage(app, ports, deletePage);

  app.post('/subscriptions/:id/pause', async (c) => {
    const id = c.req.param('id');
    const path = address`/v1/subscriptions/${id}/pause`;
    answered(await c.get('api').ask('POST', path, subscriptionSchema));
    return c.redirect(withQuery(address`/subscriptions/${id}`, { done: 'paused' }), 303);
  });

  app.post('/subscriptions/:id/resume', async (c) => {
    const id = c.req.param('id');
    const backlog = (await c.req.parseBody()).backlog === 'skip' ? 'skip' : 'deliver';
    const path = address`/v1/subscriptions/${id}/resume`;
    answered(await c.get('api').ask('POST', path, subscriptionSchema, { backlog }));
    const done = backlog === 'skip' ? 'skipped' : 'resumed';
    return c.redirect(withQuery(address`/subscriptions/${id}`, { done }), 303);
  });

  app.post('/subscriptions/:id/test', async (c) => {
    const id = c.req.param('id');
    const path = address`/v1/subscriptions/${id}/test`;
    answered(await c.get('api').ask('POST', path, z.object({ id: z.string() })));
    return c.redirect(withQuery(address`/subscriptions/${id}`, { done: 'tested' }), 303);
  });

  app.post('/subscriptions/:id/redeliver', async (c) => {
    const subscription = c.req.param('id');
    const { event } = await c.req.parseBody();
    const path = address`/v1/events/${String(event)}/redeliver`;
    const answer = await c.get('api').ask('POST', path, countSchema, { subscription });
    const { count } = answered(answer);
    const to = address`/subscriptions/${subscription}/deliveries`;
    return c.redirect(withQuery(to, { done: 'redelivered', count }), 303);
  });

  app.post('/subscriptions/:id/delete', async (c) => {
    const path = address`/v1/subscriptions/${c.req.param('id')}`;
    answered(await c.get('api').ask('DELETE', path, z.undefined()));
    return c.redirect(withQuery('/subscriptions', { done: 'deleted' }), 303);
  });
}

/** Says what goes with it before anything does. */
const deletePage: Page<Subscription> = {
  path: '/subscriptions/:id/delete',
  section: 'subscriptions',
  still: true,
  load: loadSubscription,
  title: (subscription) => `Delete ${nameOf(subscription)}`,
  view: viewDelete,
};

function viewDelete(subscription: Subscription, view: ViewContext): Html {
  const { id, url, deliveries } = subscription;
  const above = crumb(address`/subscriptions/${id}`, nameOf(subscription));
  if (!mayChange(view.principal, subscription)) {
    return html`${above}<h1>Delete</h1>
<p class="lead">Your key may look at this subscription, but not delete it.</p>`;
  }
  const waiting = waitingOf(subscription);
  const goes =
    waiting === 0
      ? 'Nothing waits for it.'
      : `${countWords(waiting, 'delivery that waits goes', 'deliveries that wait go')} with it, and will not be made.`;
  return html`${above}<h1>Delete ${nameOf(subscription)}?</h1>
<p class="lead">${goes} Its secret signs nothing any more, and what was delivered to it is no longer listed. This cannot be undone. To stop it for a while, pause it instead.</p>
<div class="card settings">${facts([
    ['Address', html`<code>${addressOf(url)}</code>`],
    ['Waiting', numberWords(waiting)],
    ['Delivered until now', numberWords(deliveries.delivered)],
  ])}</div>
<div class="actions">${actionForm(view, {
    action: address`/subscriptions/${id}/delete`,
    label: 'Delete this subscription',
    kind: 'danger',
  })}<a class="button" href="${address`/subscriptions/${id}`}">Keep it</a></div>`;
}
