import { Webhook } from 'standardwebhooks';
import { expect, test } from 'vitest';
import { createAddressGuard } from '#webhook/address-guard.ts';
import { subscriberUrlProblem } from '#webhook/subscriber-url.ts';
import { localDns } from './local-dns.ts';
import { httpSubscriber, type ReceivedRequest, repeatingSubscriber } from './local-subscriber.ts';
import { failureOf, secrets, testSender, webhookTo } from './test-sender.ts';

function verifies(secret: string, { body, headers }: ReceivedRequest, changes = {}): boolean {
  try {
    new Webhook(secret).verify(body, { ...headers, ...changes });
    return true;
  } catch {
    return false;
  }
}

test('better-auth/better-auth#8844: a late retry carries its own time, and verifies', async () => {
  const hourMs = 3_600_000;
  let nowMs = Date.now() - hourMs;
  await using subscriber = await httpSubscriber((response) => response.writeHead(500).end());
  await using sender = testSender({ now: () => nowMs });

  await sender.send(webhookTo(subscriber.url));
  nowMs += hourMs;
  await sender.send(webhookTo(subscriber.url));

  // The reference library takes nothing older than five minutes.
  expect(subscriber.received.map((request) => verifies(secrets[0]!, request))).toEqual([
    false,
    true,
  ]);
});

test('reapit/foundations#10219, sandbaseai/sandbase-harness#313: a retry lacks no header of the first attempt', async () => {
  await using subscriber = await httpSubscriber((response) => response.writeHead(503).end());
  await using sender = testSender({ now: () => 1_780_000_000_000 });
  const webhook = webhookTo(subscriber.url, { headers: { authorization: 'Bearer abc' } });

  await sender.send(webhook);
  await sender.send(webhook);

  const [first, second] = subscriber.received;
  expect(second).toEqual(first);
  expect(second?.headers).toMatchObject({
    authorization: 'Bearer abc',
    'webhook-signature': expect.stringMatching(/^v1,/),
  });
});

test('sandbaseai/sandbase-harness#313: what is sent again over a new connection lacks no byte of the first', async () => {
  const requests: string[] = [];
  await using subscriber = await repeatingSubscriber((socket, request, text) => {
    requests.push(text);
    if (requests.length === 2) socket.destroy();
    else socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n');
    expect(request).toBeLessThan(3);
  });
  await using sender = testSender({ now: () => 1_780_000_000_000 });

  await sender.send(webhookTo(subscriber.url));
  await sender.send(webhookTo(subscriber.url));

  expect(requests).toHaveLength(3);
  expect(new Set(requests).size).toBe(1);
});

test('outpost, hook0 (by reading): a rotated secret signs the next request, also on a busy connection', async () => {
  await using subscriber = await httpSubscriber((response) => response.end());
  await using sender = testSender({});
  const [before, after] = secrets as [string, string];

  await sender.send(webhookTo(subscriber.url, { secrets: [before] }));
  await sender.send(webhookTo(subscriber.url, { secrets: [after, before] }));
  await sender.send(webhookTo(subscriber.url, { secrets: [after] }));

  const signed = (secret: string) =>
    subscriber.received.map((request) => verifies(secret, request));
  expect(signed(before)).toEqual([true, true, false]);
  expect(signed(after)).toEqual([false, true, true]);
  expect(subscriber.connectionCount()).toBe(1);
});

test('outpost, convoy (by reading): neither id nor time of a signed webhook can be changed', async () => {
  await using subscriber = await httpSubscriber((response) => response.end());
  await using sender = testSender({});

  await sender.send(webhookTo(subscriber.url));

  const [request] = subscriber.received;
  const later = String(Number(request!.headers['webhook-timestamp']) + 1);
  expect(verifies(secrets[0]!, request!)).toBe(true);
  expect(verifies(secrets[0]!, request!, { 'webhook-id': 'evt_2' })).toBe(false);
  expect(verifies(secrets[0]!, request!, { 'webhook-timestamp': later })).toBe(false);
});

test('hookdeck/outpost#718, svix/svix-webhooks#1927: the body that arrives is the body that was signed', async () => {
  const body = Buffer.from('{"b":1,  "a":"\\u00e9", "n":1.0e2}\n');
  await using subscriber = await httpSubscriber((response) => response.end());
  await using sender = testSender({});

  await sender.send(webhookTo(subscriber.url, { body }));

  const [request] = subscriber.received;
  expect(request?.body).toEqual(body);
  expect(verifies(secrets[0]!, request!)).toBe(true);
});

test('hook0, convoy (by reading): attempts share a connection', async () => {
  await using subscriber = await httpSubscriber((response) => response.end());
  await using sender = testSender({});

  for (let i = 0; i < 5; i += 1) await sender.send(webhookTo(subscriber.url));

  expect(subscriber.connectionCount()).toBe(1);
});

test.each(['127.0.0.1', '2130706433', '0x7f.1', '[::ffff:127.0.0.1]'])(
  'gitroomhq/postiz-app#1671: the literal %s does not get past the look-up’s guard',
  async (host) => {
    await using subscriber = await httpSubscriber((response) => response.end());
    await using sender = testSender({ allowedNetworks: [] });

    const result = await sender.send(webhookTo(`http://${host}:${subscriber.port}/`));

    expect(failureOf(result)).toBe('address_refused');
    expect(subscriber.connectionCount()).toBe(0);
  },
);

test.each([
  '10.0.0.1',
  '127.0.0.1',
  '172.16.0.1',
  '192.168.0.1',
  '169.254.169.254',
  'fd00:ec2::254',
])(
  'frain-dev/convoy#2756, outpost, convoy (by reading): a name that leads to %s is refused',
  async (address) => {
    await using dns = await localDns(() => ({ addresses: [address] }));
    await using sender = testSender({ allowedNetworks: [], dnsServers: dns.servers });

    const result = await sender.send(webhookTo('https://hooks.example/'));

    expect(failureOf(result)).toBe('address_refused');
  },
);

test('svix/svix-webhooks#792: a refusal says what it is about, and who can allow it', async () => {
  await using dns = await localDns(() => ({ addresses: ['10.1.2.3'] }));
  await using sender = testSender({ allowedNetworks: [], dnsServers: dns.servers });

  const result = await sender.send(webhookTo('https://hooks.example/'));

  expect(result).toMatchObject({
    message: expect.stringMatching(/a private address.*DELIVERY_ALLOWED_NETWORKS/),
  });
  expect(result).not.toMatchObject({ message: expect.stringContaining('10.1.2.3') });
});

test('kubestellar/console#6416: a host that only begins like an allowed one is another host', async () => {
  const guard = createAddressGuard(['127.0.0.1/32']);
  await using dns = await localDns(() => ({ addresses: ['127.0.0.2'] }));
  await using sender = testSender({ allowedNetworks: ['127.0.0.1/32'], dnsServers: dns.servers });

  const result = await sender.send(webhookTo('http://127.0.0.1.attacker.example/'));

  expect(failureOf(result)).toBe('address_refused');
  expect(subscriberUrlProblem('http://127.0.0.1@127.0.0.2/', guard)).not.toBeNull();
  expect(subscriberUrlProblem('http://127.0.0.1:80@127.0.0.2/', guard)).not.toBeNull();
  expect(subscriberUrlProblem('http://127.0.0.2#127.0.0.1', guard)).not.toBeNull();
  expect(subscriberUrlProblem('http://127.0.0.2\\@127.0.0.1/', guard)).not.toBeNull();
});
