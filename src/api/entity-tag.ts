import { createHash } from 'node:crypto';
import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { problem } from './problem.ts';
import { jsonAnswer } from './route-parts.ts';

/** What is kept of something that has its own time for every change. */
export interface Versioned {
  readonly id: string;
  readonly updatedAt: string;
}

/** Another one after every change of what a request can change; what lives beside it, such as counts, is not in it. */
export function entityTag({ id, updatedAt }: Versioned): string {
  const digest = createHash('sha256').update(`${id} ${updatedAt}`).digest('base64url');
  return `"${digest.slice(0, 22)}"`;
}

const oneTag = '(?:W/)?"[\\x21\\x23-\\x7e]*"';
const tagList = new RegExp(`^(?:\\*|${oneTag}(?: *, *${oneTag})*)$`);

const ifMatchSchema = z
  .string()
  .max(1000)
  .refine(
    (text) => tagList.test(text),
    'must be the `ETag` of an answer, in its quotation marks, or *',
  )
  .optional()
  .openapi({
    description:
      'The `ETag` of what was read: if it has changed since, nothing is done and the answer is 412.',
    example: '"9Zq1xV0mT4bKc2RwLs8dEa"',
  });

/** For routes that change or remove one thing. */
export const ifMatch = { headers: z.object({ 'if-match': ifMatchSchema }) };

/** Of answers that show one thing whole. */
const tagged = {
  etag: z.string().openapi({
    description: 'For `If-Match`. It tells of what can be changed, not of counts and health.',
    example: '"9Zq1xV0mT4bKc2RwLs8dEa"',
  }),
};

export function taggedAnswer<T extends z.ZodType>(schema: T, description: string) {
  return { ...jsonAnswer(schema, description), headers: z.object(tagged) };
}

/** Of something new: also where it is. */
export function createdAnswer<T extends z.ZodType>(schema: T, description: string) {
  const headers = z.object({ location: z.string(), ...tagged });
  return { ...jsonAnswer(schema, description), headers };
}

/** An `If-Match` (RFC 9110, section 13.1.1), held against what is there at the moment at which it is to change. */
export interface Precondition {
  holds(tag: string): boolean;
  /** Whether it did not hold when it was last asked. */
  readonly failed: boolean;
}

/** Without the header it always holds. */
export function precondition(sent: string | undefined): Precondition {
  const wanted = sent === undefined || sent === '*' ? null : sent.split(',');
  let failed = false;
  return {
    holds(tag) {
      failed = wanted !== null && !wanted.some((each) => each.trim() === tag);
      return !failed;
    },
    get failed() {
      return failed;
    },
  };
}

export function changedMeanwhile(c: Context) {
  return problem(c, 412, 'It has changed since you read it: read it again, and decide anew.');
}
