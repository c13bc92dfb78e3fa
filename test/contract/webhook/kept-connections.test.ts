import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { createAddressGuard } from '#webhook/address-guard.ts';
import { Attempt, type AttemptEnd } from '#webhook/attempt.ts';
import { createGuardedAgent } from '#webhook/guarded-agent.ts';
import { closedPort, httpSubscriber, repeatingSubscriber } from './local-subscriber.ts';
import { failureOf, longTimeoutMs, testSender, webhookTo } from './test-sender.ts';

const ok = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';

function smallAgent() {
  const clock = () => performance.now();
  const guard = createAddressGuard(['127.0.0.0/8']);
  const lookUp = async () => [];
  const limits = { connectionsPerOrigin: 2, connectTimeoutMs: longTimeoutMs };
  const agent = createGuardedAgent({ guard, clock, lookUp, ...limits });
  return {
    begin(origin: string, path: string) {
      const { promise, resolve } = Promise.withResolvers<AttemptEnd>();
      const request = { origin, path, method: 'POST', body: '{}' } as const;
      const attempt = new Attempt(agent, request, clock, resolve);
      attempt.start();
      return { attempt, ended: promise };
    },
    [Symbol.asyncDispose]: () => agent.destroy(),
  };
}

test.each([
  ['ends', (socket: Socket) => socket.end()],
  ['resets', (socket: Socket) => socket.resetAndDestroy()],
])('sends again what met a kept connection that the subscriber %s', async (_how, close) => {
  await using subscriber = await repeatingSubscriber((socket, request) => {
    // The second request of a connection finds nobody any more.
    if (request === 1) socket.write(ok);
    else close(socket);
  });
  await using sender = testSender({});

  const first = await sender.send(webhookTo(subscriber.url));
  const second = await sender.send(webhookTo(subscriber.url));

  expect([first, second]).toMatchObject([{ statusCode: 200 }, { statusCode: 200 }]);
  expect(subscriber.connectionCount()).toBe(2);
  expect(second.phases).toHaveProperty('connectMs');
});

test('sends again past every kept connection that has gone', async () => {
  const answers: (() => void)[] = [];
  await using subscriber = await repeatingSubscriber((socket, request) => {
    if (request > 1) socket.destroy();
    else if (answers.push(() => socket.write(ok)) >= 3) for (const one of answers) one();
  });
  await using sender = testSender({});
  const send = () => sender.send(webhookTo(subscriber.url));

  await Promise.all([send(), send(), send()]);

  expect(await send()).toMatchObject({ statusCode: 200 });
});

test.each([
  ['', 1],
  ['HTTP/1.1 2', 2],
])(
  'does not send again after a new connection broke, or a kept one within %j',
  async (text, request) => {
    let requests = 0;
    await using subscriber = await repeatingSubscriber((socket, requestOfConnection) => {
      requests += 1;
      if (requestOfConnection < request) socket.write(ok);
      else socket.write(text, () => socket.destroy());
    });
    await using sender = testSender({});

    for (let i = 1; i < request; i += 1) await sender.send(webhookTo(subscriber.url));

    expect(failureOf(await sender.send(webhookTo(subscriber.url)))).toBe('connection_failed');
    expect(requests).toBe(request);
  },
);

test('an answer sent ahead of its request counts for nothing', async () => {
  await using subscriber = await repeatingSubscriber((socket) => {
    socket.write(`${ok}HTTP/1.1 410 Gone\r\ncontent-length: 0\r\n\r\n`);
  });
  await using sender = testSender({});

  for (let i = 0; i < 3; i += 1) {
    expect(await sender.send(webhookTo(subscriber.url))).toMatchObject({ statusCode: 200 });
  }
});

/** Answers the first two when the test says so, and all others at once. */
function holdTwo() {
  const answers: (() => void)[] = [];
  const { promise: twoAsked, resolve } = Promise.withResolvers<void>();
  const answer = (response: ServerResponse) => {
    answers.push(() => response.end());
    if (answers.length === 2) resolve();
    if (answers.length > 2) response.end();
  };
  return { answers, twoAsked, answer };
}

test('opens no more connections to one origin than are allowed', async () => {
  const { answers, twoAsked, answer } = holdTwo();
  await using subscriber = await httpSubscriber(answer);
  await using agent = smallAgent();
  const origin = `http://127.0.0.1:${subscriber.port}`;

  const begun = ['/1', '/2', '/3'].map((path) => agent.begin(origin, path));
  await twoAsked;
  // Whoever came third would have come before this one has been refused.
  await agent.begin(`http://127.0.0.1:${await closedPort()}`, '/').ended;
  expect(subscriber.received).toHaveLength(2);
  for (const answer of answers.slice(0, 2)) answer();
  const ends = await Promise.all(begun.map(({ ended }) => ended));

  expect(ends.map(({ kind }) => kind)).toEqual(['answered', 'answered', 'answered']);
  expect(subscriber.connectionCount()).toBe(2);
});

test('what is stopped while it waits for a connection is not sent, and costs nobody a connection', async () => {
  const { answers, twoAsked, answer } = holdTwo();
  await using subscriber = await httpSubscriber(answer);
  await using agent = smallAgent();
  const origin = `http://127.0.0.1:${subscriber.port}`;

  const begun = ['/1', '/2', '/stopped', '/4'].map((path) => agent.begin(origin, path));
  await twoAsked;
  begun[2]!.attempt.abort();
  for (const answer of answers) answer();
  const ends = await Promise.all(begun.map(({ ended }) => ended));
  await Promise.all(['/5', '/6'].map((path) => agent.begin(origin, path).ended));

  expect(ends.map(({ kind }) => kind)).toEqual(['answered', 'answered', 'stopped', 'answered']);
  expect(subscriber.received.map(({ url }) => url)).not.toContain('/stopped');
  expect(subscriber.connectionCount()).toBe(2);
});

test('a subscription that hangs with all it may have in flight does not hold up others of its host', async () => {
  const stop = new AbortController();
  const allHang = Promise.withResolvers<void>();
  await using subscriber = await httpSubscriber((response, { url }) => {
    if (url === '/healthy') response.end();
    else if (subscriber.received.length === 20 * 64) allHang.resolve();
  });
  await using sender = testSender({});
  const origin = `http://127.0.0.1:${subscriber.port}`;

  const hanging = Array.from({ length: 20 * 64 }, () =>
    sender.send(webhookTo(`${origin}/hanging`), stop.signal),
  );
  await allHang.promise;
  const healthy = await sender.send(webhookTo(`${origin}/healthy`));
  stop.abort();
  await Promise.all(hanging);

  expect(healthy).toMatchObject({ statusCode: 200 });
});
