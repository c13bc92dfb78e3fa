import fc from 'fast-check';
import { expect, test } from 'vitest';
import { errorPaths, expectProblem, openApi } from './api-under-test.ts';

const api = await openApi();
const wish = { url: 'https://example.com/hook', events: ['contact.created'] };
const many = <T>(count: number, make: (index: number) => T) =>
  Array.from({ length: count }, (_, i) => make(i));

async function refusal(changes: object) {
  const answer = await api.call('POST', '/v1/subscriptions', { body: { ...wish, ...changes } });
  expectProblem(answer, 400);
  return answer;
}

test.each<[path: string, changes: object]>([
  ['url', { url: 'ftp://example.com' }],
  ['url', { url: 'https://user:secret@example.com' }],
  ['url', { url: `https://example.com/${'x'.repeat(2048)}` }],
  ['url', { url: 'https://example.com\u0000.test' }],
  ['url', { url: 7 }],
  ['events', { events: [] }],
  ['events', { events: 'contact.created' }],
  ['events', { events: many(101, () => 'contact.created') }],
  ['events.1', { events: ['contact.created', 'contact.vanished'] }],
  ['sources', { sources: [] }],
  ['sources.0', { sources: ['Not An Id'] }],
  ['headers.Content-Type', { headers: { 'Content-Type': 'text/plain' } }],
  ['headers.webhook-id', { headers: { 'webhook-id': '1' } }],
  ['headers.x a', { headers: { 'x a': '1' } }],
  ['headers.x-a', { headers: { 'x-a': 'two\r\nlines' } }],
  ['headers.X-A', { headers: { 'x-a': '1', 'X-A': '2' } }],
  ['headers', { headers: Object.fromEntries(many(33, (index) => [`x-${index}`, '1'])) }],
  ['maxInFlight', { maxInFlight: 0 }],
  ['maxInFlight', { maxInFlight: 65 }],
  ['maxInFlight', { maxInFlight: 1.5 }],
  ['maxInFlight', { maxInFlight: '8' }],
  ['description', { description: 'x'.repeat(1001) }],
  ['description', { description: 'with \u0000 inside' }],
  ['description', { description: null }],
  ['metadata', { metadata: Object.fromEntries(many(51, (index) => [`m${index}`, '1'])) }],
  ['metadata.a', { metadata: { a: 1 } }],
  ['metadata.a', { metadata: { a: 'x'.repeat(501) } }],
  ['secret', { secret: 'my-secret' }],
  ['secret', { secret: `whsec_${Buffer.alloc(23).toString('base64')}` }],
  ['filter', { filter: 'status' }],
  ['filter', { filter: null }],
  ['filter.changes.status.to.$where', { filter: { 'changes.status.to': { $where: '1' } } }],
  ['filter.__proto__', { filter: JSON.parse('{"__proto__":{"$exists":true}}') }],
  ['format', { format: 'xml' }],
  ['ordering', { ordering: 'strict' }],
  ['ratePerSecond', { ratePerSecond: 0 }],
  ['ratePerSecond', { ratePerSecond: 0.009 }],
  ['ratePerSecond', { ratePerSecond: 1001 }],
  ['ratePerSecond', { ratePerSecond: '1' }],
  ['contentType', { contentType: 7 }],
  ['template', { template: 7 }],
])('%s is refused by its path, case %#', async (path, changes) => {
  expect(errorPaths(await refusal(changes))).toEqual([path]);
});

test.each(['status', 'disabledReason', 'nonsense'])(
  'a body that names %s hears that it is unknown',
  async (name) => {
    const { json } = await refusal({ [name]: 'anything' });
    const message = 'is unknown, or not offered by this version';
    expect(json.errors).toEqual([{ path: name, message }]);
  },
);

test('everything that is wrong is named at once', async () => {
  const answer = await refusal({ url: 1, events: [], maxInFlight: 0, extra: true });
  expect(errorPaths(answer).sort()).toEqual(['events', 'extra', 'maxInFlight', 'url']);
});

test.each([
  'http://127.0.0.1/',
  'http://0x7f000001/',
  'http://[::ffff:10.0.0.1]/',
  'http://localhost/',
])(
  'the address %s is refused, naming what would allow it, when made and when changed',
  async (url) => {
    const { json: made } = await api.call('POST', '/v1/subscriptions', { body: wish });
    const changed = await api.call('PATCH', `/v1/subscriptions/${made.id}`, { body: { url } });
    for (const answer of [await refusal({ url }), changed]) {
      expectProblem(answer, 400);
      expect(errorPaths(answer)).toEqual(['url']);
      expect(answer.json.errors[0].message).toContain('DELIVERY_ALLOWED_NETWORKS');
    }
  },
);

test('a refused secret is not repeated', async () => {
  expect((await refusal({ secret: 'whsec_my-own-words' })).text).not.toContain('my-own-words');
});

test('a thousand unknown fields get a short answer', async () => {
  const { json, text } = await refusal(
    Object.fromEntries(many(1000, (index) => [`${index}${'x'.repeat(200)}`, 1])),
  );
  expect(json.errors).toHaveLength(50);
  expect(text.length).toBeLessThan(20_000);
});

test('a hundred wrong entries get a short answer', async () => {
  const { json } = await refusal({ events: many(100, (index) => `wrong-${index}`) });
  expect(json.errors).toHaveLength(50);
});

test.each(['__proto__', 'constructor', 'toString'])(
  'a field called %s is unknown too',
  async (name) => {
    const body = `{"url":"https://example.com","events":["contact.created"],"${name}":{"a":1}}`;
    const answer = await api.call('POST', '/v1/subscriptions', { body });
    expectProblem(answer, 400);
    expect(errorPaths(answer)).toEqual([name]);
  },
);

test('no body whatever makes the API fail', async () => {
  const odd = fc.oneof(
    fc.constantFrom('', '\u0000', '\ud800', '1e999', 'https://example.com', 'sub_x', '__proto__'),
    fc.constantFrom('template', 'slack', 'contact', '{{ id', '{% for x in (1..9) %}', 'a/b'),
    fc.constantFrom({ a: 1 }, { $or: [{ a: 1 }] }, { 'a.b': { $in: [null, 'x'] } }),
    fc.constantFrom(Number.MAX_SAFE_INTEGER, -1, 1e308, 0.1, null, true),
    fc.jsonValue({ maxDepth: 3 }),
  );
  const names = [
    'url',
    'events',
    'sources',
    'filter',
    'format',
    'template',
    'contentType',
    'headers',
    'ordering',
    'maxInFlight',
    'ratePerSecond',
    'metadata',
    'description',
    'secret',
  ];
  const body = fc.dictionary(fc.oneof(fc.constantFrom(...names), fc.string()), odd, { maxKeys: 8 });
  await fc.assert(
    fc.asyncProperty(fc.oneof(body, odd), async (value) => {
      const text = JSON.stringify(value) ?? '';
      const { status } = await api.call('POST', '/v1/subscriptions', { body: text });
      expect([201, 400]).toContain(status);
    }),
    { numRuns: 300 },
  );
});

test('no text whatever makes the API fail', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'binary', minLength: 1 }), async (body) => {
      expect((await api.call('POST', '/v1/subscriptions', { body })).status).toBe(400);
    }),
    { numRuns: 100 },
  );
});
