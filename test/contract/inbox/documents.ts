import { readFileSync } from 'node:fs';

import { type SeenRequest, token } from './stub-inbox.ts';

export type Json = Record<string, unknown>;

export function read(name: string): string {
  return readFileSync(new URL(`samples/${name}`, import.meta.url), 'utf8');
}

/** The last complete curl command of a document, its token replaced by ours. */
export function sampleRequest(
  document: string,
): SeenRequest & { headers: Record<string, string>; body: Json } {
  const command = document.slice(document.lastIndexOf('curl '));
  const url = /curl '(.+)'/.exec(command)?.[1] ?? '';
  const headers = [...command.matchAll(/-H '([^:]+): (.+)'/g)].map(([, name = '', value = '']) => [
    name.toLowerCase(),
    value.replace(/^Bearer .+$/, `Bearer ${token}`),
  ]);
  return {
    method: /-X '(\w+)'/.exec(command)?.[1],
    path: new URL(url).pathname,
    headers: Object.fromEntries(headers) as Record<string, string>,
    body: JSON.parse(/-d '(\{[\s\S]+?\n {2}\})'/.exec(command)?.[1] ?? '') as Json,
  };
}

export function endpointUrl(document: string): string | undefined {
  return /Endpoint URL:\**\s+`?(https:[^`\s]+)/.exec(document)?.[1];
}

export function section(document: string, from: string, to: string): string {
  const start = document.indexOf(from);
  return document.slice(start, document.indexOf(to, start));
}

/** The cells of every row of the Markdown tables in `text` whose first cell is code. */
export function tableRows(text: string): string[][] {
  const rows = text.split('\n').filter((line) => line.startsWith('| `'));
  return rows.map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('`', '')),
  );
}

export function jsonBlocks(text: string): Json[] {
  return [...text.matchAll(/```json\n([\s\S]+?)```/g)].map((match) => JSON.parse(match[1] ?? ''));
}

export function wireType(documented: string): string {
  return documented.replace(' (ISO 8601)', '');
}

export function typeOf(value: unknown): string {
  return Array.isArray(value) ? 'array' : typeof value;
}

export function at(body: Json, path: string): unknown {
  return path.split('.').reduce<unknown>((value, name) => (value as Json)[name], body);
}

export function put(target: Json, path: string, value: unknown): void {
  const names = path.split('.');
  const last = names.pop()!;
  const parent = names.reduce<Json>((at, name) => {
    at[name] ??= {};
    return at[name] as Json;
  }, target);
  parent[last] ??= value;
}

export function example(name: string, type: string): unknown {
  const examples: Json = {
    string: `some ${name}`,
    'string (ISO 8601)': '2026-06-12T08:13:50.362Z',
    array: [name],
    boolean: true,
    number: 1,
    object: {},
  };
  return examples[type];
}

export function keysDeep(value: Json): string[] {
  return Object.entries(value).flatMap(([key, inner]) =>
    typeOf(inner) === 'object' ? [key, ...keysDeep(inner as Json)] : [key],
  );
}
