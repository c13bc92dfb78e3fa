import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { classify } from '#deliver/classify.ts';
import { localDns } from './local-dns.ts';
import { httpSubscriber, rawSubscriber } from './local-subscriber.ts';
import { failureOf, shortTimeoutMs, testSender, webhookTo } from './test-sender.ts';

/** What becomes of a delivery that is answered like this. */
async function verdictOn(statusCode: number, headers: Record<string, string> = {}) {
  await using subscriber = await httpSubscriber((response) =>
    response.writeHead(statusCode, headers).end(),
  );
  await using sender = testSender({});
  const verdict = classify(await sender.send(webhookTo(subscriber.url)));
  return { verdict, received: subscriber.received };
}

test.each([301, 302, 303])(
  'outpost, convoy (by reading): a %i does not turn the webhook into an empty GET that succeeds',
  async (statusCode) => {
    await using target = await httpSubscriber((response) => response.end());
    const { verdict, received } = await verdictOn(statusCode, { location: target.url });

    expect(verdict).toMatchObject({ kind: 'retry', answered: true });
    expect(received.map(({ method }) => method)).toEqual(['POST']);
    expect(target.received).toEqual([]);
  },
);

test.each([300, 304])(
  'outpost (by reading): a bare %i is no delivery, although it is below 400',
  async (statusCode) => {
    expect((await verdictOn(statusCode)).verdict).toMatchObject({ kind: 'retry' });
  },
);

test('outpost, svix, convoy, hook0 (by reading): a 410 is heard', async () => {
  expect((await verdictOn(410)).verdict).toEqual({ kind: 'gone' });
});

test.each([429, 502, 503, 504])(
  'outpost, convoy (by reading), svix, hook0 (by reading): a %i says when it may be tried again',
  async (statusCode) => {
    const { verdict } = await verdictOn(statusCode, { 'retry-after': '90' });

    expect(verdict).toMatchObject({ kind: 'retry', holdMs: 90_000 });
  },
);

test('svix (by reading): the deadline covers the body, not only the headers', async () => {
  await using subscriber = await rawSubscriber((socket) => {
    socket.write('HTTP/1.1 200 OK\r\n\r\n');
    const drip = setInterval(() => socket.write('.'), 10);
    socket.on('close', () => clearInterval(drip));
  });
  await using sender = testSender({ timeoutMs: shortTimeoutMs });

  const result = await sender.send(webhookTo(subscriber.url));

  expect(failureOf(result)).toBe('timeout');
  expect(result).toMatchObject({ phases: { firstByteMs: expect.any(Number) } });
});

test('svix, hook0 (by reading): an answer without end is not read to its end', async () => {
  const closed = Promise.withResolvers<void>();
  await using subscriber = await rawSubscriber((socket) => {
    socket.on('close', () => closed.resolve());
    socket.write('HTTP/1.1 200 OK\r\n\r\n');
    const more = () => {
      while (socket.write('x'.repeat(65_536))) {}
    };
    socket.on('drain', more);
    more();
  });
  await using sender = testSender({});

  const result = await sender.send(webhookTo(subscriber.url));

  expect(result).toMatchObject({ statusCode: 200, response: 'x'.repeat(1024) });
  await closed.promise;
});

test.each([
  ['gzip', gzipSync],
  ['deflate', deflateSync],
  ['br', brotliCompressSync],
] as const)('convoy (by reading): a %s bomb stays as small as it came', async (encoding, pack) => {
  const bomb = pack(Buffer.alloc(5_000_000, 'A'));
  await using subscriber = await httpSubscriber((response) =>
    response.writeHead(200, { 'content-encoding': encoding }).end(bomb),
  );
  await using sender = testSender({});

  const result = await sender.send(webhookTo(subscriber.url));

  expect(result).toMatchObject({ kind: 'answered', statusCode: 200 });
  expect(result).not.toMatchObject({ response: expect.stringContaining('AAAA') });
});

test('hookdeck/outpost#845, #974: a large answer leaves 1 KiB behind', async () => {
  await using subscriber = await httpSubscriber((response) =>
    response.writeHead(500).end('x'.repeat(300_000)),
  );
  await using sender = testSender({});

  expect(await sender.send(webhookTo(subscriber.url))).toMatchObject({
    statusCode: 500,
    response: 'x'.repeat(1024),
  });
});

test('hookdeck/outpost#314: a name that cannot be resolved is tried again', async () => {
  await using dns = await localDns(() => 'SERVFAIL');
  await using sender = testSender({ dnsServers: dns.servers });

  const result = await sender.send(webhookTo('http://hooks.example/'));

  expect(result).toMatchObject({ error: 'dns_error' });
  expect(classify(result)).toMatchObject({ kind: 'retry', answered: false });
});

test('frain-dev/convoy#1926: a host that hangs for one subscription answers the others', async () => {
  const stop = new AbortController();
  await using subscriber = await httpSubscriber((response, { url }) => {
    if (url === '/healthy') response.end();
  });
  await using sender = testSender({});
  const origin = `http://127.0.0.1:${subscriber.port}`;

  const hanging = Array.from({ length: 64 }, () =>
    sender.send(webhookTo(`${origin}/hanging`), stop.signal),
  );
  const healthy = await sender.send(webhookTo(`${origin}/healthy`));
  stop.abort();
  await Promise.all(hanging);

  expect(healthy).toMatchObject({ statusCode: 200 });
});
