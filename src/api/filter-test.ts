import { setImmediate } from 'node:timers/promises';
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { type ChangeEvent, eventTypes, serviceSourceId } from '#domain/change-event.ts';
import { type Wish, wants } from '#relay/matching.ts';
import { createWhyNot } from '#relay/why-not.ts';
import type { EventLog } from '#store/event-log.ts';
import type { Sources } from '#store/sources.ts';
import { listEvents } from './event-listing.ts';
import { filterSchema } from './filter-schema.ts';
import { refusals } from './refusals.ts';
import { jsonAnswer, jsonBody, noQuery, sourceIdSchema } from './route-parts.ts';
import { openTo } from './scopes.ts';

export const filterTestAddress = '/v1/subscriptions/test-filter';

export interface FilterTestPorts {
  readonly eventLog: EventLog;
  readonly sources: Sources;
}

const filterTestSchema = z
  .strictObject({
    filter: filterSchema,
    events: z
      .array(z.enum(eventTypes))
      .min(1)
      .max(100)
      .default([...eventTypes])
      .openapi({ description: 'As of a subscription; without it, every type.' }),
    sources: z
      .array(sourceIdSchema)
      .min(1)
      .max(100)
      .optional()
      .openapi({ description: 'As of a subscription; without it, all of them.' }),
    limit: z.int().min(1).max(200).default(50).openapi({
      description: 'How many of the latest events are looked at.',
    }),
  })
  .openapi('FilterTest');

const unmetSchema = z
  .object({
    path: z.string().openapi({
      description:
        'Where the condition stands in the filter, with its branch; `type` and `source` also for `events` and `sources`.',
      example: 'changes.status.to',
    }),
    condition: z.unknown().openapi({ example: { $in: ['CLOSED', 'REVIEW'] } }),
    actual: z.unknown().optional().openapi({
      description: 'What the event has there, cut short; absent where it has nothing.',
      example: 'OPEN',
    }),
  })
  .openapi('UnmetCondition');

const testedEventSchema = z
  .object({
    event: z.string().openapi({ description: 'The id of the event.', example: 'evt_…' }),
    type: z.enum(eventTypes),
    source: z.string(),
    contact: z.string().nullable().openapi({ description: 'Its `_id`; null without one.' }),
    timestamp: z.iso.datetime(),
    matches: z.boolean(),
    why: z.array(unmetSchema).openapi({
      description:
        'The conditions that do not hold, at most 20; where `$or` stands in the path, one of its branches would do.',
    }),
  })
  .openapi('TestedEvent');

/** What a test answers. */
export const filterTestAnswerSchema = z.object({
  data: z.array(testedEventSchema),
  matched: z.int().openapi({ description: 'How many of these match.' }),
});

const testFilter = createRoute({
  ...openTo('read'),
  tags: ['Subscriptions'],
  method: 'post',
  path: filterTestAddress,
  operationId: 'testFilter',
  summary: 'Try out a filter',
  description:
    'Which of the latest events a subscription would get with this filter, and why not the others. Nothing is sent or kept.',
  request: { query: noQuery, body: jsonBody(filterTestSchema) },
  responses: {
    200: jsonAnswer(filterTestAnswerSchema, 'The newest first.'),
    ...refusals.post(),
  },
});

export function filterTestRoutes(app: OpenAPIHono, { eventLog, sources }: FilterTestPorts): void {
  app.openapi(testFilter, async (c) => {
    const { limit, ...wish } = c.req.valid('json');
    const logs = [...(await sources.logIds()), serviceSourceId];
    const wishes = { type: null, contact: null };
    const latest = await listEvents(eventLog, logs, wishes, { from: null, limit });
    const data = await Array.fromAsync(latest.events, tryOut(wish));
    return c.json({ data, matched: data.filter(({ matches }) => matches).length }, 200);
  });
}

function tryOut(wish: Wish) {
  const whyNot = createWhyNot(wish);
  return async (event: ChangeEvent): Promise<z.output<typeof testedEventSchema>> => {
    // Patterns over long texts take their time, and others wait for theirs.
    await setImmediate();
    const { id, type, timestamp, data } = event;
    const matches = wants(wish, event);
    return {
      event: id,
      type,
      source: data.source,
      contact: data.contact === undefined ? null : String(data.contact._id),
      timestamp,
      matches,
      why: matches ? [] : whyNot(event),
    };
  };
}
