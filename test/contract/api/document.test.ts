import { expect, test } from 'vitest';
import { z } from 'zod';
import { eventTypes } from '#domain/change-event.ts';
import { sampleEvent } from '#webhook/sample-events.ts';
import { openApi, version } from './api-under-test.ts';
import { readDocument, strictly } from './documented-answers.ts';

const api = await openApi();
const document = await readDocument(api.app);
const adminOpens = { key: ['admin'] };

test('the document is OpenAPI 3.1 of this version', () => {
  expect(document).toMatchObject({
    openapi: '3.1.0',
    info: { title: 'inbox-notifier', version },
    components: { securitySchemes: { key: { type: 'http', scheme: 'bearer' } } },
  });
});

test('every route that runs is in the document, and every one in the document runs', () => {
  const running = api.app.routes
    .filter(({ method }) => method !== 'ALL')
    .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`);
  const documented = Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(new Set(documented)).toEqual(new Set(running));
  expect(documented.length).toBeGreaterThanOrEqual(20);
});

test('everything under /v1, and nothing else, wants the key', () => {
  for (const [path, operations] of Object.entries(document.paths)) {
    const wanted = path.startsWith('/v1/') ? expect.arrayContaining([adminOpens]) : undefined;
    for (const operation of Object.values(operations)) {
      expect(operation, path).toHaveProperty('summary');
      expect((operation as { security?: unknown }).security, path).toEqual(wanted);
    }
  }
});

test('every kind of event is sent as the document says', async () => {
  const { requestBody } = document.webhooks.event?.post ?? {};
  const { schema = {} } = requestBody?.content['application/json'] ?? {};
  const strict = z.fromJSONSchema(strictly(document, schema) as z.core.JSONSchema.JSONSchema);
  for (const type of eventTypes) {
    expect(strict.safeParse(sampleEvent(type)).error?.issues ?? [], type).toEqual([]);
  }
  const { id: _, ...nameless } = sampleEvent('contact.created');
  expect(strict.safeParse(nameless).success).toBe(false);
});

test('headers are named as people know them', () => {
  const operations = Object.values(document.paths).flatMap((each) => Object.values(each));
  const named = operations.flatMap(({ responses, ...rest }) => [
    ...((rest as { parameters?: { in: string; name: string }[] }).parameters ?? []),
    ...Object.values(responses).flatMap(({ headers = {} }) =>
      Object.keys(headers).map((name) => ({ in: 'header', name })),
    ),
  ]);
  const names = new Set(named.filter((each) => each.in === 'header').map(({ name }) => name));
  expect([...names].sort()).toEqual([
    'ETag',
    'Idempotency-Key',
    'Idempotency-Replayed',
    'If-Match',
    'Location',
    'RateLimit',
    'RateLimit-Policy',
    'Retry-After',
    'WWW-Authenticate',
  ]);
});

test('every reference in the document leads somewhere', () => {
  const names = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)];
  expect(names.length).toBeGreaterThan(0);
  for (const [, name = ''] of names) expect(document.components.schemas).toHaveProperty(name);
});

test('the page shows every operation and schema, and loads nothing from anywhere', async () => {
  const response = await api.app.request('/docs');
  const page = await response.text();
  expect(response.headers.get('content-type')).toMatch(/^text\/html/);
  expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(page).not.toMatch(/<script|<link|<img|@import|url\(|src=/);
  for (const [path, operations] of Object.entries(document.paths)) {
    expect(page).toContain(`<code>${path}</code>`);
    for (const operation of Object.values(operations)) {
      expect(page).toContain((operation as unknown as { summary: string }).summary);
    }
  }
  for (const name of Object.keys(document.components.schemas)) {
    expect(page).toContain(`id="schema-${name}"`);
  }
});

test.each(['NewSubscription', 'SubscriptionChange', 'Rotation', 'ReplayWish'])(
  'the example of %s that the page shows can be pasted',
  async (name) => {
    const url = 'https://example.com/hook';
    const body = { url, events: ['contact.created'] };
    const { json } = await api.call('POST', '/v1/subscriptions', { body });
    const one = `/v1/subscriptions/${json.id}`;
    const routes: Readonly<Record<string, readonly [method: string, path: string]>> = {
      NewSubscription: ['POST', '/v1/subscriptions'],
      SubscriptionChange: ['PATCH', one],
      Rotation: ['POST', `${one}/rotate-secret`],
      ReplayWish: ['POST', `${one}/replay`],
    };
    const [method, path] = routes[name] ?? ['', ''];
    const escaped = await (await api.app.request('/docs')).text();
    const page = escaped.replaceAll('&quot;', '"').replaceAll('&#39;', "'");
    const call = page
      .split(`curl -X ${method}`)
      .find((each) => asAddress(each) === asAddress(path));
    const shown = /-d '(.*)'/.exec(call ?? '')?.[1] ?? '';
    expect(Object.keys(JSON.parse(shown)).length).toBeGreaterThan(0);
    expect((await api.call(method, path, { body: shown })).status).toBeLessThan(300);
  },
);

/** Which route a call, or a path, leads to. */
function asAddress(text: string): string {
  return (/\/v1[^\s&"]*/.exec(text)?.[0] ?? '').replace(/sub_[\w-]+|\{id\}/, 'one');
}
