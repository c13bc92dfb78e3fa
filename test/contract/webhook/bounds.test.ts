import { connect, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import type { SendResult } from '#webhook/send.ts';
import { localDns } from './local-dns.ts';
import { httpSubscriber, rawSubscriber } from './local-subscriber.ts';
import { failureOf, shortTimeoutMs, testSender, webhookTo } from './test-sender.ts';

const noConnection = `No connection was made within ${shortTimeoutMs} ms: a firewall may drop what comes from here.`;
const noAnswer = `No answer came within ${shortTimeoutMs} ms: answer 2xx first, and do the work afterwards.`;
const noEnd = `The answer began, but did not end within ${shortTimeoutMs} ms: end the answer at once, its body is not needed.`;

function expectTimeout(result: SendResult, message: string): void {
  expect(failureOf(result)).toBe('timeout');
  expect(result).toMatchObject({ message });
  // Even on a busy machine nothing that begins anew with each drip ends as early as this.
  expect(result.durationMs).toBeLessThan(10 * shortTimeoutMs);
}

/** Says `first`, and then `more` again and again. */
function dripping(first: string | Buffer, more: string) {
  return (socket: Socket) => {
    socket.write(first);
    const drip = setInterval(() => socket.write(more), 25);
    socket.on('close', () => clearInterval(drip));
  };
}

test('the deadline ends a look-up', async () => {
  await using dns = await localDns(() => 'silence');
  await using sender = testSender({ timeoutMs: shortTimeoutMs, dnsServers: dns.servers });

  expectTimeout(await sender.send(webhookTo('http://hooks.example/')), noConnection);
});

test('the deadline ends a connection that nobody accepts', async () => {
  // A thread that listens and then stands still: once its queue is full, the system answers no more.
  const worker = new Worker(
    `const { parentPort } = require('node:worker_threads');
     const server = require('node:net').createServer();
     server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
       parentPort.postMessage(server.address().port);
       Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
     });`,
    { eval: true },
  );
  const port = await new Promise<number>((resolve) => worker.once('message', resolve));
  const queue = Array.from({ length: 4 }, () => connect(port, '127.0.0.1').on('error', () => {}));
  await Promise.all(
    queue.slice(0, 2).map((socket) => new Promise((resolve) => socket.once('connect', resolve))),
  );
  await using sender = testSender({ timeoutMs: shortTimeoutMs });

  const result = await sender.send(webhookTo(`http://127.0.0.1:${port}/`));
  for (const socket of queue) socket.destroy();
  await worker.terminate();

  expectTimeout(result, noConnection);
});

test('the deadline ends a handshake that drips', async () => {
  // The head of a handshake record of 16 KiB, and then its bytes one by one.
  const recordHead = Buffer.from([0x16, 3, 3, 0x40, 0, 2, 0, 0x3f, 0xfc, 3, 3]);
  await using subscriber = await rawSubscriber(dripping(recordHead, '\0'));
  await using sender = testSender({ timeoutMs: shortTimeoutMs });
  const url = `https://127.0.0.1:${subscriber.port}/`;

  expectTimeout(await sender.send(webhookTo(url)), noConnection);
});

test('the deadline ends a request that is not read', async () => {
  await using subscriber = await rawSubscriber((socket) => socket.pause());
  await using sender = testSender({ timeoutMs: shortTimeoutMs });
  const body = Buffer.alloc(32 * 1024 * 1024, 'x');

  expectTimeout(await sender.send(webhookTo(subscriber.url, { body })), noAnswer);
});

test.each([
  ['headers', 'HTTP/1.1 200 OK\r\n', 'x-drip: 1\r\n', noAnswer],
  ['one header', 'HTTP/1.1 200 OK\r\nx-drip: ', '1', noAnswer],
  ['informational answers', '', 'HTTP/1.1 102 Processing\r\n\r\n', noEnd],
  ['a body', 'HTTP/1.1 200 OK\r\n\r\n', '.', noEnd],
  ['chunks', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n', '1\r\n.\r\n', noEnd],
  ['the name of a chunk', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1;', 'x', noEnd],
  ['trailers', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n', 'x: 1\r\n', noEnd],
])('the deadline ends %s that drip', async (_what, first, more, message) => {
  await using subscriber = await rawSubscriber(dripping(first, more));
  await using sender = testSender({ timeoutMs: shortTimeoutMs });

  expectTimeout(await sender.send(webhookTo(subscriber.url)), message);
});

test.each([
  ['headers', 'HTTP/1.1 200 OK\r\n', `x-flood: ${'x'.repeat(1000)}\r\n`],
  ['one header', 'HTTP/1.1 200 OK\r\nx-flood: ', 'x'.repeat(1000)],
  [
    'trailers',
    'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n',
    `x-flood: ${'x'.repeat(1000)}\r\n`,
  ],
])('reads no more than 16 KiB of %s', async (_what, first, more) => {
  await using subscriber = await rawSubscriber((socket) => {
    socket.write(first);
    socket.write(more.repeat(17));
  });
  await using sender = testSender({});

  const result = await sender.send(webhookTo(subscriber.url));

  expect(failureOf(result)).toBe('connection_failed');
  expect(result).toMatchObject({ message: 'The headers of the answer are longer than 16 KiB.' });
});

test.each([
  ['names of chunks', 'transfer-encoding: chunked\r\n\r\n1;', 'x'.repeat(65_536)],
  ['empty headers', '', 'x:\r\n'.repeat(20_000)],
])('hangs up on %s without end', async (_what, first, more) => {
  await using subscriber = await rawSubscriber((socket) => {
    socket.write(`HTTP/1.1 200 OK\r\n${first}`);
    const flood = () => {
      while (socket.write(more)) {}
    };
    socket.on('drain', flood);
    flood();
  });
  await using sender = testSender({});

  expect(failureOf(await sender.send(webhookTo(subscriber.url)))).toBe('connection_failed');
});

test('reads on where the answers of a kept connection are long only together', async () => {
  const body = 'x'.repeat(15_000);
  await using subscriber = await httpSubscriber((response) => response.end(body));
  await using sender = testSender({});

  const statuses = new Set<unknown>();
  for (let i = 0; i < 50; i += 1) {
    const result = await sender.send(webhookTo(subscriber.url));
    statuses.add(result.kind === 'answered' ? result.statusCode : result.message);
  }

  expect([...statuses]).toEqual([200]);
  expect(subscriber.connectionCount()).toBe(1);
});

test('accepts headers of almost 16 KiB', async () => {
  await using subscriber = await rawSubscriber((socket) => {
    socket.write(`HTTP/1.1 204 No Content\r\nx-long: ${'x'.repeat(16_000)}\r\n\r\n`);
  });
  await using sender = testSender({});

  expect(await sender.send(webhookTo(subscriber.url))).toMatchObject({ statusCode: 204 });
});

test('takes informational answers without end for none', async () => {
  await using subscriber = await rawSubscriber((socket) => {
    socket.write('HTTP/1.1 103 Early Hints\r\nlink: </style.css>\r\n\r\n'.repeat(1000));
  });
  await using sender = testSender({});

  const result = await sender.send(webhookTo(subscriber.url));

  expect(failureOf(result)).toBe('connection_failed');
  expect(result).toMatchObject({ message: expect.stringContaining('over and over') });
});

test('hangs up on a body once it has read 16 KiB of it', async () => {
  const sent = Promise.withResolvers<number>();
  await using subscriber = await rawSubscriber((socket) => {
    socket.on('close', () => sent.resolve(socket.bytesWritten - socket.writableLength));
    socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1000000000\r\n\r\n');
    const chunk = Buffer.alloc(65_536, 'x');
    const more = () => {
      while (socket.write(chunk)) {}
    };
    socket.on('drain', more);
    more();
  });
  await using sender = testSender({});

  expect(await sender.send(webhookTo(subscriber.url))).toMatchObject({ statusCode: 200 });
  // What the system's own buffers take, no more.
  expect(await sent.promise).toBeLessThan(20_000_000);
});
