import { z } from '@hono/zod-openapi';
import { filterProblems } from '#relay/filter.ts';

/**
 * A filter as it is written (contract section 3). Not a record of zod's: that would drop a name such as `__proto__`, and
 * the filter would let through more than was asked for.
 */
export const filterSchema = z
  .custom<Readonly<Record<string, unknown>>>()
  .superRefine((filter, context) => {
    for (const { path, message } of filterProblems(filter)) {
      context.addIssue({ code: 'custom', path: path === '' ? [] : [path], message });
    }
  })
  .openapi({
    type: 'object',
    additionalProperties: true,
    description:
      'A MongoDB-style query over the `data` of an event: operators `$eq $ne $gt $gte $lt $lte $in $nin $exists $all $size $regex $not $and $or $nor $elemMatch`, patterns in RE2 syntax, times compared as the texts they are. `POST /v1/subscriptions/test-filter` tries one out.',
    example: { 'changes.status.to': 'CLOSED' },
  });
