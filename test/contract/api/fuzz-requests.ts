import fc from 'fast-check';
import { oddValue, resolve, type Schema, type Schemas, someOf } from './fuzz-values.ts';
import { placeholderOf } from './fuzz-world.ts';

/** As much of the served document as requests are made from. */
export interface FuzzedDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, FuzzedOperation>>>>;
  readonly components: { readonly schemas: Schemas };
}

interface FuzzedOperation {
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly schema: Schema;
  }[];
  readonly requestBody?: {
    readonly content: Readonly<
      Record<string, { readonly schema: Schema; readonly example?: unknown }>
    >;
  };
}

/** With placeholders for what is there when it is sent. */
export interface FuzzRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

/** Requests to every operation alike: what it documents, nearly that, and what nobody should send. */
export function requestsTo({ paths, components }: FuzzedDocument): fc.Arbitrary<FuzzRequest> {
  const arbitraries = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({
      arbitrary: requestTo(components.schemas, method.toUpperCase(), path, operation),
      // What was removed cannot be asked for any more.
      weight: method === 'delete' || !path.includes('/v1/') ? 1 : 4,
    })),
  );
  return fc.oneof(...arbitraries);
}

function requestTo(
  schemas: Schemas,
  method: string,
  path: string,
  operation: FuzzedOperation,
): fc.Arbitrary<FuzzRequest> {
  const methods = fc.oneof(
    { arbitrary: fc.constant(method), weight: 40 },
    {
      arbitrary: fc.constantFrom('PUT', 'POST', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND'),
      weight: 1,
    },
  );
  const parts = fc.record({
    method: methods,
    path: pathOf(path),
    query: queryOf(schemas, operation),
    headers: headersOf(operation),
    body: bodyOf(schemas, operation),
  });
  return parts.map(({ query, headers, body, ...rest }) => ({
    method: rest.method,
    path: `${rest.path}${query}`,
    headers: { ...(body === null ? {} : { 'content-type': 'application/json' }), ...headers },
    body: ['GET', 'HEAD'].includes(rest.method) ? null : body,
  }));
}

function oneOfWorld(...kinds: readonly string[]): fc.Arbitrary<string> {
  return fc
    .tuple(fc.constantFrom(...kinds), fc.nat({ max: 12 }))
    .map(([kind, nth]) => placeholderOf(kind, nth));
}

/** One in so many. */
function mostlyNone<T>(some: fc.Arbitrary<T>, oneIn: number): fc.Arbitrary<T | undefined> {
  const none = { arbitrary: fc.constant(undefined), weight: oneIn - 1 };
  return fc.oneof(none, { arbitrary: some, weight: 1 });
}

/** What stands in an address already encoded, well or badly. */
const oddSegments = fc.oneof(
  fc.constantFrom('', '%00', '%ff', '%zz', '%2e%2e', '%F0%9F%92%8C', 'x'.repeat(3000), '*', 'null'),
  fc.string({ maxLength: 30 }).map(encodeURIComponent),
);

function pathOf(path: string): fc.Arbitrary<string> {
  const noun = /\/(\w+)s\/\{id\}/.exec(path)?.[1] ?? 'hint';
  const own = oneOfWorld(noun === 'key' ? 'keyId' : noun);
  const segment = fc.oneof(
    { arbitrary: own, weight: 8 },
    { arbitrary: oneOfWorld('subscription', 'hook', 'source', 'event', 'keyId'), weight: 1 },
    { arbitrary: oddSegments, weight: 1 },
  );
  const [before = '', after] = path.split(/\{\w+\}/);
  return after === undefined
    ? fc.constant(path)
    : segment.map((each) => `${before}${each}${after}`);
}

function queryOf(schemas: Schemas, { parameters = [] }: FuzzedOperation): fc.Arbitrary<string> {
  const named = parameters.filter((each) => each.in === 'query');
  const values = named.map(({ name, schema }) => {
    const fits = name === 'cursor' ? oneOfWorld('cursor') : someOf(schemas, schema).map(asText);
    const value = fc.oneof(
      { arbitrary: fits, weight: 6 },
      { arbitrary: oddValue.map(asText), weight: 1 },
    );
    return mostlyNone(
      value.map((text): [string, string] => [name, text]),
      2,
    );
  });
  const stranger = mostlyNone(fc.constantFrom<[string, string]>(['x', 'y'], ['limit', '3']), 25);
  return fc.tuple(...values, stranger).map((pairs) => {
    const present = pairs.filter((pair) => pair !== undefined);
    return present.length === 0 ? '' : `?${asQuery(present)}`;
  });
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

function asQuery(pairs: readonly [string, string][]): string {
  // Braces stay as they are: a placeholder is filled in later.
  const encode = (text: string) => encodeURIComponent(text.toWellFormed());
  return pairs.map(([name, text]) => `${name}=${keepBraces(encode(text))}`).join('&');
}

function keepBraces(text: string): string {
  return text.replaceAll('%7B', '{').replaceAll('%7D', '}').replaceAll('%3A', ':');
}

const authorizations = fc.oneof(
  { arbitrary: fc.constant(`Bearer ${placeholderOf('admin', 0)}`), weight: 16 },
  { arbitrary: oneOfWorld('key').map((key) => `Bearer ${key}`), weight: 5 },
  { arbitrary: fc.constantFrom('', 'Bearer', 'Basic eDp5', 'Bearer é', 'Bearer x'), weight: 1 },
);
const oddTypes = fc.constantFrom(
  'application/json; charset=utf-8',
  'text/plain',
  'multipart/form-data',
  'application/x-www-form-urlencoded',
  'application/merge-patch+json',
  'nonsense',
);
const names = fc.oneof(
  { arbitrary: fc.nat({ max: 300 }).map((number) => `name-${number}`), weight: 6 },
  { arbitrary: fc.constantFrom('', 'é', 'x'.repeat(300)), weight: 1 },
);
const tags = fc.oneof(
  { arbitrary: oneOfWorld('tag'), weight: 6 },
  { arbitrary: fc.constantFrom('*', '', 'x', 'W/"x"', '"x", "y"', '"'), weight: 1 },
);

function headersOf({ parameters = [] }: FuzzedOperation) {
  const takes = (name: string) => parameters.some((each) => each.name === name);
  const oneIn = (name: string) => (takes(name) ? 4 : 30);
  const all = fc.record({
    authorization: authorizations,
    'content-type': mostlyNone(oddTypes, 25),
    'idempotency-key': mostlyNone(names, oneIn('Idempotency-Key')),
    'if-match': mostlyNone(tags, oneIn('If-Match')),
    'if-none-match': mostlyNone(tags, 30),
    accept: mostlyNone(fc.constantFrom('text/html', 'image/png', ''), 30),
  });
  return all.map((headers): Record<string, string> => {
    const present = Object.entries(headers).filter(([, value]) => value !== undefined);
    return Object.fromEntries(present) as Record<string, string>;
  });
}

const oddBodies = fc.constantFrom(
  '',
  '{',
  'null',
  '[]',
  '"x"',
  'a=b',
  '{"a":1}{"b":2}',
  '{"url":"\u0000"}',
  '['.repeat(20_000),
  `{"x":"${'x'.repeat(1024 * 1024)}"}`,
  '{"events":[1e999]}',
  '\ufeff{}',
);

function bodyOf(schemas: Schemas, { requestBody }: FuzzedOperation): fc.Arbitrary<string | null> {
  const media = requestBody?.content['application/json'];
  if (media === undefined) {
    return mostlyNone(oddBodies, 30).map((body) => body ?? null);
  }
  const { schema, example } = media;
  const properties = Object.entries(resolve(schemas, schema).properties ?? {});
  const base = typeof example === 'object' && example !== null ? example : {};
  const changes = properties.map(([name, each]) => [name, someOf(schemas, each)] as const);
  const oneChange = changes.map(([name, value]) => value.map((made) => ({ [name]: made })));
  const oddField = fc.constantFrom('x', '__proto__', ...properties.map(([name]) => name));
  const json = fc.oneof(
    { arbitrary: fc.constant(base), weight: 3 },
    ...(oneChange.length === 0
      ? []
      : [
          {
            arbitrary: fc
              .array(fc.oneof(...oneChange), { minLength: 1, maxLength: 2 })
              .map((all) => Object.assign({}, base, ...all)),
            weight: 6,
          },
        ]),
    { arbitrary: someOf(schemas, schema), weight: 2 },
    {
      arbitrary: fc.tuple(oddField, oddValue).map(([name, odd]) => ({ ...base, [name]: odd })),
      weight: 3,
    },
    { arbitrary: oddField.map((name) => ({ ...base, [name]: undefined })), weight: 1 },
    { arbitrary: oddValue, weight: 1 },
  );
  return fc.oneof(
    { arbitrary: json.map((value) => JSON.stringify(value) ?? ''), weight: 14 },
    { arbitrary: oddBodies, weight: 1 },
    { arbitrary: fc.constant(null), weight: 1 },
  );
}
