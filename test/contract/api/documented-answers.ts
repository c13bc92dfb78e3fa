import type { OpenAPIHono } from '@hono/zod-openapi';
import { expect } from 'vitest';
import { z } from 'zod';

export interface Node {
  $ref?: string;
  allOf?: Node[];
  properties?: Record<string, Node>;
  items?: Node;
  additionalProperties?: boolean | Node;
  required?: string[];
}

export interface Documented {
  requestBody?: { content: Record<string, { schema: Node }> };
  responses: Record<string, DocumentedAnswer & { $ref?: string }>;
}

interface DocumentedAnswer {
  headers?: Record<string, { required?: boolean; schema: Node }>;
  content?: Record<string, { schema: Node }>;
}

export interface ApiDocument {
  openapi: string;
  paths: Record<string, Record<string, Documented>>;
  webhooks: Record<string, Record<string, Documented>>;
  components: {
    schemas: Record<string, Node>;
    responses: Record<string, DocumentedAnswer>;
  };
}

interface Checkable {
  readonly status: number;
  readonly headers: Headers;
  readonly json: unknown;
}

/** The served document, with shared answers in their places. */
export async function readDocument(app: OpenAPIHono): Promise<ApiDocument> {
  const document = (await (await app.request('/openapi.json')).json()) as ApiDocument;
  for (const { responses } of operationsOf(document)) {
    for (const [status, { $ref }] of Object.entries(responses)) {
      const name = $ref?.replace('#/components/responses/', '') ?? '';
      const shared = document.components.responses[name];
      if (shared !== undefined) responses[status] = shared;
    }
  }
  return document;
}

function operationsOf({ paths }: ApiDocument): Documented[] {
  return Object.values(paths).flatMap((operations) => Object.values(operations));
}

/** Checks an answer against what /openapi.json promises of its route: status, content type and every field, none besides. */
export function documentedAnswers(app: OpenAPIHono) {
  let reading: Promise<ApiDocument> | null = null;
  return async (method: string, path: string, answer: Checkable): Promise<void> => {
    reading ??= readDocument(app);
    const document = await reading;
    const operation = findOperation(document, method, path);
    if (operation === null) return;
    const documented = operation.documented.responses[answer.status];
    expect(documented, `${method} ${path} may answer ${answer.status}`).toBeDefined();
    const [type, { schema }] = Object.entries(documented?.content ?? {})[0] ?? ['', {}];
    if (schema === undefined || !type.includes('json')) return;
    expect(answer.headers.get('content-type')).toBe(type);
    const strict = z.fromJSONSchema(strictly(document, schema) as z.core.JSONSchema.JSONSchema);
    expect(strict.safeParse(answer.json).error?.issues ?? []).toEqual([]);
  };
}

export function findOperation(
  document: ApiDocument,
  method: string,
  path: string,
): { name: string; documented: Documented } | null {
  const parts = new URL(path, 'http://api').pathname.split('/');
  for (const [pattern, operations] of Object.entries(document.paths)) {
    const wanted = pattern.split('/');
    const fits =
      wanted.length === parts.length &&
      wanted.every((part, index) => part.startsWith('{') || part === parts[index]);
    const documented = operations[method.toLowerCase()];
    if (fits && documented !== undefined) return { name: `${method} ${pattern}`, documented };
  }
  return null;
}

/** The schema with its references in place, and with no room for fields that it does not name. */
export function strictly(document: Pick<ApiDocument, 'components'>, node: Node): Node {
  if (node.$ref !== undefined) {
    const name = node.$ref.replace('#/components/schemas/', '');
    return strictly(document, document.components.schemas[name] ?? {});
  }
  const { allOf, ...own } = node;
  const merged: Node = { ...own };
  for (const part of (allOf ?? []).map((each) => strictly(document, each))) {
    merged.properties = { ...merged.properties, ...part.properties };
    merged.required = [...(merged.required ?? []), ...(part.required ?? [])];
    Object.assign(merged, { ...part, properties: merged.properties, required: merged.required });
  }
  if (merged.items !== undefined) merged.items = strictly(document, merged.items);
  if (merged.properties === undefined) return merged;
  merged.properties = Object.fromEntries(
    Object.entries(merged.properties).map(([name, each]) => [name, strictly(document, each)]),
  );
  return { ...merged, additionalProperties: own.additionalProperties ?? false };
}
