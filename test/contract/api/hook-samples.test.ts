import { expect, test } from 'vitest';
import type { KeyScope } from '#domain/api-key.ts';
import { eventTypes } from '#domain/change-event.ts';
import { sampleEvent } from '#webhook/sample-events.ts';
import { makeEvent } from '../../support/stage.ts';
import { errorPaths, expectProblem, makeSource, openApi } from './api-under-test.ts';

const api = await openApi();
await api.store.sources.create(makeSource('default'));
for (const number of [1, 2, 3, 4]) await api.store.eventLog.append('default', makeEvent(number));

async function keyWith(...scopes: KeyScope[]) {
  const { json } = await api.call('POST', '/v1/keys', { body: { name: 'platform', scopes } });
  return { headers: { authorization: `Bearer ${json.key}` } };
}

const samples = '/v1/hooks/samples?event=contact.created';

test('samples are a bare array of the latest three that happened, the newest first, for who may read events', async () => {
  const latest = [makeEvent(4), makeEvent(3), makeEvent(2)];
  expect((await api.call('GET', samples)).json).toEqual(latest);
  const reader = await keyWith('read', 'subscriptions');
  expect((await api.call('GET', samples, reader)).json).toEqual(latest);
});

test('who may not read events gets a sample that was made up', async () => {
  const { json } = await api.call('GET', samples, await keyWith('subscriptions'));
  expect(json).toEqual([sampleEvent('contact.created')]);
});

test.each(eventTypes)('there is a sample of %s, with an id', async (type) => {
  const { json } = await api.call('GET', `/v1/hooks/samples?event=${type}`);
  expect(json[0]).toMatchObject({ id: expect.stringMatching(/^evt_/), type });
});

test('samples come in the format that a hook asks for', async () => {
  const { json } = await api.call('GET', `${samples}&format=cloudevents`);
  expect(json[0]).toMatchObject({
    specversion: '1.0',
    id: makeEvent(4).id,
    data: makeEvent(4).data,
  });
});

test.each([
  ['event', ''],
  ['event', '?event=contact.exploded'],
  ['format', '?event=contact.created&format=slack'],
  ['limit', '?event=contact.created&limit=5'],
])('%s is what is wrong with samples%s', async (path, query) => {
  const answer = await api.call('GET', `/v1/hooks/samples${query}`);
  expectProblem(answer, 400);
  expect(errorPaths(answer)).toEqual([path]);
});

test('a platform’s key sees and ends the hooks that it made, and no others', async () => {
  const [zapier, make] = [await keyWith('subscriptions'), await keyWith('subscriptions')];
  const body = { targetUrl: 'https://example.com/hook', event: 'contact.created' };
  const mine = (await api.call('POST', '/v1/hooks', { body, ...zapier })).json.id;
  const other = (await api.call('POST', '/v1/hooks', { body, ...make })).json.id;
  expect(other).not.toBe(mine);
  const listed = (await api.call('GET', '/v1/hooks', zapier)).json.data;
  expect(listed.map(({ id }: { id: string }) => id)).toEqual([mine]);
  for (const method of ['GET', 'DELETE']) {
    expectProblem(await api.call(method, `/v1/hooks/${other}`, zapier), 404);
  }
  expect((await api.call('GET', `/v1/hooks/${other}`)).status).toBe(200);
  expect((await api.call('DELETE', `/v1/hooks/${mine}`, zapier)).status).toBe(204);
});

test('a key that only reads sees hooks and makes none', async () => {
  const reader = await keyWith('read');
  const body = { targetUrl: 'https://example.com/other', event: 'contact.created' };
  expectProblem(await api.call('POST', '/v1/hooks', { body, ...reader }), 403);
  const { json } = await api.call('POST', '/v1/hooks', { body });
  expect((await api.call('GET', `/v1/hooks/${json.id}`, reader)).json).not.toHaveProperty('secret');
  expectProblem(await api.call('DELETE', `/v1/hooks/${json.id}`, reader), 403);
});
