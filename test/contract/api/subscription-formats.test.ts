import { expect, test } from 'vitest';
import { errorPaths, expectProblem, openApi } from './api-under-test.ts';

const api = await openApi();
const wish = { url: 'https://example.com/hook', events: ['contact.created'] };
const template = '{ "text": {{ type | json }} }';
const filter = { $or: [{ 'changes.status.to': 'CLOSED' }, { reason: { $in: ['new', null] } }] };

async function create(changes: object = {}) {
  const answer = await api.call('POST', '/v1/subscriptions', { body: { ...wish, ...changes } });
  expect(answer.status).toBe(201);
  return answer.json;
}

const patch = (id: string, body: object) => api.call('PATCH', `/v1/subscriptions/${id}`, { body });

test.each<object>([
  { format: 'cloudevents' },
  { format: 'slack' },
  { format: 'template', template },
  { format: 'template', template: 'text: {{ type }}', contentType: 'text/plain' },
  { ordering: 'contact' },
  { ratePerSecond: 0.01 },
  { ratePerSecond: 1000 },
  { filter },
])('%j comes back as it was wished for, when made and when asked for', async (wished) => {
  const { secret: _, ...made } = await create(wished);
  expect(made).toMatchObject(wished);
  expect((await api.call('GET', `/v1/subscriptions/${made.id}`)).json).toEqual(made);
  const { json } = await api.call('GET', '/v1/subscriptions?limit=200');
  expect(json.data).toContainEqual(made);
});

test.each<object>([
  { format: 'cloudevents' },
  { format: 'template', template, contentType: 'application/json' },
  { ordering: 'contact' },
  { ratePerSecond: 2.5 },
  { filter },
])('%j can be chosen later', async (change) => {
  const { id } = await create();
  const { json, status } = await patch(id, change);
  expect(status).toBe(200);
  expect(json).toMatchObject(change);
});

test('null takes filter, rate and, together with another format, the template away', async () => {
  const optional = { filter, ratePerSecond: 3, format: 'template', template };
  const { id } = await create({ ...optional, contentType: 'application/json' });
  const none = { filter: null, ratePerSecond: null, template: null, contentType: null };
  const { json } = await patch(id, { format: 'slack', ...none });
  expect(json.format).toBe('slack');
  for (const name of Object.keys(none)) expect(json).not.toHaveProperty(name);
});

test.each<[paths: string[], changes: object]>([
  [['template'], { format: 'template' }],
  [['template'], { format: 'template', template: '{{ broken' }],
  [['template'], { format: 'template', template: 'not JSON' }],
  [['template'], { template }],
  [['contentType'], { format: 'slack', contentType: 'text/plain' }],
  [['contentType'], { format: 'template', template, contentType: 'plain text' }],
  [['url', 'template'], { url: 'http://127.0.0.1/', format: 'template' }],
])('%j is refused in %j', async (paths, changes) => {
  const answer = await api.call('POST', '/v1/subscriptions', { body: { ...wish, ...changes } });
  expectProblem(answer, 400);
  expect(errorPaths(answer)).toEqual(paths);
});

test.each<[paths: string[], before: object, change: object]>([
  [['template'], {}, { format: 'template' }],
  [['template'], {}, { template }],
  [['template'], { format: 'template', template }, { format: 'standard' }],
  [['template'], { format: 'template', template }, { template: null }],
  [['template'], { format: 'template', template }, { template: '{% nonsense %}' }],
  [['filter.a.$near'], {}, { filter: { a: { $near: 1 } } }],
])(
  'a change is judged by what it leads to: %j where %j becomes %j',
  async (paths, before, change) => {
    const { id } = await create(before);
    const { json: shown } = await api.call('GET', `/v1/subscriptions/${id}`);
    const answer = await patch(id, change);
    expectProblem(answer, 400);
    expect(errorPaths(answer)).toEqual(paths);
    expect((await api.call('GET', `/v1/subscriptions/${id}`)).json).toEqual(shown);
  },
);

test('of two changes at once that do not go together, one is refused', async () => {
  const { id } = await create({ format: 'template', template });
  const answers = await Promise.all([
    patch(id, { format: 'slack', template: null }),
    patch(id, { contentType: 'text/plain' }),
  ]);
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 400]);
  const { json } = await api.call('GET', `/v1/subscriptions/${id}`);
  expect([json.format, json.contentType]).toEqual(
    answers[0].status === 200 ? ['slack', undefined] : ['template', 'text/plain'],
  );
});
