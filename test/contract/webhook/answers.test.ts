import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { httpSubscriber, rawSubscriber } from './local-subscriber.ts';
import { testSender, webhookTo } from './test-sender.ts';

test.each([200, 201, 204, 304, 400, 401, 404, 410, 429, 500, 503])(
  'reports a %i as it is',
  async (statusCode) => {
    await using subscriber = await httpSubscriber((response) =>
      response.writeHead(statusCode).end(),
    );
    await using sender = testSender({});

    const result = await sender.send(webhookTo(subscriber.url));

    expect(result).toMatchObject({
      kind: 'answered',
      statusCode,
      retryAfterMs: null,
      location: null,
      response: '',
    });
  },
);

test.each([301, 302, 303, 307, 308])('does not follow a %i', async (statusCode) => {
  await using target = await httpSubscriber((response) => response.end());
  await using subscriber = await httpSubscriber((response) =>
    response.writeHead(statusCode, { location: target.url }).end(),
  );
  await using sender = testSender({});

  const result = await sender.send(webhookTo(subscriber.url));

  expect(result).toMatchObject({ kind: 'answered', statusCode, location: target.url });
  expect(target.connectionCount()).toBe(0);
});

test.each([
  ['seconds', '120', 120_000],
  ['a date', 'Fri, 12 Jun 2026 10:05:00 GMT', 300_000],
  ['nonsense', 'soon', null],
])('reads Retry-After given as %s', async (_form, retryAfter, retryAfterMs) => {
  await using subscriber = await httpSubscriber((response) =>
    response.writeHead(429, { 'retry-after': retryAfter }).end(),
  );
  await using sender = testSender({ now: () => Date.UTC(2026, 5, 12, 10, 0, 0) });

  expect(await sender.send(webhookTo(subscriber.url))).toMatchObject({
    statusCode: 429,
    retryAfterMs,
  });
});

test('keeps the first 1 KiB of the answer, cut between characters', async () => {
  await using subscriber = await httpSubscriber((response) => response.end(`a${'é'.repeat(2000)}`));
  await using sender = testSender({});

  expect(await sender.send(webhookTo(subscriber.url))).toMatchObject({
    response: `a${'é'.repeat(511)}`,
  });
});

test('counts the status of an answer without end, and hangs up', async () => {
  const closed = Promise.withResolvers<void>();
  await using subscriber = await rawSubscriber((socket) => {
    socket.on('close', () => closed.resolve());
    socket.write('HTTP/1.1 200 OK\r\n\r\n');
    const more = () => socket.write('x'.repeat(65_536));
    socket.on('drain', more);
    more();
  });
  await using sender = testSender({});

  const result = await sender.send(webhookTo(subscriber.url));

  expect(result).toMatchObject({ kind: 'answered', statusCode: 200, response: 'x'.repeat(1024) });
  await closed.promise;
});

test('does not inflate a compressed answer', async () => {
  const bomb = gzipSync(Buffer.alloc(10_000_000, 'A'));
  await using subscriber = await httpSubscriber((response) =>
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb),
  );
  await using sender = testSender({});

  const result = await sender.send(webhookTo(subscriber.url));

  expect(result).toMatchObject({ kind: 'answered', statusCode: 200 });
  expect(result).not.toMatchObject({ response: expect.stringContaining('AAAA') });
});

test('waits past informational answers for the real one', async () => {
  await using subscriber = await rawSubscriber((socket) => {
    socket.write('HTTP/1.1 103 Early Hints\r\nretry-after: 9\r\n\r\n');
    socket.write('HTTP/1.1 202 Accepted\r\ncontent-length: 2\r\n\r\nok');
  });
  await using sender = testSender({});

  expect(await sender.send(webhookTo(subscriber.url))).toMatchObject({
    statusCode: 202,
    retryAfterMs: null,
    response: 'ok',
  });
});
