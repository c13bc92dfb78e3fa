import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const document = new URL('../../docs/complaints.md', import.meta.url);

/** Each row that links tests, with what stands in them. */
const rows = readFileSync(document, 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('|') && line.includes('](../test/'))
  .map((line) => {
    const links = [...line.matchAll(/\]\((\.\.\/test\/[^)]+)\)/g)].map(([, path]) => path ?? '');
    const missing = links.filter((path) => !existsSync(new URL(path, document)));
    const found = links.filter((path) => !missing.includes(path));
    const tests = found.map((path) => readFileSync(new URL(path, document), 'utf8')).join('\n');
    return { line, missing, tests };
  });

/** What a row tells of that none of its tests names. */
function unnamed({ line, tests }: { line: string; tests: string }): string[] {
  const issues = [...line.matchAll(/\[([^\]]+)(#\d+)\]\(https:/g)]
    .filter(
      ([, repository = '', number]) =>
        !(tests.includes(repository) && new RegExp(`${number}\\b`).test(tests)),
    )
    .map(([, repository, number]) => `${repository}${number}`);
  const [, senders] = /([a-z0-9, ]+) \(by (?:reading|its changelog)\)/.exec(line) ?? [];
  const byReading = (senders?.trim().split(', ') ?? []).filter(
    (sender) => !new RegExp(`'.*\\b${sender}\\b.*\\bby (reading|its changelog)`).test(tests),
  );
  return [...issues, ...byReading];
}

test('every complaint that is told leads to tests that name it', () => {
  expect(rows.length).toBeGreaterThan(80);
  expect(rows.flatMap(({ missing }) => missing)).toEqual([]);
  expect(rows.flatMap(unnamed)).toEqual([]);
});
