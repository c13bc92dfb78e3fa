/** As much of an OpenAPI 3.1 document as the reference page shows. */
export interface ReferenceDocument {
  readonly openapi: string;
  readonly info: {
    readonly title: string;
    readonly version: string;
    readonly description?: string;
  };
  readonly paths?: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  /** What is sent to others, by a name instead of a path. */
  readonly webhooks?: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly tags?: readonly { readonly name: string; readonly description: string }[];
  readonly components?: {
    readonly schemas?: Readonly<Record<string, SchemaNode>>;
    readonly responses?: Readonly<Record<string, Answer>>;
  };
}

export interface Operation {
  readonly operationId?: string;
  readonly tags?: readonly string[];
  readonly summary?: string;
  readonly description?: string;
  /** One entry is enough; each names the scopes that it takes. */
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[];
  parameters?: readonly Parameter[];
  readonly requestBody?: { readonly required?: boolean; readonly content: Content };
  readonly responses: Record<string, Answer>;
}

export interface Parameter {
  name: string;
  readonly in: string;
  readonly description?: string;
  readonly required?: boolean;
  readonly schema: SchemaNode;
}

export interface Answer {
  /** Where it stands, among the components, when it is shared. */
  readonly $ref?: string;
  readonly description: string;
  headers?: Readonly<Record<string, HeaderNode>>;
  readonly content?: Content;
}

interface HeaderNode {
  readonly description?: string;
  readonly required?: boolean;
  readonly schema: SchemaNode;
}

type Content = Readonly<Record<string, Media>>;

export interface Media {
  readonly schema: SchemaNode;
  /** Put in when the document is made, where the route itself names none. */
  example?: unknown;
}

export interface SchemaNode {
  readonly $ref?: string;
  readonly allOf?: readonly SchemaNode[];
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly items?: SchemaNode;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | SchemaNode;
  readonly description?: string;
  readonly default?: unknown;
  readonly example?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly pattern?: string;
}

/** One line of a table of fields. */
export interface FieldRow {
  /** Dotted, with `[]` for each member of an array. */
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
  readonly notes: string;
  /** The name of the schema that says more. */
  readonly refersTo: string | null;
}

export interface ListedOperation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

/** Operations by their first tag, in the order they were declared. */
export function operationsByTag({
  paths = {},
  webhooks = {},
}: ReferenceDocument): Map<string, ListedOperation[]> {
  const byTag = new Map<string, ListedOperation[]>();
  for (const [path, operations] of Object.entries({ ...paths, ...webhooks })) {
    for (const [method, operation] of Object.entries(operations)) {
      const tag = operation.tags?.[0] ?? 'Other';
      const id = `${method}${path.startsWith('/') ? '' : '-'}${path.replaceAll(/[^a-z0-9]+/gi, '-')}`;
      byTag.set(tag, [...(byTag.get(tag) ?? []), { id, method, path, operation }]);
    }
  }
  return byTag;
}

/** Every field of an object, those of objects inside it included; what has a name of its own is referred to. */
export function fieldRows(node: SchemaNode, prefix = ''): FieldRow[] {
  const rows: FieldRow[] = [];
  for (const part of node.allOf ?? []) rows.push(...fieldRows(part, prefix));
  for (const [name, field] of Object.entries(node.properties ?? {})) {
    const required = node.required?.includes(name) ?? false;
    rows.push(fieldRow(`${prefix}${name}`, field, required));
    rows.push(...fieldRows(field, `${prefix}${name}.`));
    if (field.items !== undefined) rows.push(...fieldRows(field.items, `${prefix}${name}[].`));
  }
  return rows;
}

export function fieldRow(name: string, node: SchemaNode, required: boolean): FieldRow {
  const refersTo = schemaName(node) ?? (node.items === undefined ? null : schemaName(node.items));
  return { name, type: typeText(node), required, notes: notesText(node), refersTo };
}

/** An answer itself, wherever it stands. */
export function answerOf({ components }: ReferenceDocument, answer: Answer): Answer {
  const name = answer.$ref?.replace('#/components/responses/', '');
  return components?.responses?.[name ?? ''] ?? answer;
}

export function schemaName({ $ref }: SchemaNode): string | null {
  return $ref?.replace('#/components/schemas/', '') ?? null;
}

function typeText(node: SchemaNode): string {
  const name = schemaName(node);
  if (name !== null) return name;
  const types = [node.type ?? 'any'].flat();
  const nullable = types.includes('null') ? ' or null' : '';
  const main = types.find((type) => type !== 'null') ?? 'any';
  return `${mainTypeText(node, main)}${nullable}`;
}

function mainTypeText(node: SchemaNode, type: string): string {
  if (node.enum !== undefined) return node.enum.map((value) => JSON.stringify(value)).join(' | ');
  if (type === 'array') return `array of ${typeText(node.items ?? {})}`;
  if (type === 'object' && typeof node.additionalProperties === 'object' && !node.properties) {
    return `object of ${typeText(node.additionalProperties)}`;
  }
  return node.format === undefined ? type : `${type} (${node.format})`;
}

function notesText(node: SchemaNode): string {
  const notes = [node.description];
  notes.push(boundsText(node.minimum, node.maximum, ''));
  notes.push(boundsText(node.minLength, node.maxLength, ' characters'));
  notes.push(boundsText(node.minItems, node.maxItems, ' entries'));
  if (node.pattern !== undefined) notes.push(`Pattern ${node.pattern}.`);
  if (node.default !== undefined) notes.push(`Default ${JSON.stringify(node.default)}.`);
  return notes.filter((note) => note !== undefined && note !== '').join(' ');
}

function boundsText(least: number | undefined, most: number | undefined, unit: string): string {
  if (least !== undefined && most !== undefined) return `${least} to ${most}${unit}.`;
  if (most !== undefined) return `At most ${most}${unit}.`;
  return least === undefined ? '' : `At least ${least}${unit}.`;
}
