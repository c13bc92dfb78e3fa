import { expect, test } from 'vitest';
import { sampleEvent } from '#webhook/sample-events.ts';
import { expectProblem, openApi } from './api-under-test.ts';
import { baseUrl, n8n, runMake, zapier } from './platforms.ts';

const api = await openApi();
const made = await api.call('POST', '/v1/keys', {
  body: { name: 'platform', scopes: ['subscriptions'] },
});
const apiKey: string = made.json.key;
const headers = { authorization: `Bearer ${apiKey}` };

const hookAt = async (id: unknown) => api.call('GET', `/v1/hooks/${id}`, { headers });

test.each<[string, object]>([
  [
    'resthooks.org and Zapier’s old web builder',
    { target_url: 'https://a.example/1', event: 'contact.created' },
  ],
  ['Zapier’s example app', { url: 'https://a.example/2', event: 'contact.created' }],
  ['Zapier’s form', { hookUrl: 'https://a.example/3', event: 'contact.created' }],
  ['Make’s documented attach', { url: 'https://a.example/4', event: 'contact.created' }],
  [
    'n8n’s nodes for several events',
    { url: 'https://a.example/5', events: ['contact.created', 'contact.deleted'] },
  ],
])('what %s sends makes a hook with an id at the top', async (_, body) => {
  const { status, json } = await api.call('POST', '/v1/hooks', { body, headers });
  expect(status).toBe(201);
  expect((await hookAt(json.id)).json.targetUrl).toMatch(/^https:\/\/a\.example\/\d$/);
});

test('Zapier’s old web builder sends a body with its DELETE, and is heard', async () => {
  const body = { target_url: 'https://a.example/6', event: 'contact.created' };
  const { json } = await api.call('POST', '/v1/hooks', { body, headers });
  const ended = await api.call('DELETE', `/v1/hooks/${json.id}`, { body, headers });
  expect(ended.status).toBe(204);
  expectProblem(await hookAt(json.id), 404);
});

test('the Zapier trigger of the docs subscribes, maps fields, passes events on and unsubscribes', async () => {
  const { z, operation } = zapier(api);
  const bundle = {
    authData: { baseUrl, apiKey },
    inputData: { event: 'contact.status_changed' },
    targetUrl: 'https://hooks.zapier.com/hooks/standard/1/zap',
  };
  const subscribeData = await operation.performSubscribe(z, bundle);
  expect((await hookAt(subscribeData.id)).json).toMatchObject({
    targetUrl: bundle.targetUrl,
    events: ['contact.status_changed'],
  });
  const event = { ...sampleEvent('contact.status_changed') };
  expect(await operation.performList(z, bundle)).toEqual([event]);
  expect(operation.perform(z, { ...bundle, cleanedRequest: event })).toEqual([event]);
  await operation.performUnsubscribe(z, { ...bundle, subscribeData });
  expectProblem(await hookAt(subscribeData.id), 404);
  // Once more does no harm to the Zap.
  expect(await operation.performUnsubscribe(z, { ...bundle, subscribeData })).toEqual({});
});

test('the Make app of the docs attaches and detaches', async () => {
  const webhook = { url: 'https://hook.eu1.make.com/abc' };
  const scope = {
    connection: { baseUrl, apiKey },
    parameters: { event: 'contact.created' },
    webhook,
  };
  const attached = await runMake(api, 'make-attach', scope);
  expect(attached.data.secret).toMatch(/^whsec_/);
  const { externalHookId } = attached.data;
  expect((await hookAt(externalHookId)).json.targetUrl).toBe(webhook.url);
  const after = { ...scope, webhook: { ...webhook, ...attached.data } };
  expect((await runMake(api, 'make-detach', after)).status).toBe(204);
  expectProblem(await hookAt(externalHookId), 404);
});

test('the n8n node of the docs looks, creates and deletes, and passes events on', async () => {
  const staticData: Record<string, unknown> = {};
  const webhookUrl = 'https://n8n.example.com/webhook/1/webhook';
  const node = await n8n(api, { webhookUrl, event: 'contact.created', apiKey, staticData });
  expect(await node.checkExists()).toBe(false);
  expect(await node.create()).toBe(true);
  const { hookId } = staticData;
  expect((await hookAt(hookId)).json.targetUrl).toBe(webhookUrl);
  expect(await node.checkExists()).toBe(true);
  const event = sampleEvent('contact.created');
  expect(await node.receive(event)).toEqual({ workflowData: [[{ json: event }]] });
  expect(await node.delete()).toBe(true);
  expect(staticData).toEqual({});
  expectProblem(await hookAt(hookId), 404);
});

test('an n8n that lost what it kept finds its hook again, and one whose hook has ended makes another', async () => {
  const staticData: Record<string, unknown> = {};
  const webhookUrl = 'https://n8n.example.com/webhook/2/webhook';
  const node = await n8n(api, { webhookUrl, event: 'contact.created', apiKey, staticData });
  await node.create();
  const { hookId } = staticData;
  delete staticData.hookId;
  await node.create();
  expect(staticData).toEqual({ hookId });

  await api.call('DELETE', `/v1/hooks/${hookId}`);
  expect(await node.checkExists()).toBe(false);
  expect(await node.delete()).toBe(true);
});
