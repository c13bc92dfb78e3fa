import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { ReferenceDocument } from './docs-document.ts';
import { renderPage } from './docs-page.ts';
import { jsonAnswer } from './route-parts.ts';

const tags = ['Operation'];
const description = 'Signed webhooks for a chat inbox that has none.';

/** The page is text and style; nothing may run on it or be fetched for it. */
const pageHeaders = { 'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'" };

const showDocument = createRoute({
  tags,
  method: 'get',
  path: '/openapi.json',
  operationId: 'getDocument',
  summary: 'This API as OpenAPI 3.1',
  description: 'Made from the routes that run.',
  responses: { 200: jsonAnswer(z.object({ openapi: z.string() }), 'The document.') },
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
    description: 'The API key.',
  });
  let made: ReferenceDocument | null = null;
  const document = () => {
    made ??= app.getOpenAPI31Document({
      openapi: '3.1.0',
      info: { title: 'inbox-notifier', version, description },
      // Its own type allows references wherever there may be one; here they stand only for schemas.
    }) as unknown as ReferenceDocument;
    return made;
  };
  app.openapi(showDocument, (c) => c.json(document(), 200));
  app.openapi(showPage, async (c) => c.html(await renderPage(document()), 200, pageHeaders));
}
