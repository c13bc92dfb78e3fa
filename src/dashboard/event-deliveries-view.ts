import { html } from 'hono/html';
import type { z } from 'zod';
import type { eventDeliveryPageSchema } from '#api/event-deliveries.ts';
import { address, withQuery } from './api-client.ts';
import { badge, type Html, moment, table } from './components.ts';
import { attemptWords, placeWords } from './delivery-words.ts';

type EventDeliveries = z.output<typeof eventDeliveryPageSchema>;
export type EventDelivery = EventDeliveries['data'][number];

/** How an event stands with each subscription that wants it or got it. */
export function eventDeliveries({ data, next }: EventDeliveries, nowMs: number): Html {
  return table({
    caption: 'Subscriptions that want this event or got it',
    columns: [
      { name: 'Subscription' },
      { name: 'Delivery' },
      { name: 'Latest attempt', kind: 'wide' },
      { name: 'Next attempt', kind: 'wide' },
      { name: 'Attempts', kind: 'number' },
    ],
    rows: data.map((each) => deliveryRow(each, nowMs)),
    empty:
      next === null
        ? 'Nowhere: no subscription wants such an event. Any can be sent it all the same.'
        : 'None of the subscriptions looked at so far has it. Go further for the others.',
  });
}

function deliveryRow(each: EventDelivery, nowMs: number) {
  const { subscription, delivery } = each;
  const name = html`<a href="${address`/subscriptions/${subscription}`}">${subscriptionName(each)}</a>`;
  if (delivery === undefined) {
    return [name, html`<span class="soft">nothing known any more, or not yet</span>`, '', '', ''];
  }
  const { status, attempts, nextAttemptAt } = delivery;
  const { tone, word } = placeWords[status];
  const list = withQuery(address`/subscriptions/${subscription}/deliveries`, { status });
  const latest = attempts.at(-1);
  return [
    name,
    html`<a class="plain" href="${list}">${badge(tone, word)}</a>`,
    latest === undefined
      ? 'none yet'
      : html`${attemptWords(latest).word}, ${moment(latest.at, nowMs)}`,
    moment(nextAttemptAt, nowMs, status === 'retrying' ? 'when it works again' : '—'),
    attempts.length,
  ];
}

/** By what people know a subscription. */
export function subscriptionName({ description, url, subscription }: EventDelivery): string {
  if (description !== undefined && description !== '') return description;
  return URL.canParse(url) ? new URL(url).host : subscription;
}
