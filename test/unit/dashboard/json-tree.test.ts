import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonTree } from '#dashboard/json-tree.ts';

/** What somebody gets who unfolds all of it and copies it. */
function copied(html: string): string {
  const unfolded = html.replaceAll(/<span class="json-folded">.*?<\/span>/g, '');
  const text = unfolded.replaceAll(/<[^>]*>/g, '');
  const entities: Readonly<Record<string, string>> = {
    amp: '&',
    lt: '<',
    gt: '>',
    quot: '"',
    '#39': "'",
  };
  return text.replaceAll(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => entities[name] ?? '');
}

test('whatever it holds, what is copied from the tree is the same JSON', async () => {
  await fc.assert(
    fc.asyncProperty(fc.jsonValue(), async (value) => {
      expect(JSON.parse(copied(String(await jsonTree(value))))).toEqual(
        JSON.parse(JSON.stringify(value)),
      );
    }),
  );
});

test('neither names nor texts become markup', async () => {
  const text = String(
    await jsonTree({ '<img src=x onerror=alert(1)>': '</span><script>alert(1)</script>' }),
  );
  expect(text).not.toMatch(/<(script|img)/);
  expect(text).toContain('&lt;script&gt;');
});

test('what is large or deep is folded at first, or shown as plain text', async () => {
  const many = Array.from({ length: 13 }, (_, index) => index);
  expect(String(await jsonTree({ few: [1], many }))).toMatch(
    /<details open>.*<details open>.*<details>/s,
  );
  let deep: unknown = 1;
  for (let depth = 0; depth < 2000; depth += 1) deep = [deep];
  expect(String(await jsonTree(deep))).not.toContain('<details');
  expect(String(await jsonTree({ long: 'x'.repeat(250_000) }))).not.toContain('<details');
});
