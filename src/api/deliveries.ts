import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { adviseOnAnswer } from '#deliver/answer-advice.ts';
import { type Attempt, deliveryStatuses, parseDeliveryRef } from '#domain/delivery.ts';
import type { Deliveries, ListedDelivery } from '#store/deliveries.ts';
import type { Lanes } from '#store/lanes.ts';
import { msOfLogId } from '#store/log-id.ts';
import type { Subscriptions } from '#store/subscriptions.ts';
import { encodeCursor, pageOf, pageQuery } from './cursor.ts';
import { invalid } from './problem.ts';
import { refusals } from './refusals.ts';
import { idParam, jsonAnswer } from './route-parts.ts';
import { openTo } from './scopes.ts';
import { findSubscription } from './subscription-access.ts';

export interface DeliveryPorts {
  readonly subscriptions: Subscriptions;
  readonly deliveries: Deliveries;
  readonly lanes: Lanes;
}

const statusSchema = z.enum(deliveryStatuses);

const positionSchema = z.object({ status: statusSchema, offset: z.int().min(0).max(1e9) });

const phasesSchema = z
  .object({
    dnsMs: z.number().optional(),
    connectMs: z.number().optional(),
    tlsMs: z.number().optional(),
    firstByteMs: z.number().optional().openapi({ description: 'From the start of the attempt.' }),
  })
  .openapi({ description: 'What took how long; a connection that was kept open needs no more.' });

const attemptSchema = z.object({
  at: z.iso.datetime(),
  durationMs: z.number(),
  phases: phasesSchema.optional(),
  statusCode: z.int().optional().openapi({ description: 'When the subscriber answered.' }),
  error: z.string().optional().openapi({
    description: 'Why there was no answer.',
    example: 'connection_refused',
  }),
  message: z.string().optional(),
  response: z.string().optional().openapi({ description: 'The first 1 KiB of the answer.' }),
});

export const deliverySchema = z
  .object({
    event: z.string().openapi({ description: 'The id of the event, sent as `webhook-id`.' }),
    source: z.string().openapi({ description: 'The id of a source, or `service`.' }),
    contact: z.string().nullable().openapi({
      description: 'The `_id` of whom it is about; null when it is about nobody.',
    }),
    committedAt: z.iso.datetime().openapi({
      description: "When the event was committed, by the log's own time.",
    }),
    status: statusSchema,
    attempts: z.array(attemptSchema),
    nextAttemptAt: z.iso.datetime().nullable(),
  })
  .openapi('Delivery');

/** What the list answers. */
export const deliveryPageSchema = pageOf(deliverySchema);

const list = createRoute({
  ...openTo('read', 'subscriptions'),
  tags: ['Subscriptions'],
  method: 'get',
  path: '/v1/subscriptions/{id}/deliveries',
  operationId: 'listDeliveries',
  summary: 'List deliveries',
  description:
    'The latest 1,000 delivered ones are kept, all others for the retention. They move while they are listed: a delivery that changes its place between two pages can be missed or come twice.',
  request: {
    params: idParam('sub_…'),
    query: z.strictObject({ status: statusSchema.optional(), ...pageQuery(positionSchema) }),
  },
  responses: {
    200: jsonAnswer(deliveryPageSchema, 'Status after status.'),
    ...refusals.get(404),
  },
});

export function deliveryRoutes(app: OpenAPIHono, ports: DeliveryPorts): void {
  const { subscriptions, deliveries, lanes } = ports;

  app.openapi(list, async (c) => {
    const { id } = c.req.valid('param');
    const { status, cursor, limit } = c.req.valid('query');
    if (cursor !== undefined && status !== undefined && cursor.status !== status) {
      return invalid(c, [{ path: 'cursor', message: 'belongs to a list with another `status`' }]);
    }
    const found = await findSubscription(c, subscriptions, id, 'read');
    if (found.kind === 'refused') return found.answer;
    const { subscription } = found;
    const listed = await deliveries.list(subscription.id, status ?? null, cursor ?? null, limit);
    const next = listed.next === null ? null : encodeCursor(listed.next);
    const [lane] = await lanes.summarize([subscription.id]);
    const view = (delivery: ListedDelivery) => viewDelivery(delivery, lane?.status === 'active');
    return c.json({ data: listed.deliveries.map(view), next }, 200);
  });
}

/** Nothing is due while a subscription is paused or disabled. */
export function viewDelivery(
  { ref, status, attempts, nextAttemptAtMs }: ListedDelivery,
  isActive: boolean,
) {
  const { eventId, source, contactId, logId } = parseDeliveryRef(ref);
  return {
    event: eventId,
    source,
    contact: contactId === '' ? null : contactId,
    committedAt: new Date(msOfLogId(logId)).toISOString(),
    status,
    attempts: attempts.map(withAdvice),
    nextAttemptAt:
      nextAttemptAtMs === null || !isActive ? null : new Date(nextAttemptAtMs).toISOString(),
  };
}

/** Made when somebody looks: kept with each attempt it would be most of what is kept. */
function withAdvice(attempt: Attempt): Attempt {
  const { statusCode, message } = attempt;
  const advice = statusCode === undefined ? null : adviseOnAnswer(statusCode);
  return message !== undefined || advice === null ? attempt : { ...attempt, message: advice };
}
