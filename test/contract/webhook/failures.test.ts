import { expect, test } from 'vitest';
import { closedPort, httpSubscriber, rawSubscriber } from './local-subscriber.ts';
import { failureOf, shortTimeoutMs, testSender, webhookTo } from './test-sender.ts';

test('times out on a subscriber that never answers', async () => {
  await using subscriber = await httpSubscriber(() => {});
  await using sender = testSender({ timeoutMs: shortTimeoutMs });

  expect(failureOf(await sender.send(webhookTo(subscriber.url)))).toBe('timeout');
  expect(subscriber.received).toHaveLength(1);
});

test('times out on an answer that drips, whatever its status', async () => {
  const closed = Promise.withResolvers<void>();
  await using subscriber = await rawSubscriber((socket) => {
    socket.write('HTTP/1.1 200 OK\r\n\r\n');
    const drip = setInterval(() => socket.write('.'), 10);
    socket.on('close', () => {
      clearInterval(drip);
      closed.resolve();
    });
  });
  await using sender = testSender({ timeoutMs: shortTimeoutMs });

  expect(failureOf(await sender.send(webhookTo(subscriber.url)))).toBe('timeout');
  await closed.promise;
});

test('times out on headers that drip', async () => {
  await using subscriber = await rawSubscriber((socket) => {
    socket.write('HTTP/1.1 200 OK\r\n');
    const drip = setInterval(() => socket.write('x-drip: 1\r\n'), 10);
    socket.on('close', () => clearInterval(drip));
  });
  await using sender = testSender({ timeoutMs: shortTimeoutMs });

  expect(failureOf(await sender.send(webhookTo(subscriber.url)))).toBe('timeout');
});

test('times out on a handshake that never ends', async () => {
  await using subscriber = await rawSubscriber(() => {});
  await using sender = testSender({ timeoutMs: shortTimeoutMs });
  const url = subscriber.url.replace('http:', 'https:');

  expect(failureOf(await sender.send(webhookTo(url)))).toBe('timeout');
});

test('serves the next one after a timeout', async () => {
  await using subscriber = await httpSubscriber((response) => {
    if (subscriber.received.length > 1) response.end();
  });
  await using sender = testSender({ timeoutMs: shortTimeoutMs });

  const results = [
    await sender.send(webhookTo(subscriber.url)),
    await sender.send(webhookTo(subscriber.url)),
  ];

  expect(results.map(({ kind }) => kind)).toEqual(['unanswered', 'answered']);
});

test('names a refused connection', async () => {
  await using sender = testSender({});
  const url = `http://127.0.0.1:${await closedPort()}/secret-path`;

  expect(failureOf(await sender.send(webhookTo(url)))).toBe('connection_refused');
});

test.each([
  ['before the answer', ''],
  ['within the headers', 'HTTP/1.1 200 OK\r\ncontent-'],
  ['within the body', 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf'],
])('names a connection reset %s', async (_moment, firstBytes) => {
  await using subscriber = await rawSubscriber((socket) => {
    socket.write(firstBytes, () => socket.resetAndDestroy());
  });
  await using sender = testSender({});

  expect(failureOf(await sender.send(webhookTo(subscriber.url)))).toBe('connection_failed');
});

test('names an answer that is not HTTP', async () => {
  await using subscriber = await rawSubscriber((socket) => socket.end('220 smtp ready\r\n'));
  await using sender = testSender({});

  expect(failureOf(await sender.send(webhookTo(subscriber.url)))).toBe('connection_failed');
});

test('names a secure connection that the port does not speak', async () => {
  await using subscriber = await httpSubscriber((response) => response.end());
  await using sender = testSender({});
  const url = subscriber.url.replace('http:', 'https:');

  expect(failureOf(await sender.send(webhookTo(url)))).toBe('tls_error');
});

test('ends at once when the caller aborts, and hangs up', async () => {
  const closed = Promise.withResolvers<void>();
  const stop = new AbortController();
  await using subscriber = await httpSubscriber((response) => {
    response.on('close', () => closed.resolve());
    if (subscriber.received.length === 2) stop.abort();
  });
  await using sender = testSender({});

  const results = await Promise.all([
    sender.send(webhookTo(subscriber.url), stop.signal),
    sender.send(webhookTo(subscriber.url), stop.signal),
  ]);

  expect(results.map(failureOf)).toEqual(['aborted', 'aborted']);
  await closed.promise;
});

test('does not abort what has ended or belongs to another caller', async () => {
  const stop = new AbortController();
  await using subscriber = await httpSubscriber((response, { headers }) => {
    if (headers['webhook-id'] === 'evt_late') stop.abort();
    response.end();
  });
  await using sender = testSender({});

  const before = await sender.send(webhookTo(subscriber.url), stop.signal);
  const other = await sender.send(webhookTo(subscriber.url, { eventId: 'evt_late' }));

  expect([before.kind, other.kind]).toEqual(['answered', 'answered']);
});

test('sends nothing under a signal that has aborted', async () => {
  await using subscriber = await httpSubscriber((response) => response.end());
  await using sender = testSender({});

  const result = await sender.send(webhookTo(subscriber.url), AbortSignal.abort());

  expect(failureOf(result)).toBe('aborted');
  expect(subscriber.connectionCount()).toBe(0);
});

test('aborts on close what is under way and what comes later', async () => {
  const asked = Promise.withResolvers<void>();
  await using subscriber = await httpSubscriber(() => asked.resolve());
  await using sender = testSender({});

  const underWay = sender.send(webhookTo(subscriber.url));
  await asked.promise;
  await sender.close();

  expect(failureOf(await underWay)).toBe('aborted');
  expect(failureOf(await sender.send(webhookTo(subscriber.url)))).toBe('aborted');
});
