import { z } from '@hono/zod-openapi';

const defaultLimit = 50;
const mostLimit = 200;

/** Where a list goes on, as text that says nothing to clients. */
export function encodeCursor(position: unknown): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

/** `limit` and `cursor` of a list whose positions have this schema. */
export function pageQuery<T extends z.ZodType>(position: T) {
  const cursor = z.string().transform((text, context): z.output<T> => {
    const found = position.safeParse(decode(text));
    if (found.success) return found.data;
    context.addIssue({ code: 'custom', message: 'must be the `next` of an answer to this list' });
    return z.NEVER;
  });
  return {
    limit: z.coerce
      .number()
      .int()
      .min(1)
      .max(mostLimit)
      .default(defaultLimit)
      .openapi({ type: 'integer', minimum: 1, maximum: mostLimit, default: defaultLimit }),
    cursor: cursor
      .optional()
      .openapi({ type: 'string', description: 'The `next` of the page before.' }),
  };
}

/** What every list answers with. */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({
    data: z.array(item),
    next: z.string().nullable().openapi({
      description: 'The `cursor` of the next page; null when there is none.',
    }),
  });
}

/** Cuts one page out of what is all in memory, ordered by `keyOf`. */
export function cutPage<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
  { limit, cursor: after = '' }: { readonly limit: number; readonly cursor?: string | undefined },
): { page: T[]; next: string | null } {
  const rest = items
    .filter((item) => keyOf(item) > after)
    .sort((left, right) => (keyOf(left) < keyOf(right) ? -1 : 1));
  const page = rest.slice(0, limit);
  const last = page.at(-1);
  const next = last === undefined || rest.length <= limit ? null : encodeCursor(keyOf(last));
  return { page, next };
}

function decode(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}
