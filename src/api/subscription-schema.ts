import { z } from '@hono/zod-openapi';
import { eventTypes } from '#domain/change-event.ts';
import { deliveryStatuses } from '#domain/delivery.ts';
import { disabledReasons, orderings, subscriptionFormats } from '#domain/subscription.ts';
import { secretProblem } from '#webhook/signature.ts';
import { requestHeaderProblem } from '#webhook/subscriber-url.ts';
import { filterSchema } from './filter-schema.ts';
import { sourceIdSchema } from './route-parts.ts';

const mostHeaders = 32;
const mostMetadata = 50;
const leastPerSecond = 0.01;
const mostPerSecond = 1000;
const mostOverlapSeconds = 7 * 24 * 3600;
export const usualOverlapSeconds = 24 * 3600;

/** Any writing, but no control characters, which have no business in names and notes. */
function words(mostCharacters: number) {
  return z
    .string()
    .max(mostCharacters)
    .refine((text) => /^[\P{Cc}\t\n\r]*$/u.test(text), 'must not hold control characters');
}

const headersSchema = z
  .record(z.string().max(100), z.string().max(4096))
  .superRefine((headers, context) => {
    const names = Object.keys(headers);
    if (names.length > mostHeaders) {
      context.addIssue({ code: 'custom', message: `must be at most ${mostHeaders} headers` });
    }
    const seen = new Set<string>();
    for (const [name, value] of Object.entries(headers)) {
      const repeated = seen.has(name.toLowerCase()) ? 'is named twice' : null;
      const message = requestHeaderProblem(name, value) ?? repeated;
      if (message !== null) context.addIssue({ code: 'custom', path: [name], message });
      seen.add(name.toLowerCase());
    }
  })
  .openapi({
    description: `Extra request headers, at most ${mostHeaders}. Their names come back, their values never do.`,
  });

const metadataSchema = z
  .record(words(100).min(1), words(500))
  .refine((metadata) => Object.keys(metadata).length <= mostMetadata, {
    message: `must be at most ${mostMetadata} entries`,
  })
  .openapi({ description: `Your own notes, at most ${mostMetadata} names with their texts.` });

/** What a caller may choose; each route says what is required. */
const fields = {
  url: z.string().max(2048).openapi({
    description: 'http or https, without user and password; no private address.',
    example: 'https://example.com/webhooks/inbox',
  }),
  events: z
    .array(z.enum(eventTypes))
    .min(1)
    .max(100)
    .openapi({ description: 'Types to be told of.', example: ['contact.status_changed'] }),
  sources: z
    .array(sourceIdSchema)
    .min(1)
    .max(100)
    .openapi({ description: 'Ids of sources; without it, all of them.' }),
  filter: filterSchema,
  format: z.enum(subscriptionFormats).openapi({
    description:
      '`standard`: the event as it is. `cloudevents`: CloudEvents 1.0, structured JSON. `slack`: a message for a Slack incoming webhook. `template`: what `template` makes of it.',
  }),
  template: z.string().openapi({
    description:
      'Liquid, rendered over the event (`id`, `type`, `timestamp`, `data`); for the format `template` alone. `{ "text": {{ data.contact.status | json }} }` shows how a value is put into JSON.',
  }),
  contentType: z.string().max(200).openapi({
    description: 'Of what the template renders; `application/json` if left out.',
  }),
  headers: headersSchema,
  ordering: z.enum(orderings).openapi({
    description:
      '`contact`: later events of a contact wait while an earlier one is on its way or retried; those of others do not.',
  }),
  maxInFlight: z.int().min(1).max(64).openapi({
    description: 'Most deliveries on their way to this subscriber at one moment.',
  }),
  ratePerSecond: z.number().min(leastPerSecond).max(mostPerSecond).openapi({
    description:
      'Most attempts begun in any second; 0.5 is one in two seconds, and a fraction above 1 is rounded down. Without it there is no limit, but 1 for `slack`.',
    example: 5,
  }),
  description: words(1000),
  metadata: metadataSchema,
};

const secretSchema = z
  .string()
  .max(200)
  .superRefine((secret, context) => {
    const message = secretProblem(secret);
    if (message !== null) context.addIssue({ code: 'custom', message });
  })
  .openapi({ description: '`whsec_` and the base64 of 24 to 64 bytes; made if left out.' });

export const newSubscriptionSchema = z
  .strictObject({
    url: fields.url,
    events: fields.events,
    sources: fields.sources.optional(),
    filter: fields.filter.optional(),
    format: fields.format.default('standard'),
    template: fields.template.optional(),
    contentType: fields.contentType.optional(),
    headers: fields.headers.default({}),
    ordering: fields.ordering.default('none'),
    maxInFlight: fields.maxInFlight.default(8),
    ratePerSecond: fields.ratePerSecond.optional(),
    description: fields.description.optional(),
    metadata: fields.metadata.optional(),
    secret: secretSchema.optional(),
  })
  .openapi('NewSubscription');

export const subscriptionChangeSchema = z
  .strictObject({
    url: fields.url,
    events: fields.events,
    sources: fields.sources.nullable(),
    filter: fields.filter.nullable(),
    format: fields.format,
    template: fields.template.nullable(),
    contentType: fields.contentType.nullable(),
    headers: fields.headers.nullable(),
    ordering: fields.ordering,
    maxInFlight: fields.maxInFlight,
    ratePerSecond: fields.ratePerSecond.nullable(),
    description: fields.description.nullable(),
    metadata: fields.metadata.nullable(),
  })
  .partial()
  .openapi('SubscriptionChange', {
    description:
      'What is named is replaced as a whole; null takes an optional field away. What it leads to must fit together, as for a new subscription.',
  });
export type SubscriptionChange = z.output<typeof subscriptionChangeSchema>;

export const rotationSchema = z
  .strictObject({
    overlapSeconds: z.int().min(0).max(mostOverlapSeconds).default(usualOverlapSeconds).openapi({
      description: 'How long the secret in force until now goes on signing beside the new one.',
      example: 3600,
    }),
    secret: secretSchema.optional(),
  })
  .openapi('Rotation');

const countNames = [...deliveryStatuses, 'forgotten'] as const;
const counts = z.object(
  Object.fromEntries(countNames.map((name) => [name, z.int()])) as Record<
    (typeof countNames)[number],
    z.ZodInt
  >,
);

export const subscriptionSchema = z
  .object({
    id: z.string(),
    url: z.string(),
    events: z.array(z.enum(eventTypes)),
    sources: z.array(z.string()).optional(),
    filter: z.record(z.string(), z.unknown()).optional(),
    format: z.enum(subscriptionFormats),
    template: z.string().optional(),
    contentType: z.string().optional(),
    headers: z.array(z.string()).openapi({ description: 'The names; values never come back.' }),
    ordering: z.enum(orderings),
    maxInFlight: z.int(),
    ratePerSecond: z.number().optional(),
    description: z.string().optional(),
    metadata: z.record(z.string(), z.string()).optional(),
    hook: z.literal(true).optional().openapi({
      description: 'Made at `/v1/hooks`: a 410 removes it.',
      example: true,
    }),
    status: z.enum(['active', 'paused', 'disabled']),
    disabledReason: z.enum(disabledReasons).optional().openapi({
      description:
        '`gone`: the subscriber answered 410. `failing`: 5 days and 20 attempts without one success.',
    }),
    failing: z.object({ since: z.iso.datetime(), failures: z.int() }).optional().openapi({
      description: 'While attempts fail: since when, and how many in a row. A success ends it.',
    }),
    deliveries: counts.openapi({
      description:
        'How many wait (`pending`, `retrying`) and how many ended, since it was made; what failed, expired or was skipped and is replayed counts as what becomes of it then. `forgotten` are those that failed, expired or were skipped and are no longer kept.',
    }),
    createdBy: z.string().optional().openapi({
      description: 'The id of the API key that made it.',
      example: 'key_…',
    }),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .openapi('Subscription');

export const subscriptionWithSecretSchema = subscriptionSchema
  .extend({ secret: z.string().openapi({ description: 'Shown this one time.' }) })
  .openapi('SubscriptionWithSecret');
