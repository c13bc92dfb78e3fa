import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Operation, ReferenceDocument } from './docs-document.ts';
import { renderPage } from './docs-page.ts';
import { operationExamples } from './examples.ts';
import { jsonAnswer } from './route-parts.ts';

const tags = ['Operation'];
const description =
  'Signed webhooks for a chat inbox that has none. An address that is not here is answered with 404, a method that an address does not know with 405 and `Allow`.';

const tagTexts = {
  Subscriptions: 'Who is told of what, how it is going, and what to do when it is not.',
  Hooks: 'Subscriptions as Zapier, Make and n8n make and end them.',
  Sources: 'The inboxes that are watched.',
  Events: 'What was noticed.',
  Keys: 'Who may ask what of this API.',
  Hints: 'For the inbox’s own hooks.',
  Operation: 'Whether it lives and works, and how to call it.',
};

/** The page is text and style; nothing may run on it or be fetched for it. */
const pageHeaders = { 'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'" };

const showDocument = createRoute({
  tags,
  method: 'get',
  path: '/openapi.json',
  operationId: 'getDocument',
  summary: 'This API as OpenAPI 3.1',
  description: 'Made from the routes that run.',
  responses: {
    200: jsonAnswer(
      z.object({ openapi: z.string() }).openapi({ additionalProperties: true }),
      'The document.',
    ),
  },
});

const showPage = createRoute({
  tags,
  method: 'get',
  path: '/docs',
  operationId: 'getReference',
  summary: 'This API as a page',
  description: 'The same as the document, for people.',
  responses: {
    200: { description: 'The page.', content: { 'text/html': { schema: z.string() } } },
  },
});

/** Both are made from the routes that run, at the first request for one of them. */
export function documentRoutes(app: OpenAPIHono, version: string): void {
  app.openAPIRegistry.registerComponent('securitySchemes', 'key', {
    type: 'http',
    scheme: 'bearer',
    description: 'An API key. Each operation names the scopes that open it; one of them is enough.',
  });
  let made: ReferenceDocument | null = null;
  const document = () => {
    made ??= makeDocument(app, version);
    return made;
  };
  app.openapi(showDocument, (c) => c.json(document(), 200));
  app.openapi(showPage, async (c) => c.html(await renderPage(document()), 200, pageHeaders));
}

function makeDocument(app: OpenAPIHono, version: string): ReferenceDocument {
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
  const used = new Set(operations.flatMap(({ tags: own = [] }) => own));
  const described = Object.entries(tagTexts).filter(([name]) => used.has(name));
  for (const operation of operations) showExamples(operation);
  return {
    ...document,
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
