import { expect, test } from 'vitest';
import { secretsInForce } from '#domain/subscription.ts';
import { errorPaths, expectProblem, openApi } from './api-under-test.ts';

const api = await openApi();
const broughtSecret = (fill: number) => `whsec_${Buffer.alloc(32, fill).toString('base64')}`;

async function create() {
  const body = { url: 'https://example.com/hook', events: ['contact.created'] };
  const { json } = await api.call('POST', '/v1/subscriptions', { body });
  return json;
}

const rotate = (id: string, body?: unknown) =>
  api.call('POST', `/v1/subscriptions/${id}/rotate-secret`, body === undefined ? {} : { body });

async function signing(id: `sub_${string}`, afterSeconds = 0): Promise<string[]> {
  const found = await api.store.subscriptions.get(id);
  return found === null ? [] : secretsInForce(found, api.nowMs + afterSeconds * 1000);
}

test.each([
  ['without a body', undefined],
  ['with an empty one', {}],
])(
  'hookdeck/outpost#951: a rotated secret is shown this one time and signs beside the old one for a day, %s',
  async (_, body) => {
    const { secret: old, ...before } = await create();
    api.nowMs += 1000;
    const { json, status } = await rotate(before.id, body);
    expect(status).toBe(200);
    const { secret, ...shown } = json;
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(secret).not.toBe(old);
    expect(shown).toEqual({ ...before, updatedAt: new Date(api.nowMs).toISOString() });
    expect(await signing(before.id)).toEqual([secret, old]);
    expect(await signing(before.id, 86_399)).toEqual([secret, old]);
    expect(await signing(before.id, 86_400)).toEqual([secret]);
    const { text } = await api.call('GET', `/v1/subscriptions/${before.id}`);
    expect(text).not.toContain('whsec_');
  },
);

test('the overlap is as long as was asked for, down to none', async () => {
  const { id, secret: first } = await create();
  const { json: second } = await rotate(id, { overlapSeconds: 60 });
  expect(await signing(id, 59)).toEqual([second.secret, first]);
  expect(await signing(id, 60)).toEqual([second.secret]);
  const { json: third } = await rotate(id, { overlapSeconds: 0, secret: broughtSecret(3) });
  expect(third.secret).toBe(broughtSecret(3));
  expect(await signing(id)).toEqual([third.secret, first]);
});

test('a secret that signs already is refused, and is not repeated', async () => {
  const { id, secret } = await create();
  const answer = await rotate(id, { secret });
  expectProblem(answer, 400);
  expect(errorPaths(answer)).toEqual(['secret']);
  expect(answer.text).not.toContain(secret.slice(6));
  expect(await signing(id)).toEqual([secret]);
});

test('a sixth secret at one time is refused, saying when there is room again', async () => {
  const { id } = await create();
  for (let count = 0; count < 4; count += 1) {
    expect((await rotate(id, { overlapSeconds: 3600 * (4 - count) })).status).toBe(200);
  }
  const five = await signing(id);
  expect(five).toHaveLength(5);
  const answer = await rotate(id);
  expectProblem(answer, 409);
  expect(answer.json.detail).toContain(new Date(api.nowMs + 3_600_000).toISOString());
  expect(await signing(id)).toEqual(five);
  api.nowMs += 3_600_000;
  expect((await rotate(id)).status).toBe(200);
});

test('a secret that leaked is replaced at once, however many sign', async () => {
  const { id } = await create();
  for (let count = 0; count < 4; count += 1) await rotate(id);
  const [leaked, ...others] = await signing(id);
  const refused = await rotate(id);
  expect(refused.json.detail).toContain('`overlapSeconds` 0');
  const { json } = await rotate(id, { overlapSeconds: 0 });
  expect(await signing(id)).toEqual([json.secret, ...others]);
  expect(others).toHaveLength(4);
  expect(others).not.toContain(leaked);
});

test('two who rotate at once both get a secret that signs', async () => {
  const { id, secret: old } = await create();
  const answers = await Promise.all([rotate(id), rotate(id)]);
  const shown = answers.map(({ json }) => json.secret);
  expect((await signing(id)).sort()).toEqual([old, ...shown].sort());
});

test('nothing of a rotation reaches the log', async () => {
  const { id } = await create();
  const { json } = await rotate(id, { secret: broughtSecret(8) });
  const lines = JSON.stringify(api.logLines);
  expect(lines).not.toContain(json.secret.slice(6));
});

test.each<[path: string, body: object]>([
  ['overlapSeconds', { overlapSeconds: -1 }],
  ['overlapSeconds', { overlapSeconds: 604_801 }],
  ['overlapSeconds', { overlapSeconds: 1.5 }],
  ['overlapSeconds', { overlapSeconds: '60' }],
  ['secret', { secret: 'my-own' }],
  ['until', { until: '2026-06-12T10:00:00.000Z' }],
])('%s is refused in %j', async (path, body) => {
  const { id, secret } = await create();
  const answer = await rotate(id, body);
  expectProblem(answer, 400);
  expect(errorPaths(answer)).toEqual([path]);
  expect(await signing(id)).toEqual([secret]);
});

test('the secret of an unknown subscription cannot be rotated', async () => {
  expectProblem(await rotate('sub_unknown'), 404);
});
