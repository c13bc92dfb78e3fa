import { z } from '@hono/zod-openapi';
import { keyScopes } from '#domain/api-key.ts';

/** Of a key made without saying so. */
const usualPerMinute = 600;
const mostPerMinute = 60_000;

const fields = {
  name: z.string().trim().min(1).max(100).openapi({
    description: 'For people: who has it, and for what.',
    example: 'CRM sync',
  }),
  requestsPerMinute: z.int().min(1).max(mostPerMinute).openapi({
    description: 'What asks more often is answered 429.',
    example: usualPerMinute,
  }),
  expiresAt: z.iso.datetime().nullable().openapi({
    description: 'From then on it opens nothing; null: it is good until it is revoked.',
    example: '2027-01-01T00:00:00.000Z',
  }),
};

export const newKeySchema = z
  .strictObject({
    name: fields.name,
    scopes: z
      .array(z.enum(keyScopes))
      .min(1)
      .max(keyScopes.length)
      .openapi({
        description:
          '`admin` opens everything; `read` all that can be read but keys; `subscriptions` makes subscriptions, and opens those that it made.',
        example: ['subscriptions'],
      }),
    requestsPerMinute: fields.requestsPerMinute.default(usualPerMinute),
    expiresAt: fields.expiresAt.default(null),
  })
  .openapi('NewKey');

export const keyChangeSchema = z
  .strictObject(fields)
  .partial()
  .openapi('KeyChange', { description: 'What is named is replaced. Scopes stay as they are.' });

export const keySchema = z
  .object({
    id: z.string().openapi({ example: 'key_Zt0cXW9qQm2nVb7RkP4sLA' }),
    name: fields.name,
    scopes: z.array(z.enum(keyScopes)),
    requestsPerMinute: z.int(),
    start: z.string().openapi({
      description: 'The first characters of the key, to recognise it by.',
      example: 'ink_4fGh',
    }),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
    lastUsedAt: z.iso.datetime().nullable().openapi({
      description: 'To the minute; null when it never was.',
    }),
    expiresAt: z.iso.datetime().nullable(),
  })
  .openapi('Key');

export const keyWithTextSchema = keySchema
  .extend({
    key: z.string().openapi({
      description: 'Shown this one time.',
      example: 'ink_4fGh1sT9vQ0bXy7KcM2eRj5LwUa8NdPz3ZoEiHt6BgA',
    }),
  })
  .openapi('KeyWithText');

export const principalSchema = z
  .object({
    id: z.string().openapi({ example: 'key_Zt0cXW9qQm2nVb7RkP4sLA' }),
    name: z.string().openapi({ example: 'CRM sync' }),
    scopes: z.array(z.enum(keyScopes)),
  })
  .openapi('Me');
export type KeyChange = z.output<typeof keyChangeSchema>;
