import { html } from 'hono/html';
import type { z } from 'zod';
import { deliveryPageSchema } from '#api/deliveries.ts';
import { hasScope } from '#domain/api-key.ts';
import { type DeliveryStatus, deliveryStatuses } from '#domain/delivery.ts';
import { address, withQuery } from './api-client.ts';
import { aboutLink, attemptList } from './attempt-view.ts';
import { badge, facts, type Html, moment, pager } from './components.ts';
import { crumb } from './crumb.ts';
import { attemptWords, type Delivery, placeWords } from './delivery-words.ts';
import type { DashboardContext } from './env.ts';
import { actionForm } from './forms.ts';
import type { Page } from './page.ts';
import { loadSubscription } from './subscription-page.ts';
import { nameOf, type Subscription } from './subscription-words.ts';
import { tabs } from './tabs.ts';
import type { ViewContext } from './view-context.ts';
import { countWords } from './words.ts';

export interface ListedDeliveries {
  readonly subscription: Subscription;
  readonly list: z.output<typeof deliveryPageSchema>;
  readonly status: DeliveryStatus | null;
  readonly isStart: boolean;
}

const rowsPerPage = 25;

/** What became of each event, with every attempt; it stands still while somebody reads it. */
export const deliveriesPage: Page<ListedDeliveries> = {
  path: '/subscriptions/:id/deliveries',
  section: 'subscriptions',
  load: loadDeliveries,
  title: ({ subscription }) => `Deliveries to ${nameOf(subscription)}`,
  view: viewDeliveries,
};

async function loadDeliveries(c: DashboardContext): Promise<ListedDeliveries> {
  const { cursor, status: wished } = c.req.query();
  const status = deliveryStatuses.find((each) => each === wished) ?? null;
  const path = address`/v1/subscriptions/${c.req.param('id') ?? ''}/deliveries`;
  const query = withQuery(path, { status, cursor, limit: rowsPerPage });
  const [subscription, list] = await Promise.all([
    loadSubscription(c),
    c.get('api').get(query, deliveryPageSchema),
  ]);
  return { subscription, list, status, isStart: cursor === undefined };
}

function viewDeliveries(listed: ListedDeliveries, view: ViewContext): Html {
  const { subscription, list, status, isStart } = listed;
  const { id } = subscription;
  const path = address`/subscriptions/${id}/deliveries`;
  const next = list.next === null ? null : withQuery(path, { status, cursor: list.next });
  return html`${crumb(address`/subscriptions/${id}`, nameOf(subscription))}
<h1>Deliveries</h1>
<p class="lead">${keptWords(status)}</p>
${view.live('places', placeTabs(listed))}
${
  list.data.length === 0
    ? html`<p class="empty">${emptyWords(status)}</p>`
    : html`<ul class="rows">${list.data.map((each) => deliveryRow(each, id, view))}</ul>`
}
${pager(next, isStart ? null : withQuery(path, { status }))}`;
}

function placeTabs({ subscription, status }: ListedDeliveries): Html {
  const { id, deliveries } = subscription;
  const path = address`/subscriptions/${id}/deliveries`;
  return tabs('By place', [
    { label: 'All', path, isCurrent: status === null },
    ...deliveryStatuses.map((each) => ({
      label: placeWords[each].word,
      path: withQuery(path, { status: each }),
      isCurrent: status === each,
      count: deliveries[each],
    })),
  ]);
}

function deliveryRow(delivery: Delivery, subscriptionId: string, view: ViewContext): Html {
  const { event, source, contact, committedAt, status, attempts, nextAttemptAt } = delivery;
  const { tone, word } = placeWords[status];
  const last = attempts.at(-1);
  const tried =
    last === undefined
      ? 'not tried yet'
      : `${countWords(attempts.length, 'attempt')}, the last: ${attemptWords(last).word.toLowerCase()}`;
  // Events and contacts are open to who may read all.
  const seesAll = hasScope(view.principal, ['read']);
  return html`<li><details class="delivery"><summary>${badge(tone, word)}
<span class="about">${contact ?? 'Test or notice'}</span>
<span class="soft tried">${tried}</span>
<span class="soft noticed">noticed ${moment(committedAt, view.nowMs)}</span></summary>
<div class="inside">
${facts([
  [
    'Event',
    seesAll
      ? html`<a href="${address`/events/${event}`}"><code>${event}</code></a>`
      : html`<code>${event}</code>`,
  ],
  ['About', aboutLink(delivery, view.principal)],
  ['Source', source],
])}
${attemptList(attempts, nextAttemptAt, view)}
${againForm(delivery, subscriptionId, view)}
</div></details></li>`;
}

/** One event alone is given out again by admins; what waits is on its way anyway. */
function againForm({ event, status }: Delivery, subscriptionId: string, view: ViewContext): Html {
  const isOpen = status === 'pending' || status === 'retrying';
  if (isOpen || !hasScope(view.principal, ['admin'])) return html``;
  return html`<div class="actions">${actionForm(view, {
    action: address`/subscriptions/${subscriptionId}/redeliver`,
    label: 'Deliver it again',
    hidden: { event },
  })}</div>`;
}

function keptWords(status: DeliveryStatus | null): string {
  if (status === 'delivered') return 'The latest 1,000 are kept, the latest first.';
  if (status === 'pending') return 'In the order in which they are sent; tests go first.';
  if (status === 'retrying') return 'What is tried next comes first.';
  if (status === 'expired')
    return 'Their events were older than the retention before they could be sent.';
  if (status === 'skipped') return 'They had waited when it was resumed without them.';
  if (status === 'failed')
    return 'Every attempt of their schedule failed. A replay makes them again.';
  return 'Place after place: what waits, what is retried, then what has ended.';
}

function emptyWords(status: DeliveryStatus | null): string {
  return status === null ? 'Nothing was sent to it yet.' : emptyPlaces[status];
}

const emptyPlaces: Readonly<Record<DeliveryStatus, string>> = {
  pending: 'Nothing waits.',
  retrying: 'Nothing is being retried.',
  delivered: 'Nothing was delivered yet.',
  failed: 'Nothing has failed that is still kept.',
  expired: 'Nothing has expired that is still kept.',
  skipped: 'Nothing was skipped that is still kept.',
};
