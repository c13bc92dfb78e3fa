import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { ChangeEvent } from '#domain/change-event.ts';
import { refOf } from '#domain/delivery.ts';
import type { Subscription } from '#domain/subscription.ts';
import { wants } from '#relay/matching.ts';
import type { Deliveries, FoundDelivery } from '#store/deliveries.ts';
import type { EventLog } from '#store/event-log.ts';
import type { Sources } from '#store/sources.ts';
import type { Subscriptions } from '#store/subscriptions.ts';
import { cutPage, pageOf, pageQuery } from './cursor.ts';
import { deliverySchema, viewDelivery } from './deliveries.ts';
import { findEvent } from './find-event.ts';
import { unknown } from './problem.ts';
import { refusals } from './refusals.ts';
import { idParam, jsonAnswer } from './route-parts.ts';
import { openTo } from './scopes.ts';
import { visibleTo } from './subscription-access.ts';

export interface EventDeliveryPorts {
  readonly eventLog: EventLog;
  readonly sources: Sources;
  readonly subscriptions: Subscriptions;
  readonly deliveries: Deliveries;
}

const eventDeliverySchema = z
  .object({
    subscription: z.string().openapi({ example: 'sub_…' }),
    url: z.string(),
    description: z.string().optional(),
    wants: z.boolean().openapi({
      description: 'Whether the subscription, as it is now, wants such an event.',
    }),
    delivery: deliverySchema.optional().openapi({
      description:
        'Left out where none is known: the subscription came later, or it was delivered longer ago than the latest 1,000, or it waits amid very much.',
    }),
  })
  .openapi('EventDelivery');

/** What the list answers. */
export const eventDeliveryPageSchema = pageOf(eventDeliverySchema);

const list = createRoute({
  ...openTo('read'),
  tags: ['Events'],
  method: 'get',
  path: '/v1/events/{id}/deliveries',
  operationId: 'listEventDeliveries',
  summary: 'List where one event went',
  description:
    'Each subscription that wants it or got it, those that want it first. `limit` is how many subscriptions are looked at, so a page may hold fewer, even none: the end is where `next` is null.',
  request: {
    params: idParam('evt_…'),
    query: z.strictObject(pageQuery(z.string().max(200))),
  },
  responses: {
    200: jsonAnswer(eventDeliveryPageSchema, 'Those that want it first.'),
    ...refusals.get(404),
  },
});

export function eventDeliveryRoutes(app: OpenAPIHono, ports: EventDeliveryPorts): void {
  app.openapi(list, async (c) => {
    const { id } = c.req.valid('param');
    const found = await findEvent(ports, id);
    if (found === null) return unknown(c, 'event', id);
    const { source, entry } = found;
    const visible = visibleTo(c.get('principal'), await ports.subscriptions.list());
    const looked = visible.map((each) => ({ ...each, wants: wants(each, entry.event) }));
    const placeOf = (each: Looked) => placeIn(each, entry.event);
    const { limit, ...rest } = c.req.valid('query');
    const { page, next } = cutPage(looked, placeOf, {
      ...rest,
      limit: Math.min(limit, mostLooked),
    });
    const ref = refOf(source, entry.logId, entry.event);
    const standings = await ports.deliveries.find(
      page.map((each) => each.id),
      ref,
    );
    const data = page.flatMap((each, index) => viewOne(each, standings[index]));
    return c.json({ data, next }, 200);
  });
}

/** To look for one delivery in a full lane takes Redis about ten milliseconds, so a page may hold fewer than were asked for. */
const mostLooked = 50;

type Looked = Pick<Subscription, 'id' | 'url' | 'description'> & { readonly wants: boolean };

/** A test goes to the one that it names, whatever that one wants. */
function placeIn({ id, wants: isWanted }: Looked, { data }: ChangeEvent): string {
  return `${isWanted || data.subscription === id ? 0 : 1} ${id}`;
}

function viewOne(
  { id, url, description, wants: isWanted }: Looked,
  { delivery, laneStatus }: FoundDelivery = { laneStatus: 'active', delivery: null },
): z.input<typeof eventDeliverySchema>[] {
  if (delivery === null && !isWanted) return [];
  const named = { subscription: id, url, description, wants: isWanted };
  if (delivery === null) return [named];
  return [{ ...named, delivery: viewDelivery(delivery, laneStatus === 'active') }];
}
