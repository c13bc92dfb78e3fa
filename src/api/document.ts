import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Answer, Operation, Parameter, ReferenceDocument } from './docs-document.ts';
import { operationExamples } from './examples.ts';

const description =
  'Signed webhooks for a chat inbox that has none. An address that is not here is answered with 404, a method that an address does not know with 405 and `Allow`.';

const tagTexts = {
  Subscriptions: 'Who is told of what, how it is going, and what to do when it is not.',
  Hooks: 'Subscriptions as Zapier, Make and n8n make and end them.',
  Sources: 'The inboxes that are watched.',
  Events: 'What was noticed.',
  Deliveries: 'What your endpoint is sent.',
  Keys: 'Who may ask what of this API.',
  Hints: 'For the inbox’s own hooks.',
  Operation: 'Whether it lives and works, and how to call it.',
};

/** Stands before every POST under `/v1`, so no route names it. */
const idempotencyKey: Parameter = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description:
    'Your own name for this request: sent again within 24 hours under the same name, it is done once, and answered the same.',
  schema: {
    type: 'string',
    minLength: 1,
    maxLength: 255,
    pattern: '^[ -~]+$',
    example: '0f8fad5b-d9cb-469f-a165-70867728950e',
  },
};
const replayed = {
  'Idempotency-Replayed': {
    description: '`true` when this is the answer that the request was given before.',
    required: false,
    schema: { type: 'string', enum: ['true'] },
  },
};

/** Said with every answer to who shows a key; who asks from inside has no limit. */
const rateLimit = {
  'RateLimit-Policy': {
    description: 'How many requests (`q`) in how many seconds (`w`) the key may make.',
    schema: { type: 'string', example: '"key";q=600;w=60' },
  },
  RateLimit: {
    description: 'How many are left (`r`), and in how many seconds (`t`) all are there again.',
    schema: { type: 'string', example: '"key";r=588;t=2' },
  },
};

/** Made from the routes that run, with what stands before them and with examples. */
export function makeDocument(app: OpenAPIHono, version: string): ReferenceDocument {
  const document = app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'inbox-notifier',
      version,
      description,
      contact: { name: 'Whoever runs this service' },
      license: { name: 'Apache License 2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    servers: [{ url: '/', description: 'Where this document comes from.' }],
    // Its own type allows references wherever there may be one; here they stand only for schemas.
  }) as unknown as ReferenceDocument;
  const operations = Object.values(document.paths ?? {}).flatMap((each) => Object.values(each));
  const webhooks = Object.values(document.webhooks ?? {}).flatMap((each) => Object.values(each));
  const used = new Set([...operations, ...webhooks].flatMap(({ tags: own = [] }) => own));
  const described = Object.entries(tagTexts).filter(([name]) => used.has(name));
  for (const operation of operations) {
    showExamples(operation);
    nameHeaders(operation);
  }
  for (const operation of postsOf(document)) takeIdempotencyKey(operation);
  for (const operation of operations) {
    if (operation.responses['429'] !== undefined) tellRateLimit(operation);
  }
  const shared: Record<string, Answer> = {};
  for (const operation of operations) shareProblems(operation, shared);
  return {
    ...document,
    components: { ...document.components, responses: shared },
    tags: described.map(([name, text]) => ({ name, description: text })),
  };
}

/** Puts an operation's examples where its body and its answer are described. */
function showExamples({ operationId, requestBody, responses }: Operation): void {
  const { request, answer } = operationExamples[operationId ?? ''] ?? {};
  for (const media of Object.values(requestBody?.content ?? {})) media.example ??= request;
  for (const [status, { content }] of Object.entries(responses)) {
    if (!status.startsWith('2')) continue;
    for (const media of Object.values(content ?? {})) media.example ??= answer;
  }
}

function postsOf({ paths = {} }: ReferenceDocument): Operation[] {
  const posts = Object.entries(paths).map(([path, { post }]) =>
    path.startsWith('/v1/') ? post : undefined,
  );
  return posts.filter((post) => post !== undefined);
}

function takeIdempotencyKey(operation: Operation): void {
  operation.parameters = [...(operation.parameters ?? []), idempotencyKey];
  for (const [status, answer] of Object.entries(operation.responses)) {
    if (status.startsWith('2')) answer.headers = { ...answer.headers, ...replayed };
  }
}

function tellRateLimit({ responses }: Operation): void {
  for (const [status, answer] of Object.entries(responses)) {
    const isCounted = status.startsWith('2') || status === '429';
    if (isCounted) answer.headers = { ...answer.headers, ...rateLimit };
  }
}

/** A refusal is the same everywhere, so it stands once; a document that repeated them would be mostly that. */
function shareProblems({ responses }: Operation, shared: Record<string, Answer>): void {
  for (const [status, answer] of Object.entries(responses)) {
    if (Number(status) < 400) continue;
    const name = answer.description.replaceAll(' ', '');
    shared[name] = answer;
    responses[status] = { $ref: `#/components/responses/${name}`, description: answer.description };
  }
}

/** Routes declare headers in the small letters that they are read by. */
function nameHeaders({ parameters = [], responses }: Operation): void {
  for (const each of parameters) if (each.in === 'header') each.name = headerName(each.name);
  for (const answer of Object.values(responses)) {
    const named = Object.entries(answer.headers ?? {}).map(([name, of]) => [headerName(name), of]);
    if (named.length > 0) answer.headers = Object.fromEntries(named);
  }
}

function headerName(name: string): string {
  if (name === 'etag') return 'ETag';
  return name.replaceAll(/(?<=^|-)[a-z]/g, (letter) => letter.toUpperCase());
}
