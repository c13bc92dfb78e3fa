import { z } from '@hono/zod-openapi';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cutPage, encodeCursor, pageQuery } from '#api/cursor.ts';

const query = z.strictObject(pageQuery(z.object({ at: z.int() })));

test('what was encoded is read again, and it is fit for a URL', () => {
  const cursor = encodeCursor({ at: 7 });
  expect(cursor).toMatch(/^[\w-]+$/);
  expect(query.parse({ cursor })).toEqual({ cursor: { at: 7 }, limit: 50 });
});

test('no other text is a cursor', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.base64String(), fc.json().map(encodeText)), (cursor) => {
      expect(query.safeParse({ cursor }).success).toBe(false);
    }),
  );
});

function encodeText(text: string): string {
  return Buffer.from(text).toString('base64url');
}

test('pages hold every item once in order, whatever the limit', () => {
  const items = fc.uniqueArray(fc.string({ minLength: 1 }), { maxLength: 30 });
  fc.assert(
    fc.property(items, fc.integer({ min: 1, max: 10 }), (all, limit) => {
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const { page, next } = cutPage(all, (item) => item, { limit, cursor });
        expect(page.length).toBeLessThanOrEqual(limit);
        seen.push(...page);
        cursor = next === null ? undefined : page.at(-1);
      } while (cursor !== undefined);
      expect(seen).toEqual([...all].sort());
    }),
  );
});

test('a page that ends the list has no next, even a full one', () => {
  expect(cutPage(['a', 'b'], (item) => item, { limit: 2 })).toEqual({
    page: ['a', 'b'],
    next: null,
  });
});
