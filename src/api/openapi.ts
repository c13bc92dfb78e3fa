import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { deliveryWebhook } from './delivery-document.ts';
import type { ReferenceDocument } from './docs-document.ts';
import { renderPage } from './docs-page.ts';
import { makeDocument } from './document.ts';
import { jsonAnswer } from './route-parts.ts';

const tags = ['Operation'];
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
  app.openAPIRegistry.registerWebhook(deliveryWebhook);
  let made: ReferenceDocument | null = null;
  const document = () => {
    made ??= makeDocument(app, version);
    return made;
  };
  app.openapi(showDocument, (c) => c.json(document(), 200));
  let page: string | null = null;
  app.openapi(showPage, async (c) => {
    page ??= String(await renderPage(document()));
    return c.html(page, 200, pageHeaders);
  });
}
