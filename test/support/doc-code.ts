import { readFileSync } from 'node:fs';

const root = new URL('../../', import.meta.url);

/** A page of the documentation. */
export function readPage(path: string): string {
  return readFileSync(new URL(path, root), 'utf8');
}

/** The block of code that a page opens with this name, as readers see it. */
export function codeBlock(page: string, name: string): string {
  const text = readPage(page);
  const [, code] = new RegExp(`^\`\`\`\\w+ ${name}\\n(.*?)^\`\`\`$`, 'ms').exec(text) ?? [];
  if (code === undefined) throw new Error(`${page} has no block of code named ${name}.`);
  return code;
}
