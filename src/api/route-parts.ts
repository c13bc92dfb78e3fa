import { z } from '@hono/zod-openapi';

export const noQuery = z.strictObject({});

export const sourceIdSchema = z
  .string()
  .regex(/^[a-z0-9-]{1,32}$/, 'must be 1 to 32 lower-case letters, digits and hyphens');

export function idParam(example: string) {
  return z.object({ id: z.string().openapi({ param: { name: 'id', in: 'path' }, example }) });
}

export function jsonBody<T extends z.ZodType>(schema: T) {
  return { required: true, content: { 'application/json': { schema } } };
}

export function jsonAnswer<T extends z.ZodType>(schema: T, description: string) {
  return { description, content: { 'application/json': { schema } } };
}

/** For a route that takes no body: none, or an empty object. */
export const noBody = { content: { 'application/json': { schema: z.strictObject({}) } } };
