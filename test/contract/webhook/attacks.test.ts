import { expect, test } from 'vitest';
import { type AddressGuard, createAddressGuard } from '#webhook/address-guard.ts';
import { createSender } from '#webhook/send.ts';
import { type DnsAnswer, localDns } from './local-dns.ts';
import { httpSubscriber, rawSubscriber } from './local-subscriber.ts';
import { failureOf, longTimeoutMs, testSender, webhookTo } from './test-sender.ts';

/** In these tests the one stands for the whole outside, and the other for what lies within. */
const outside = '127.0.0.1';
const inside = '127.0.0.2';
const allowedNetworks = [`${outside}/32`];

/** A subscriber outside, and on the same port something inside that nothing may reach. */
async function twoSides(
  answer: Parameters<typeof httpSubscriber>[0] = (response) => response.end(),
) {
  const subscriber = await httpSubscriber(answer);
  const internal = await httpSubscriber((response) => response.end('secret'), {
    host: inside,
    port: subscriber.port,
  });
  return {
    subscriber,
    internal,
    to: (host: string) => webhookTo(`http://${host}:${subscriber.port}/secret-path`),
    async [Symbol.asyncDispose]() {
      await internal[Symbol.asyncDispose]();
      await subscriber[Symbol.asyncDispose]();
    },
  };
}

async function sendTo(host: string, answer: DnsAnswer) {
  await using sides = await twoSides();
  await using dns = await localDns(() => answer);
  await using sender = testSender({ allowedNetworks, dnsServers: dns.servers });
  const result = await sender.send(sides.to(host));
  return {
    result,
    asked: dns.asked,
    outsideRequests: sides.subscriber.received.length,
    connections: sides.subscriber.connectionCount() + sides.internal.connectionCount(),
    insideConnections: sides.internal.connectionCount(),
  };
}

test('rebinding: a name that moves inside between two attempts is refused at the second', async () => {
  await using sides = await twoSides((response) => response.setHeader('connection', 'close').end());
  let home = outside;
  await using dns = await localDns(() => ({ addresses: [home] }));
  await using sender = testSender({ allowedNetworks, dnsServers: dns.servers });

  const first = await sender.send(sides.to('rebind.example'));
  home = inside;
  const second = await sender.send(sides.to('rebind.example'));

  expect(first).toMatchObject({ kind: 'answered', statusCode: 200 });
  expect(failureOf(second)).toBe('address_refused');
  expect(sides.internal.connectionCount()).toBe(0);
});

test('rebinding: a name that changes with every answer never leads inside', async () => {
  await using sides = await twoSides((response) => response.setHeader('connection', 'close').end());
  let answers = 0;
  await using dns = await localDns(() => {
    answers += 1;
    return { addresses: [answers % 3 === 0 ? inside : outside] };
  });
  await using sender = testSender({ allowedNetworks, dnsServers: dns.servers });

  const kinds = new Set<string>();
  for (let i = 0; i < 12; i += 1) kinds.add((await sender.send(sides.to('rebind.example'))).kind);

  expect(kinds).toEqual(new Set(['answered', 'unanswered']));
  expect(sides.internal.connectionCount()).toBe(0);
});

test.each([
  ['one address outside and one inside', [outside, inside]],
  ['one inside and one outside', [inside, outside]],
  ['one outside and IPv6 within', [outside, '::1']],
])('reaches neither address of a name with %s', async (_what, addresses) => {
  const { result, connections } = await sendTo('two-faced.example', { addresses });

  expect(failureOf(result)).toBe('address_refused');
  expect(connections).toBe(0);
});

test.each([
  ['mapped', '::ffff:7f00:2'],
  ['mapped metadata', '::ffff:a9fe:a9fe'],
  ['NAT64', '64:ff9b::a00:1'],
  ['local NAT64', '64:ff9b:1::a00:1'],
  ['6to4', '2002:7f00:2::1'],
  ['6to4 private', '2002:c0a8:101::1'],
  ['Teredo', '2001:0:4136:e378:8000:63bf:3fff:fdd2'],
  ['compatible', '::7f00:2'],
  ['loopback', '::1'],
  ['unspecified', '::'],
  ['unique local', 'fd00::1'],
  ['link-local', 'fe80::1'],
  ['site-local', 'fec0::1'],
  ['multicast', 'ff02::1'],
  ['this machine', '0.0.0.0'],
  ['metadata', '169.254.169.254'],
  ['CGNAT', '100.64.0.1'],
  ['private', '10.0.0.1'],
])('reaches no %s address that DNS gives', async (_kind, address) => {
  const { result, connections } = await sendTo('clothed.example', { addresses: [address] });

  expect(failureOf(result)).toBe('address_refused');
  expect(result).not.toHaveProperty('message', expect.stringContaining(address));
  expect(connections).toBe(0);
});

test('is not led inside by an alias of localhost', async () => {
  const { result, connections } = await sendTo('alias.example', {
    aliases: ['localhost'],
    addresses: [inside],
  });

  expect(failureOf(result)).toBe('address_refused');
  expect(connections).toBe(0);
});

test.each([
  ['a dot at its end', 'hooks.example.', 'hooks.example'],
  ['capitals', 'HOOKS.Example', 'hooks.example'],
  ['an accent', 'bücher.example', 'xn--bcher-kva.example'],
  ['capitals with accents', 'BÜCHER.example', 'xn--bcher-kva.example'],
  ['wide letters', 'ｈｏｏｋｓ.example', 'hooks.example'],
  ['another full stop', 'hooks。example', 'hooks.example'],
  ['percent signs', '%68ooks.example', 'hooks.example'],
])('judges a name written with %s by its addresses', async (_what, host, asked) => {
  const refused = await sendTo(host, { addresses: [inside] });
  const reached = await sendTo(host, { addresses: [outside] });

  expect(failureOf(refused.result)).toBe('address_refused');
  expect(refused.insideConnections).toBe(0);
  expect(reached.result).toMatchObject({ kind: 'answered', statusCode: 200 });
  expect(new Set(reached.asked.map(({ name }) => name))).toEqual(new Set([asked]));
});

test.each([
  'LOCALHOST',
  'ｌｏｃａｌｈｏｓｔ',
  '127.0.0.2.',
  '127.2',
  '0177.0.0.2',
  '0x7f000002',
  '2130706434',
  '１２７.0.0.2',
  '127。0。0。2',
  '[::ffff:127.0.0.2]',
  '[0:0:0:0:0:ffff:7f00:2]',
  '[64:ff9b::127.0.0.2]',
  '[2002:7f00:2::]',
  '[::127.0.0.2]',
])('asks nobody about %s, and does not go there', async (host) => {
  await using sides = await twoSides();
  await using dns = await localDns(() => ({ addresses: [outside] }));
  await using sender = testSender({ allowedNetworks: [], dnsServers: dns.servers });

  expect(failureOf(await sender.send(sides.to(host)))).toBe('address_refused');
  expect(dns.asked).toEqual([]);
  expect(sides.subscriber.connectionCount() + sides.internal.connectionCount()).toBe(0);
});

test.each(['http', 'https'])(
  'sends no byte over %s to an address refused once it is reached',
  async (scheme) => {
    const closed = Promise.withResolvers<void>();
    await using internal = await rawSubscriber(() => {});
    internal.onConnection((socket) => socket.on('close', () => closed.resolve()));
    const strict = createAddressGuard([]);
    let judged = 0;
    // What is judged before connecting passes, as it would if the look-up could be deceived.
    const deceived: AddressGuard = {
      refusal(address) {
        judged += 1;
        return judged === 1 ? null : strict.refusal(address);
      },
    };
    const sender = createSender({
      guard: deceived,
      timeoutMs: longTimeoutMs,
      now: Date.now,
      userAgent: 'inbox-notifier/1.2.3',
    });

    const result = await sender.send(
      webhookTo(`${scheme}://127.0.0.1:${internal.port}/secret-path`),
    );
    await closed.promise;
    await sender.close();

    expect(failureOf(result)).toBe('address_refused');
    expect(internal.receivedBytes()).toBe(0);
  },
);

test.each([301, 302, 303, 307, 308])(
  'does not follow a %i that leads inside',
  async (statusCode) => {
    await using sides = await twoSides((response) => {
      const location = `http://${inside}:${sides.subscriber.port}/`;
      response.writeHead(statusCode, { location, refresh: `0; url=${location}` }).end();
    });
    await using dns = await localDns(() => ({ addresses: [outside] }));
    await using sender = testSender({ allowedNetworks, dnsServers: dns.servers });

    expect(await sender.send(sides.to('hooks.example'))).toMatchObject({ statusCode });
    expect(sides.internal.connectionCount()).toBe(0);
  },
);

test('uses no proxy that the environment names', async () => {
  await using sides = await twoSides();
  const proxy = `http://${inside}:${sides.subscriber.port}`;
  const names = ['HTTP_PROXY', 'http_proxy', 'ALL_PROXY'];
  for (const name of names) process.env[name] = proxy;
  await using dns = await localDns(() => ({ addresses: [outside] }));
  await using sender = testSender({ allowedNetworks, dnsServers: dns.servers });

  const result = await sender.send(sides.to('hooks.example'));
  for (const name of names) delete process.env[name];

  expect(result).toMatchObject({ kind: 'answered' });
  expect(sides.internal.connectionCount()).toBe(0);
});
