import { expect, test } from 'vitest';
import { answerOf, fieldRow, fieldRows, operationsByTag } from '#api/docs-document.ts';
import { exampleCall } from '#api/docs-example.ts';
import { renderPage } from '#api/docs-page.ts';

const info = { title: 'A title', version: '1.0.0' };
const base = { openapi: '3.1.0', info };

test('fields inside fields and inside lists get dotted names', () => {
  const inner = { type: 'object', properties: { at: { type: 'string' } }, required: ['at'] };
  const rows = fieldRows({
    properties: { one: inner, many: { type: 'array', items: inner } },
    required: ['many'],
  });
  expect(rows.map(({ name, required }) => [name, required])).toEqual([
    ['one', false],
    ['one.at', true],
    ['many', true],
    ['many[].at', true],
  ]);
});

test('a schema made of others shows the fields of its own', () => {
  const own = { properties: { secret: { type: 'string' } } };
  const rows = fieldRows({ allOf: [{ $ref: '#/components/schemas/Base' }, own] });
  expect(rows.map(({ name }) => name)).toEqual(['secret']);
});

test.each([
  ['string or null', { type: ['string', 'null'] }],
  ['string (date-time)', { type: 'string', format: 'date-time' }],
  ['"a" | "b"', { type: 'string', enum: ['a', 'b'] }],
  ['array of integer', { type: 'array', items: { type: 'integer' } }],
  ['object of string', { type: 'object', additionalProperties: { type: 'string' } }],
  ['Event', { $ref: '#/components/schemas/Event' }],
  ['array of Event', { type: 'array', items: { $ref: '#/components/schemas/Event' } }],
  ['any', {}],
])('a type reads as %s', (text, schema) => {
  expect(fieldRow('field', schema, true).type).toBe(text);
});

test('bounds and defaults are said beside the description', () => {
  const row = (schema: object) => fieldRow('field', schema, false).notes;
  const said = row({ description: 'How many.', minimum: 1, maximum: 64, default: 8 });
  expect(said).toBe('How many. 1 to 64. Default 8.');
  expect(row({ maxLength: 100 })).toBe('At most 100 characters.');
  expect(row({ minItems: 1 })).toBe('At least 1 entries.');
});

test('operations stand under their first tag, in the order they were declared', () => {
  const operation = (tag: string) => ({ tags: [tag], responses: {} });
  const byTag = operationsByTag({
    ...base,
    paths: {
      '/b': { get: operation('Two'), post: operation('One') },
      '/a/{id}': { get: operation('Two') },
    },
  });
  const shown = [...byTag].map(([tag, all]) => [tag, all.map(({ id }) => id)]);
  expect(shown).toEqual([
    ['Two', ['get-b', 'get-a-id-']],
    ['One', ['post-b']],
  ]);
});

test('what is sent to others stands under its tag too, by its name', () => {
  const operation = { tags: ['Deliveries'], responses: {} };
  const byTag = operationsByTag({ ...base, webhooks: { event: { post: operation } } });
  expect(byTag.get('Deliveries')).toEqual([
    { id: 'post-event', method: 'post', path: 'event', operation },
  ]);
});

test('an answer that is shared is found where it stands, and any other is itself', () => {
  const shared = { description: 'Not Found' };
  const document = { ...base, components: { responses: { NotFound: shared } } };
  const reference = { $ref: '#/components/responses/NotFound', description: 'Elsewhere' };
  expect(answerOf(document, reference)).toBe(shared);
  const own = { description: 'Its own' };
  expect(answerOf(document, own)).toBe(own);
});

test('an example call carries the fields that have an example, and a key where one is wanted', () => {
  const schema = { $ref: '#/components/schemas/Body' };
  const operation = {
    security: [],
    requestBody: { content: { 'application/json': { schema } } },
    responses: {},
  };
  const Body = { properties: { url: { example: 'https://a.example' }, other: {} } };
  const document = { ...base, components: { schemas: { Body } } };
  const listed = { id: 'x', method: 'post', path: '/v1/things', operation };
  expect(exampleCall(document, listed)).toBe(
    [
      'curl -X POST "$URL/v1/things"',
      '  -H "Authorization: Bearer $ADMIN_API_KEY"',
      '  -H "Content-Type: application/json"',
      '  -d \'{"url":"https://a.example"}\'',
    ].join(' \\\n'),
  );
  expect(exampleCall(document, { ...listed, operation: { responses: {} } })).toBeNull();
});

test('no text of the document becomes markup', async () => {
  const evil = '<script>alert(1)</script>';
  const operation = { summary: evil, description: evil, tags: [evil], responses: {} };
  const schemas = { Thing: { description: evil, properties: { [evil]: { description: evil } } } };
  const paths = { [`/${evil}`]: { get: operation } };
  const page = await renderPage({ ...base, paths, components: { schemas } });
  expect(String(page)).toContain('&lt;script&gt;');
  expect(String(page)).not.toContain('<script');
});
