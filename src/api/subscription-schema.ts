import { z } from '@hono/zod-openapi';
import { eventTypes } from '#domain/change-event.ts';
import { deliveryStatuses } from '#domain/delivery.ts';
import { disabledReasons, orderings, subscriptionFormats } from '#domain/subscription.ts';
import { secretProblem } from '#webhook/signature.ts';
import { requestHeaderProblem } from '#webhook/subscriber-url.ts';
import { sourceIdSchema } from './route-parts.ts';

const mostHeaders = 32;
const mostMetadata = 50;

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

const only = (value: string) => `must be \`${value}\`: this version offers no other`;

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
  format: z.literal('standard', { error: only('standard') }),
  headers: headersSchema,
  ordering: z.literal('none', { error: only('none') }),
  maxInFlight: z.int().min(1).max(64).openapi({
    description: 'Most deliveries on their way to this subscriber at one moment.',
  }),
  description: words(1000),
  metadata: metadataSchema,
};

export const newSubscriptionSchema = z
  .strictObject({
    url: fields.url,
    events: fields.events,
    sources: fields.sources.optional(),
    format: fields.format.default('standard'),
    headers: fields.headers.default({}),
    ordering: fields.ordering.default('none'),
    maxInFlight: fields.maxInFlight.default(8),
    description: fields.description.optional(),
    metadata: fields.metadata.optional(),
    secret: z
      .string()
      .max(200)
      .superRefine((secret, context) => {
        const message = secretProblem(secret);
        if (message !== null) context.addIssue({ code: 'custom', message });
      })
      .optional()
      .openapi({ description: '`whsec_` and the base64 of 24 to 64 bytes; made if left out.' }),
  })
  .openapi('NewSubscription');

export const subscriptionChangeSchema = z
  .strictObject({
    url: fields.url,
    events: fields.events,
    sources: fields.sources.nullable(),
    format: fields.format,
    headers: fields.headers.nullable(),
    ordering: fields.ordering,
    maxInFlight: fields.maxInFlight,
    description: fields.description.nullable(),
    metadata: fields.metadata.nullable(),
  })
  .partial()
  .openapi('SubscriptionChange', {
    description: 'What is named is replaced as a whole; null takes an optional field away.',
  });
export type SubscriptionChange = z.output<typeof subscriptionChangeSchema>;

const counts = z.object(
  Object.fromEntries(deliveryStatuses.map((status) => [status, z.int()])) as Record<
    (typeof deliveryStatuses)[number],
    z.ZodInt
  >,
);

export const subscriptionSchema = z
  .object({
    id: z.string(),
    url: z.string(),
    events: z.array(z.enum(eventTypes)),
    sources: z.array(z.string()).optional(),
    format: z.enum(subscriptionFormats),
    headers: z.array(z.string()).openapi({ description: 'The names; values never come back.' }),
    ordering: z.enum(orderings),
    maxInFlight: z.int(),
    description: z.string().optional(),
    metadata: z.record(z.string(), z.string()).optional(),
    status: z.enum(['active', 'paused', 'disabled']),
    disabledReason: z
      .enum(disabledReasons)
      .optional()
      .openapi({ description: '`gone`: the subscriber answered 410.' }),
    deliveries: counts.openapi({
      description: 'How many wait (`pending`, `retrying`) and how many ended, since it was made.',
    }),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .openapi('Subscription');

export const createdSubscriptionSchema = subscriptionSchema
  .extend({ secret: z.string().openapi({ description: 'Shown this one time.' }) })
  .openapi('CreatedSubscription');
