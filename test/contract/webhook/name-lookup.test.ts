import { expect, test } from 'vitest';
import { createNameLookup, type LookUp, NameLookupError } from '#webhook/name-lookup.ts';
import { type DnsAnswer, type DnsQuestion, localDns } from './local-dns.ts';
import { httpSubscriber } from './local-subscriber.ts';
import { testSender, webhookTo } from './test-sender.ts';

const home: DnsAnswer = { addresses: ['127.0.0.1'] };

/** A system that knows nobody, and remembers who was asked for. */
function emptySystem(): { asked: string[]; askSystem: LookUp } {
  const asked: string[] = [];
  return {
    asked,
    async askSystem(hostname) {
      asked.push(hostname);
      throw Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND' });
    },
  };
}

async function lookUpWith(answer: (question: DnsQuestion) => DnsAnswer, hostname: string) {
  await using dns = await localDns(answer);
  const system = emptySystem();
  const names = createNameLookup({ dnsServers: dns.servers, askSystem: system.askSystem });
  const found = await names.lookUp(hostname).catch((error: unknown) => error);
  return { found, asked: dns.asked, systemAsked: system.asked };
}

test('asks DNS for both families, and lets IPv4 be tried first', async () => {
  const { found, asked, systemAsked } = await lookUpWith(
    () => ({ addresses: ['::1', '127.0.0.1', '127.0.0.2'] }),
    'hooks.example',
  );

  expect(found).toEqual([
    { address: '127.0.0.1', family: 4 },
    { address: '127.0.0.2', family: 4 },
    { address: '::1', family: 6 },
  ]);
  expect(asked.map(({ type }) => type).toSorted()).toEqual(['A', 'AAAA']);
  expect(systemAsked).toEqual([]);
});

test('finds a name that has IPv6 addresses only', async () => {
  const { found } = await lookUpWith(() => ({ addresses: ['::1'] }), 'hooks.example');

  expect(found).toEqual([{ address: '::1', family: 6 }]);
});

test('follows a chain of aliases to its addresses', async () => {
  const aliases = ['edge.example', 'cdn.example.net', 'node-7.example.org'];
  const { found } = await lookUpWith(() => ({ ...home, aliases }), 'hooks.example');

  expect(found).toEqual([{ address: '127.0.0.1', family: 4 }]);
});

test.each([['AAAA'], ['A']] as const)(
  'does without a family about which nobody answers: %s',
  async (silent) => {
    const { found, asked } = await lookUpWith(
      ({ type }) => (type === silent ? 'silence' : { addresses: ['127.0.0.1', '::1'] }),
      'hooks.example',
    );

    expect(found).toHaveLength(1);
    // Whoever waits longer asks again.
    expect(asked).toHaveLength(2);
  },
);

test.each([
  ['does not exist', 'NXDOMAIN'],
  ['has no addresses', { addresses: [] }],
] as const)('asks the system for a name that %s in DNS', async (_what, answer) => {
  const { found, systemAsked } = await lookUpWith(() => answer, 'crm.internal');

  expect(systemAsked).toEqual(['crm.internal']);
  expect(found).toMatchObject({ name: 'NameLookupError', code: 'ENOTFOUND' });
});

test('asks the system where there is no DNS server', async () => {
  const dns = await localDns(() => home);
  await dns[Symbol.asyncDispose]();
  const names = createNameLookup({
    dnsServers: dns.servers,
    askSystem: async () => [{ address: '10.9.8.7', family: 4 }],
  });

  expect(await names.lookUp('hooks.example')).toEqual([{ address: '10.9.8.7', family: 4 }]);
});

test.each([
  ['SERVFAIL', 'ESERVFAIL'],
  ['REFUSED', 'EREFUSED'],
] as const)(
  'takes %s for a failure, which the system would only meet again',
  async (answer, code) => {
    const { found, systemAsked } = await lookUpWith(() => answer, 'hooks.example');

    expect(found).toBeInstanceOf(NameLookupError);
    expect(found).toMatchObject({ code });
    expect(systemAsked).toEqual([]);
  },
);

test.each(['redis', 'redis.', 'localhost', 'localhost.', 'hooks.localhost'])(
  'leaves %s to the system',
  async (hostname) => {
    const { asked, systemAsked } = await lookUpWith(() => home, hostname);

    expect(systemAsked).toEqual([hostname]);
    expect(asked).toEqual([]);
  },
);

test('asks once for all who look for one name at a time, and again for the next', async () => {
  await using dns = await localDns(() => home);
  const names = createNameLookup({ dnsServers: dns.servers });

  const found = await Promise.all([1, 2, 3].map(() => names.lookUp('hooks.example')));
  expect(dns.asked).toHaveLength(2);
  await names.lookUp('hooks.example');

  expect(found).toEqual(new Array(3).fill([{ address: '127.0.0.1', family: 4 }]));
  expect(dns.asked).toHaveLength(4);
});

test('a system that hangs for names unknown to DNS keeps one of them waiting for another only', async () => {
  await using dns = await localDns(({ name }) => (name.startsWith('nobody') ? 'NXDOMAIN' : home));
  const hanging: string[] = [];
  const firstAsked = Promise.withResolvers<void>();
  const names = createNameLookup({
    dnsServers: dns.servers,
    askSystem(hostname) {
      if (hostname === 'redis') return Promise.resolve([{ address: '127.0.0.1', family: 4 }]);
      hanging.push(hostname);
      firstAsked.resolve();
      return new Promise(() => {});
    },
  });

  const unknown = [1, 2, 3, 4].map((i) => names.lookUp(`nobody-${i}.example`));
  await firstAsked.promise;

  // By when these two have been found, one after the other, DNS has told of the others long since.
  await names.lookUp('hooks.example');
  await names.lookUp('hooks.example');

  expect(await Promise.race([names.lookUp('redis'), ...unknown])).toHaveLength(1);
  expect(hanging).toHaveLength(1);
});

test('fifty names at a dead name server do not delay a healthy one', async () => {
  await using dns = await localDns(({ name }) => (name.startsWith('dead') ? 'silence' : home));
  await using subscriber = await httpSubscriber((response) => response.end());
  await using sender = testSender({ dnsServers: dns.servers });
  const stop = new AbortController();
  const to = (host: string) => webhookTo(`http://${host}:${subscriber.port}/`);

  const dead = Array.from({ length: 50 }, (_, i) =>
    sender.send(to(`dead-${i}.example`), stop.signal),
  );
  const healthy = await sender.send(to('hooks.example'));
  stop.abort();

  expect(healthy).toMatchObject({ kind: 'answered', statusCode: 200 });
  // Whoever had to wait for a dead name server would have waited for five seconds.
  expect(healthy.phases.dnsMs).toBeLessThan(2500);
  expect(new Set((await Promise.all(dead)).map(({ kind }) => kind))).toEqual(
    new Set(['unanswered']),
  );
});

test('a lost answer costs one more question, not the attempt', async () => {
  let lost = 0;
  await using dns = await localDns(() => {
    lost += 1;
    return lost <= 2 ? 'silence' : home;
  });
  const names = createNameLookup({ dnsServers: dns.servers });

  expect(await names.lookUp('hooks.example')).toEqual([{ address: '127.0.0.1', family: 4 }]);
});

test('tries the next address where the first leads nowhere', async () => {
  await using dns = await localDns(() => ({ addresses: ['127.0.0.9', '::1', '127.0.0.1'] }));
  await using subscriber = await httpSubscriber((response) => response.end());
  const allowedNetworks = ['127.0.0.0/8', '::1/128'];
  await using sender = testSender({ dnsServers: dns.servers, allowedNetworks });

  const result = await sender.send(webhookTo(`http://hooks.example:${subscriber.port}/`));

  expect(result).toMatchObject({ kind: 'answered', statusCode: 200 });
});

test('names the trouble with a name in words', async () => {
  await using dns = await localDns(() => 'SERVFAIL');
  await using sender = testSender({ dnsServers: dns.servers });

  const result = await sender.send(webhookTo('http://hooks.example/secret-path'));

  expect(result).toMatchObject({
    error: 'dns_error',
    message:
      'The host name could not be resolved: its name server could not answer (ESERVFAIL). See that the url names the right host.',
  });
});

test('ends what it is looking for when it is closed', async () => {
  const asked = Promise.withResolvers<void>();
  await using dns = await localDns(() => {
    asked.resolve();
    return 'silence';
  });
  const names = createNameLookup({ dnsServers: dns.servers });

  const found = names.lookUp('hooks.example').catch((error: NameLookupError) => error.code);
  await asked.promise;
  names.close();

  expect(await found).toBe('ECANCELLED');
});
