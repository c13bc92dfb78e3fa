import fc from 'fast-check';

/** As much of a JSON Schema as this API's document uses. */
export interface Schema {
  readonly $ref?: string;
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly format?: string;
  readonly pattern?: string;
  readonly example?: unknown;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
}

export type Schemas = Readonly<Record<string, Schema>>;

/** What callers send who mean harm, or no good, or nothing. */
const odd: fc.Arbitrary<unknown> = fc.constantFrom(
  null,
  true,
  0,
  -1,
  1.5,
  1e308,
  Number.MAX_SAFE_INTEGER,
  '',
  ' ',
  '\u0000',
  '\ud800',
  '💌'.repeat(40),
  'x'.repeat(5000),
  '__proto__',
  'constructor',
  '{{7*7}}{% assign x = 1 %}',
  '../../etc/passwd',
  'http://127.0.0.1/',
  'http://[::ffff:169.254.169.254]/',
  '0000-00-00T00:00:00Z',
  [],
  [[[[[[]]]]]],
  {},
  { toString: 1, length: -1 },
  { $regex: '(a+)+$' },
  { $and: [{ $or: [{ status: { $nin: [null, {}] } }] }] },
  { $where: 'sleep(1000)' },
  JSON.parse('{"__proto__": {"isAdmin": true}}'),
);

export const oddValue: fc.Arbitrary<unknown> = fc.oneof(
  { arbitrary: odd, weight: 3 },
  { arbitrary: fc.jsonValue({ maxDepth: 3 }), weight: 1 },
);

/** A value that a schema allows, or nearly: what stands in words beside it is not known here. */
export function someOf(schemas: Schemas, schema: Schema): fc.Arbitrary<unknown> {
  const resolved = resolve(schemas, schema);
  const made = makeValue(schemas, resolved);
  if (resolved.example === undefined) return made;
  return fc.oneof(
    { arbitrary: fc.constant(resolved.example), weight: 2 },
    { arbitrary: made, weight: 1 },
  );
}

/** The schema itself, with what it refers to in its place. */
export function resolve(schemas: Schemas, schema: Schema): Schema {
  const { $ref, allOf = [], ...own } = schema;
  const named = $ref === undefined ? undefined : schemas[$ref.replace('#/components/schemas/', '')];
  const parts = [...(named === undefined ? [] : [named]), ...allOf];
  return parts.map((part) => resolve(schemas, part)).reduce(joined, own);
}

function joined(left: Schema, right: Schema): Schema {
  return {
    ...right,
    ...left,
    properties: { ...right.properties, ...left.properties },
    required: [...(right.required ?? []), ...(left.required ?? [])],
  };
}

function makeValue(schemas: Schemas, schema: Schema): fc.Arbitrary<unknown> {
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return fc.oneof(...choices.map((each) => someOf(schemas, each)));
  const types = [schema.type ?? 'any'].flat();
  return fc.oneof(...types.map((type) => ofType(schemas, schema, type)));
}

function ofType(schemas: Schemas, schema: Schema, type: string): fc.Arbitrary<unknown> {
  switch (type) {
    case 'string':
      return stringOf(schema);
    case 'integer':
    case 'number': {
      const { minimum: min = -10, maximum: max = 1000 } = schema;
      return type === 'integer' ? fc.integer({ min, max }) : fc.double({ min, max, noNaN: true });
    }
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array': {
      const { items = {}, minItems: minLength = 0 } = schema;
      return fc.array(someOf(schemas, items), { minLength, maxLength: minLength + 3 });
    }
    case 'object':
      return objectOf(schemas, schema);
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

function stringOf({ format, pattern, minLength = 0, maxLength = 1e9 }: Schema) {
  if (format === 'date-time') {
    const min = new Date('2026-06-01T00:00:00Z');
    const max = new Date('2026-07-01T00:00:00Z');
    return fc.date({ min, max, noInvalidDate: true }).map((date) => date.toISOString());
  }
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern));
  const usual = fc.string({ minLength, maxLength: Math.min(maxLength, minLength + 30) });
  if (maxLength > 10_000) return usual;
  const brim = fc.constantFrom('x'.repeat(maxLength), 'x'.repeat(maxLength + 1));
  return fc.oneof({ arbitrary: usual, weight: 9 }, { arbitrary: brim, weight: 1 });
}

function objectOf(schemas: Schemas, schema: Schema): fc.Arbitrary<unknown> {
  const { properties = {}, required = [], additionalProperties } = schema;
  const named = Object.entries(properties);
  if (named.length > 0) {
    const fields = named.map(([name, each]) => [name, someOf(schemas, each)] as const);
    return fc.record(Object.fromEntries(fields), {
      requiredKeys: required.filter((name) => properties[name] !== undefined),
    });
  }
  const of = typeof additionalProperties === 'object' ? additionalProperties : {};
  return fc.dictionary(fc.string({ maxLength: 20 }), someOf(schemas, of), { maxKeys: 4 });
}
