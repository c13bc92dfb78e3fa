import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { expect, onTestFinished, test } from 'vitest';
import { registerSubscription, registerWhenReady } from '#demo/register-subscription.ts';

const key = 'an admin key';

/** As much of the notifier as registering needs: pages of one subscription, and readiness at the second request. */
async function startNotifier() {
  const made: { url: string }[] = [{ url: 'https://someone.else.test' }];
  let readinessAsked = 0;
  const app = new Hono();
  app.get('/readyz', (context) => context.body(null, ++readinessAsked > 1 ? 200 : 503));
  app.use('/v1/*', async (context, next) =>
    context.req.header('authorization') === `Bearer ${key}` ? next() : context.text('no', 401),
  );
  app.get('/v1/subscriptions', (context) => {
    const at = Number(context.req.query('cursor') ?? 0);
    const data = made.slice(at, at + 1).map((one) => ({ ...one, id: `sub_${at}` }));
    return context.json({ data, next: at + 1 < made.length ? `${at + 1}` : null });
  });
  app.post('/v1/subscriptions', async (context) => {
    made.push(await context.req.json());
    return context.json({}, 201);
  });
  const server = createServer(getRequestListener(app.fetch)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return {
    made,
    readinessAsked: () => readinessAsked,
    notifierUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  };
}

const subscription = {
  url: 'http://subscriber.test/',
  secret: 'whsec_x',
  events: ['contact.created'],
};
const signal = new AbortController().signal;

test('registering twice makes one subscription', async () => {
  const { made, notifierUrl } = await startNotifier();
  const registration = { ...subscription, notifierUrl, adminKey: key };
  expect(await registerSubscription(registration, signal)).toBe('created');
  expect(await registerSubscription(registration, signal)).toBe('found');
  expect(made.slice(1)).toEqual([expect.objectContaining(subscription)]);
});

test('a refusal of the notifier is told with its answer', async () => {
  const { notifierUrl } = await startNotifier();
  const registration = { ...subscription, notifierUrl, adminKey: 'wrong' };
  await expect(registerSubscription(registration, signal)).rejects.toThrow('401: no');
});

test('registering waits for a notifier that is not ready yet', async () => {
  const { made, notifierUrl, readinessAsked } = await startNotifier();
  await registerWhenReady({ ...subscription, notifierUrl, adminKey: key }, signal);
  expect(readinessAsked()).toBe(2);
  expect(made).toHaveLength(2);
});

test('registering ends when it is aborted', async () => {
  const stop = new AbortController();
  const registration = { ...subscription, notifierUrl: 'http://127.0.0.1:1', adminKey: key };
  const registered = registerWhenReady(registration, stop.signal);
  stop.abort();
  await expect(registered).rejects.toThrow();
});
