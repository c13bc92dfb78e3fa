import { readFileSync } from 'node:fs';

const root = new URL('../../', import.meta.url);

/** A page of the documentation. */
function readPage(path: string): string {
  return readFileSync(new URL(path, root), 'utf8');
}

/** The block of code that a page opens with this name, as readers see it. */
export function codeBlock(page: string, name: string): string {
  const text = readPage(page);
  const block = new RegExp(`^( *)\`\`\`\\w+ ${name}\\n(.*?)^\\1\`\`\`$`, 'ms');
  const [, , code] = block.exec(text) ?? [];
  if (code === undefined) throw new Error(`${page} has no block of code named ${name}.`);
  return code;
}
