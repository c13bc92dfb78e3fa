import { Webhook } from 'standardwebhooks';
import { expect, test } from 'vitest';
import { httpSubscriber } from './local-subscriber.ts';
import { secrets, testSender, webhookTo } from './test-sender.ts';

test('sends the bytes that the reference library verifies with each of the secrets', async () => {
  await using subscriber = await httpSubscriber((response) => response.end());
  await using sender = testSender({});
  const webhook = webhookTo(subscriber.url, { secrets });

  await sender.send(webhook);

  const [request] = subscriber.received;
  expect(request?.body).toEqual(webhook.body);
  for (const secret of secrets) {
    const verified = new Webhook(secret).verify(request!.body, request!.headers);
    expect(verified).toEqual({ id: 'evt_1', name: 'Zoë' });
  }
  const stranger = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;
  expect(() => new Webhook(stranger).verify(request!.body, request!.headers)).toThrow();
});

test('hook0 (by reading): posts to path and query with the headers of the contract and the subscription’s own', async () => {
  await using subscriber = await httpSubscriber((response) => response.end());
  await using sender = testSender({});

  await sender.send(webhookTo(subscriber.url, { headers: { 'X-Api-Key': 'abc' } }));
  await sender.send(webhookTo(subscriber.url, { contentType: 'application/cloudevents+json' }));

  const [first, second] = subscriber.received;
  expect(first).toMatchObject({
    method: 'POST',
    url: '/secret-path?token=secret-query',
    headers: {
      host: `127.0.0.1:${subscriber.port}`,
      'content-type': 'application/json',
      'content-length': String(first?.body.length),
      'user-agent': 'inbox-notifier/1.2.3',
      'webhook-id': 'evt_1',
      'x-api-key': 'abc',
    },
  });
  expect(second?.headers['content-type']).toBe('application/cloudevents+json');
});

test('stamps every attempt with its own second', async () => {
  const timesMs = [1_780_000_000_999, 1_780_000_001_000, 1_780_000_090_000, 1_780_000_090_250];
  await using subscriber = await httpSubscriber((response) => response.end());
  await using sender = testSender({ now: () => timesMs.shift() ?? 0 });

  const first = await sender.send(webhookTo(subscriber.url));
  const second = await sender.send(webhookTo(subscriber.url));

  const stamps = subscriber.received.map(({ headers }) => headers['webhook-timestamp']);
  expect(stamps).toEqual(['1780000000', '1780000090']);
  expect(first).toMatchObject({ atMs: 1_780_000_000_999, durationMs: 1 });
  expect(second).toMatchObject({ atMs: 1_780_000_090_000, durationMs: 250 });
});

test('uses a connection again', async () => {
  await using subscriber = await httpSubscriber((response) => response.end('ok'));
  await using sender = testSender({});

  for (let i = 0; i < 3; i += 1) await sender.send(webhookTo(subscriber.url));

  expect(subscriber.received).toHaveLength(3);
  expect(subscriber.connectionCount()).toBe(1);
});

test('rejects what no subscription could have been made with', async () => {
  await using subscriber = await httpSubscriber((response) => response.end());
  await using sender = testSender({});

  await expect(sender.send(webhookTo('not a url'))).rejects.toThrow('URL');
  const badHeaders = { 'two words': 'x' };
  await expect(sender.send(webhookTo(subscriber.url, { headers: badHeaders }))).rejects.toThrow(
    'header',
  );
});
