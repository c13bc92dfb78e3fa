import { type RouteConfig, z } from '@hono/zod-openapi';
import { sampleEvent } from '#webhook/sample-events.ts';
import { eventSchema } from './event-schema.ts';

const headers = z.object({
  'webhook-id': z.string().openapi({
    description: 'The id of the event: the same on every retry and replay. Remember it.',
    example: 'evt_8mZt0yq1VdJcK4nR',
  }),
  'webhook-timestamp': z.string().openapi({
    description: 'When this attempt was signed, in seconds since 1970.',
    example: '1781258404',
  }),
  'webhook-signature': z.string().openapi({
    description:
      '`v1,` and the base64 of the HMAC-SHA256 of `id.timestamp.body`, one for each secret in force, with spaces between.',
    example: 'v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=',
  }),
});

/** What a subscriber is sent in the format `standard`: nothing that runs here, but what all of it is for. */
export const deliveryWebhook: RouteConfig = {
  tags: ['Deliveries'],
  method: 'post',
  path: 'event',
  operationId: 'receiveEvent',
  summary: 'Receive an event',
  description:
    'Verify the signature over the bytes as they came, with a Standard Webhooks library and the secret of the subscription. Answer 2xx soon, and do the work afterwards: an answer that does not come in time counts as none. The same event may come again, with the same `webhook-id`.',
  request: {
    headers,
    body: {
      required: true,
      content: {
        'application/json': {
          schema: eventSchema,
          example: { ...sampleEvent('contact.status_changed'), id: 'evt_8mZt0yq1VdJcK4nR' },
        },
      },
    },
  },
  responses: {
    200: { description: 'It is delivered, as by any 2xx. The first 1 KiB of the body is kept.' },
    410: { description: 'The subscription is disabled, and its events wait; a hook is removed.' },
    429: { description: 'It is tried again, and nothing is sent before `Retry-After`.' },
    default: { description: 'It is tried again on the schedule. A 3xx is never followed.' },
  },
};
