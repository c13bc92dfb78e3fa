import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { type EventId, eventTypes, serviceSourceId } from '#domain/change-event.ts';
import type { EventLog } from '#store/event-log.ts';
import type { Sources } from '#store/sources.ts';
import { encodeCursor, pageOf, pageQuery } from './cursor.ts';
import { listEvents } from './event-listing.ts';
import { eventSchema } from './event-schema.ts';
import { problems, unknown } from './problem.ts';
import { idParam, jsonAnswer, noQuery, sourceIdSchema, v1 } from './route-parts.ts';

export interface EventPorts {
  readonly eventLog: EventLog;
  readonly sources: Sources;
}

const positionSchema = z.object({
  logId: z.string().regex(/^\d{1,15}-\d{1,15}$/),
  source: sourceIdSchema,
});

const common = { ...v1, tags: ['Events'] };

const list = createRoute({
  ...common,
  method: 'get',
  path: '/v1/events',
  summary: 'List events',
  description:
    'A page may hold fewer than `limit`, even none, when much had to be looked through: the end is where `next` is null.',
  request: {
    query: z.strictObject({
      type: z.enum(eventTypes).optional(),
      source: sourceIdSchema.optional(),
      contact: z.string().min(1).max(100).optional().openapi({ description: 'Its `_id`.' }),
      ...pageQuery(positionSchema),
    }),
  },
  responses: {
    200: jsonAnswer(pageOf(eventSchema), 'The newest first.'),
    ...problems(400, 401, 503),
  },
});

const getOne = createRoute({
  ...common,
  method: 'get',
  path: '/v1/events/{id}',
  summary: 'Get one event',
  request: { params: idParam('evt_…'), query: noQuery },
  responses: {
    200: jsonAnswer(eventSchema, 'The event as subscribers get it.'),
    ...problems(400, 401, 404, 503),
  },
});

export function eventRoutes(app: OpenAPIHono, { eventLog, sources }: EventPorts): void {
  const everyLog = async () => [...(await sources.logIds()), serviceSourceId];

  app.openapi(list, async (c) => {
    const { type = null, source, contact = null, cursor = null, limit } = c.req.valid('query');
    const logs = source === undefined ? await everyLog() : [source];
    const listed = await listEvents(eventLog, logs, { type, contact }, { from: cursor, limit });
    const next = listed.next === null ? null : encodeCursor(listed.next);
    return c.json({ data: listed.events, next }, 200);
  });

  app.openapi(getOne, async (c) => {
    const { id } = c.req.valid('param');
    const logs = await everyLog();
    const found = await Promise.all(logs.map((log) => eventLog.find(log, id as EventId)));
    const [entry] = found.filter((each) => each !== null);
    if (entry === undefined) return unknown(c, 'event', id);
    return c.json(entry.event, 200);
  });
}
