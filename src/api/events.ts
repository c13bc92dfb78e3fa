import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { eventTypes } from '#domain/change-event.ts';
import type { SubscriptionId } from '#domain/subscription.ts';
import { wants } from '#relay/matching.ts';
import type { Replays } from '#relay/replay.ts';
import type { EventLog } from '#store/event-log.ts';
import type { Sources } from '#store/sources.ts';
import type { Subscriptions } from '#store/subscriptions.ts';
import { encodeCursor, pageOf, pageQuery } from './cursor.ts';
import { type EventPosition, listEvents } from './event-listing.ts';
import { eventSchema } from './event-schema.ts';
import { everyLog, findEvent } from './find-event.ts';
import { type InvalidField, invalid, unknown } from './problem.ts';
import { refusals } from './refusals.ts';
import { idParam, jsonAnswer, noQuery, sourceIdSchema } from './route-parts.ts';
import { openTo } from './scopes.ts';

export interface EventPorts {
  readonly eventLog: EventLog;
  readonly sources: Sources;
  readonly subscriptions: Subscriptions;
  readonly replays: Replays;
}

const positionSchema = z.object({
  logId: z.string().regex(/^\d{1,15}-\d{1,15}$/),
  source: sourceIdSchema,
});

/** What the list answers. */
export const eventPageSchema = pageOf(eventSchema);

const common = { tags: ['Events'] };
const eventIdSchema = z.string().min(1).max(100);

const list = createRoute({
  ...common,
  ...openTo('read'),
  method: 'get',
  path: '/v1/events',
  operationId: 'listEvents',
  summary: 'List events',
  description:
    'The newest first, also with `after`. A page may hold fewer than `limit`, even none, when much had to be looked through: the end is where `next` is null.',
  request: {
    query: z.strictObject({
      type: z.enum(eventTypes).optional(),
      source: sourceIdSchema.optional(),
      contact: z.string().min(1).max(100).optional().openapi({ description: 'Its `_id`.' }),
      before: eventIdSchema.optional().openapi({
        description: 'The id of an event: only those from before it.',
      }),
      after: eventIdSchema.optional().openapi({
        description: 'The id of an event: only those from after it.',
      }),
      ...pageQuery(positionSchema),
    }),
  },
  responses: {
    200: jsonAnswer(eventPageSchema, 'The newest first.'),
    ...refusals.get(),
  },
});

const getOne = createRoute({
  ...common,
  ...openTo('read'),
  method: 'get',
  path: '/v1/events/{id}',
  operationId: 'getEvent',
  summary: 'Get one event',
  description: 'From any source, or about the service itself, as long as it is kept.',
  request: { params: idParam('evt_…'), query: noQuery },
  responses: {
    200: jsonAnswer(eventSchema, 'The event as subscribers get it.'),
    ...refusals.get(404),
  },
});

const redeliverySchema = z
  .strictObject({
    subscription: z.string().min(1).max(100).optional().openapi({
      description:
        'The one that gets it, whatever it wants; without it, all that want such an event.',
      example: 'sub_…',
    }),
  })
  .openapi('Redelivery');

const redeliverOne = createRoute({
  ...common,
  ...openTo(),
  method: 'post',
  path: '/v1/events/{id}/redeliver',
  operationId: 'redeliverEvent',
  summary: 'Deliver one event again',
  description:
    'With the same `webhook-id`, behind what waits. Where it still waits or is being retried it is left alone, and not counted. The body may be left out.',
  request: {
    params: idParam('evt_…'),
    query: noQuery,
    body: { content: { 'application/json': { schema: redeliverySchema } } },
  },
  responses: {
    202: jsonAnswer(
      z.object({ count: z.int().min(0) }),
      'To how many subscriptions it is on its way again.',
    ),
    ...refusals.post(404),
  },
});

export function eventRoutes(app: OpenAPIHono, ports: EventPorts): void {
  const { eventLog, subscriptions, replays } = ports;

  app.openapi(list, async (c) => {
    const query = c.req.valid('query');
    const { type = null, source, contact = null, cursor, limit } = query;
    const ends = await findEnds(ports, query);
    if (ends.errors.length > 0) return invalid(c, ends.errors);
    const logs = source === undefined ? await everyLog(ports) : [source];
    const span = { from: cursor ?? ends.before, until: ends.after, limit };
    const listed = await listEvents(eventLog, logs, { type, contact }, span);
    const next = listed.next === null ? null : encodeCursor(listed.next);
    return c.json({ data: listed.events, next }, 200);
  });

  app.openapi(getOne, async (c) => {
    const { id } = c.req.valid('param');
    const found = await findEvent(ports, id);
    if (found === null) return unknown(c, 'event', id);
    return c.json(found.entry.event, 200);
  });

  app.openapi(redeliverOne, async (c) => {
    const { id } = c.req.valid('param');
    const { subscription: wished } = c.req.valid('json');
    const found = await findEvent(ports, id);
    if (found === null) return unknown(c, 'event', id);
    const { source, entry } = found;
    if (wished !== undefined) {
      const one = await subscriptions.get(wished as SubscriptionId);
      if (one === null) return unknown(c, 'subscription', wished);
      return c.json({ count: await replays.redeliver(source, entry, [one.id]) }, 202);
    }
    const wanting = (await subscriptions.list()).filter((each) => wants(each, entry.event));
    const ids = wanting.map((each) => each.id);
    return c.json({ count: await replays.redeliver(source, entry, ids) }, 202);
  });
}

interface Ends {
  readonly before: EventPosition | null;
  readonly after: EventPosition | null;
  readonly errors: InvalidField[];
}

/** Where the events stand that the list is to lie between. */
async function findEnds(
  ports: EventPorts,
  wished: { readonly before?: string | undefined; readonly after?: string | undefined },
): Promise<Ends> {
  const errors: InvalidField[] = [];
  const positionOf = async (path: 'before' | 'after') => {
    const id = wished[path];
    const found = id === undefined ? null : await findEvent(ports, id);
    if (id !== undefined && found === null) {
      errors.push({ path, message: 'is the id of no event that is still kept' });
    }
    return found === null ? null : { logId: found.entry.logId, source: found.source };
  };
  const [before, after] = [await positionOf('before'), await positionOf('after')];
  return { before, after, errors };
}
