import { html } from 'hono/html';
import { code, type Html } from './components.ts';

/** Beyond so much text a page would be slow to fold; it is shown as it is. */
const mostTreeCharacters = 200_000;
const mostTreeDepth = 40;
/** What lies deeper, or has more entries, is folded at first. */
const openDepth = 4;
const openEntries = 12;

/** A value as indented JSON, whose objects and lists fold. Copied from the page it is still JSON. */
export function jsonTree(value: unknown): Html {
  const text = JSON.stringify(value, null, 2);
  if (text.length > mostTreeCharacters || isDeeper(value, mostTreeDepth)) return code(text);
  return html`<div class="json" tabindex="0" role="group" aria-label="JSON">${node(null, value, 0, true)}</div>`;
}

function node(name: string | null, value: unknown, depth: number, isLast: boolean): Html {
  const comma = isLast ? '' : ',';
  const key = name === null ? '' : html`<span class="json-key">${JSON.stringify(name)}</span>: `;
  if (typeof value !== 'object' || value === null || isEmpty(value)) {
    return html`<div>${key}${scalar(value)}${comma}</div>`;
  }
  const isList = Array.isArray(value);
  const entries: [string | null, unknown][] = isList
    ? value.map((each) => [null, each])
    : Object.entries(value);
  const [begin, end] = isList ? ['[', ']'] : ['{', '}'];
  const isOpen = depth < openDepth && (depth === 0 || entries.length <= openEntries);
  const children = entries.map(([childName, child], index) =>
    node(childName, child, depth + 1, index === entries.length - 1),
  );
  return html`<details${isOpen ? html` open` : ''}><summary>${key}${begin}<span class="json-folded">${entries.length} ${end}${comma}</span></summary>
<div class="json-inner">${children}</div><div>${end}${comma}</div></details>`;
}

function scalar(value: unknown): Html {
  const kind = typeof value === 'string' ? 'json-text' : 'json-value';
  return html`<span class="${kind}">${JSON.stringify(value)}</span>`;
}

function isEmpty(value: object): boolean {
  return Object.keys(value).length === 0;
}

function isDeeper(value: unknown, than: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return than === 0 || Object.values(value).some((child) => isDeeper(child, than - 1));
}
