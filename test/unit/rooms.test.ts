import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';

const home = fileURLToPath(new URL('../../', import.meta.url));

// From the ground up; `simulator` stands apart on `domain`.
const floors = [
  ['domain'],
  ['inbox', 'webhook', 'store'],
  ['poll', 'relay', 'deliver'],
  ['queues', 'api'],
  ['dashboard'],
  ['doctor'],
  ['demo'],
];

const rooms = readdirSync(join(home, 'src'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

function floorOf(room: string): number {
  return floors.findIndex((floor) => floor.includes(room));
}

/** The folder outside of every room: `src/*.ts`. */
const root = '.';

function isForbidden(from: string, to: string): boolean {
  if (from === root) return to === 'simulator' || to === 'demo';
  if (from === 'simulator') return to !== 'domain';
  if (to === 'simulator') return from !== 'demo';
  return floorOf(to) >= floorOf(from);
}

const pairs = [root, ...rooms].flatMap((from) =>
  rooms.filter((to) => to !== from).map((to) => ({ from, to })),
);
const forbidden = pairs.filter(({ from, to }) => isForbidden(from, to));
const ontoTheGround = pairs.filter(({ from, to }) => from !== 'domain' && to === 'domain');

const importsOf: Readonly<Record<string, (to: string) => string>> = {
  'a type': (to) => `import type { A } from '#${to}/planted.ts';\nexport type B = A;\n`,
  'a value': (to) => `import { a } from '#${to}/planted.ts';\nexport const b = a;\n`,
  're-exported': (to) => `export { a } from '#${to}/planted.ts';\n`,
  'at run time': (to) => `export const a = () => import('#${to}/planted.ts');\n`,
  'by a relative path': (to) => `import { a } from '../${to}/planted.ts';\nexport const b = a;\n`,
};

const planted = plantImports();
afterAll(() => rmSync(planted.folder, { recursive: true }));

/** Plants every import in a copy of the tree's shape and lets Biome judge it by the project's own configuration. */
function plantImports(): { folder: string; isCaught: (from: string, file: string) => boolean } {
  const folder = mkdtempSync(join(tmpdir(), 'inbox-notifier-rooms-'));
  for (const file of ['biome.json', '.gitignore'])
    copyFileSync(join(home, file), join(folder, file));
  for (const { from, to } of pairs) {
    mkdirSync(join(folder, 'src', from), { recursive: true });
    for (const [how, write] of Object.entries(importsOf)) {
      writeFileSync(join(folder, 'src', from, fileName(to, how)), write(to));
    }
  }
  const biome = join(home, 'node_modules/@biomejs/biome/bin/biome');
  const { stdout } = spawnSync(
    process.execPath,
    [
      biome,
      'lint',
      '--only=style/noRestrictedImports',
      '--reporter=json',
      '--max-diagnostics=none',
    ],
    { cwd: folder, encoding: 'utf8' },
  );
  const report = JSON.parse(stdout) as { diagnostics: { location: { path: string } }[] };
  const caught = new Set(report.diagnostics.map(({ location }) => location.path));
  return { folder, isCaught: (from, file) => caught.has(join('src', from, file)) };
}

function fileName(to: string, how: string): string {
  return `${to}-${how.replaceAll(' ', '-')}.ts`;
}

test('every room stands on a floor', () => {
  expect(rooms.filter((room) => room !== 'simulator' && floorOf(room) === -1)).toEqual([]);
});

test('every room has exactly one boundary in biome.json', () => {
  const { overrides } = JSON.parse(readFileSync(join(home, 'biome.json'), 'utf8')) as {
    overrides: {
      includes: string[];
      linter: { rules: { style?: { noRestrictedImports?: { level: string } } } };
    }[];
  };
  const bounded = overrides
    .filter(({ linter }) => linter.rules.style?.noRestrictedImports?.level === 'error')
    .flatMap(({ includes }) => includes);
  expect(bounded.sort()).toEqual([...rooms.map((room) => `src/${room}/**`), 'src/*.ts'].sort());
});

test.each(forbidden)('$from may not open onto $to', ({ from, to }) => {
  const missed = Object.keys(importsOf).filter((how) => !planted.isCaught(from, fileName(to, how)));
  expect(missed).toEqual([]);
});

test.each(ontoTheGround)('$from may open onto domain', ({ from }) => {
  expect(planted.isCaught(from, fileName('domain', 'a type'))).toBe(false);
});

test('files are short: half of them have at most 100 lines, none over 250', () => {
  const lengths = readdirSync(join(home, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => ({
      file,
      lines: readFileSync(join(home, 'src', file), 'utf8').split('\n').length - 1,
    }))
    .sort((a, b) => a.lines - b.lines);
  expect(lengths.filter(({ lines }) => lines > 250)).toEqual([]);
  expect(lengths[Math.floor(lengths.length / 2)]?.lines).toBeLessThanOrEqual(100);
});
