import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { hasScope } from '#domain/api-key.ts';
import {
  type ChangeEvent,
  type EventType,
  eventTypes,
  serviceSourceId,
} from '#domain/change-event.ts';
import type { EventLog } from '#store/event-log.ts';
import type { Sources } from '#store/sources.ts';
import { renderEvent } from '#webhook/render.ts';
import { sampleEvent } from '#webhook/sample-events.ts';
import { listEvents } from './event-listing.ts';
import { hookFormatSchema } from './hook-schema.ts';
import { refusals } from './refusals.ts';
import { jsonAnswer } from './route-parts.ts';
import { openTo } from './scopes.ts';

export interface HookSamplePorts {
  readonly eventLog: EventLog;
  readonly sources: Sources;
}

/** As many as Zapier shows to choose from. */
const mostSamples = 3;

const getSamples = createRoute({
  ...openTo('read', 'subscriptions'),
  tags: ['Hooks'],
  method: 'get',
  path: '/v1/hooks/samples',
  operationId: 'getHookSamples',
  summary: 'Sample events',
  description:
    'What deliveries of a type look like, for mapping their fields: the latest that happened for a key that may read events, else, or where there are none, one made up. A bare array, without `data` and `next`: so Zapier wants it, and there is no more of it.',
  request: {
    query: z.strictObject({
      event: z.enum(eventTypes).openapi({ example: 'contact.created' }),
      format: hookFormatSchema,
    }),
  },
  responses: {
    200: jsonAnswer(
      z.array(z.record(z.string(), z.unknown())),
      'The newest first, never none, each with an `id`.',
    ),
    ...refusals.get(),
  },
});

export function hookSampleRoutes(app: OpenAPIHono, ports: HookSamplePorts): void {
  app.openapi(getSamples, async (c) => {
    const { event: type, format } = c.req.valid('query');
    const latest = hasScope(c.get('principal'), ['read']) ? await readLatest(ports, type) : [];
    const events = latest.length > 0 ? latest : [sampleEvent(type)];
    return c.json(
      events.map((event) => asDelivered(event, format)),
      200,
    );
  });
}

async function readLatest(
  { eventLog, sources }: HookSamplePorts,
  type: EventType,
): Promise<ChangeEvent[]> {
  const logs = [...(await sources.logIds()), serviceSourceId];
  const wishes = { type, contact: null };
  return (await listEvents(eventLog, logs, wishes, { from: null, limit: mostSamples })).events;
}

function asDelivered(
  event: ChangeEvent,
  format: z.output<typeof hookFormatSchema>,
): Record<string, unknown> {
  const result = renderEvent({ format }, Buffer.from(JSON.stringify(event)));
  if (result.kind === 'failed') throw new TypeError(result.message);
  return JSON.parse(result.body.toString());
}
