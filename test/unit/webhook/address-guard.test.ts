import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createAddressGuard, isLocalhostName, networkProblem } from '#webhook/address-guard.ts';
import { subscriberUrlProblem } from '#webhook/subscriber-url.ts';
import { dottedOf, refusedIpv4, spellingsOf } from './ipv4-spellings.ts';

const strict = createAddressGuard([]);

test.each([
  ['127.0.0.1', 'loopback'],
  ['127.255.255.254', 'loopback'],
  ['10.0.0.1', 'private'],
  ['172.16.0.1', 'private'],
  ['172.31.255.255', 'private'],
  ['192.168.1.1', 'private'],
  ['169.254.0.1', 'link-local'],
  ['169.254.169.254', 'metadata'],
  ['168.63.129.16', 'metadata'],
  ['100.100.100.200', 'metadata'],
  ['100.64.0.1', 'carrier-grade'],
  ['100.127.255.255', 'carrier-grade'],
  ['0.0.0.0', 'unspecified'],
  ['0.1.2.3', 'unspecified'],
  ['224.0.0.1', 'multicast'],
  ['239.255.255.255', 'multicast'],
  ['240.0.0.1', 'reserved'],
  ['255.255.255.255', 'reserved'],
  ['192.0.0.8', 'reserved'],
  ['192.88.99.1', 'reserved'],
  ['192.0.2.1', 'documentation'],
  ['198.51.100.1', 'documentation'],
  ['203.0.113.1', 'documentation'],
  ['198.18.0.1', 'benchmarking'],
  ['198.19.255.255', 'benchmarking'],
  ['::', 'unspecified'],
  ['::1', 'loopback'],
  ['fc00::1', 'private'],
  ['fdff::1', 'private'],
  ['fd00:ec2::254', 'metadata'],
  ['fe80::1', 'link-local'],
  ['fe80::1%eth0', 'link-local'],
  ['fe80::1%br-0.100', 'link-local'],
  ['fec0::1', 'site-local'],
  ['ff02::1', 'multicast'],
  ['2001:db8::1', 'documentation'],
  ['3fff::1', 'documentation'],
  ['2001:2::1', 'benchmarking'],
  ['2001:0:4136:e378:8000:63bf:3fff:fdd2', 'Teredo'],
  ['64:ff9b:1::8.8.8.8', 'translation'],
  ['::ffff:127.0.0.1', 'loopback'],
  ['::ffff:7f00:1', 'loopback'],
  ['64:ff9b::10.0.0.1', 'private'],
  ['2002:a9fe:a9fe::1', 'metadata'],
  ['::127.0.0.1', 'reserved'],
  ['::8.8.8.8', 'reserved'],
  ['::ffff:0:127.0.0.1', 'reserved'],
  ['100::1', 'reserved'],
  ['4000::1', 'reserved'],
  ['8000::1', 'reserved'],
  ['5f00::1', 'reserved'],
])('refuses %s as a %s address and does not repeat it', (address, kind) => {
  const refusal = strict.refusal(address);

  expect(refusal).toContain(kind);
  expect(refusal).not.toContain(address);
});

test.each([
  '1.0.0.0',
  '8.8.8.8',
  '9.255.255.255',
  '11.0.0.0',
  '100.63.255.255',
  '100.128.0.0',
  '126.255.255.255',
  '128.0.0.0',
  '169.253.255.255',
  '169.255.0.0',
  '172.15.255.255',
  '172.32.0.0',
  '192.167.255.255',
  '192.169.0.0',
  '198.17.255.255',
  '198.20.0.0',
  '223.255.255.255',
  '2000::1',
  '2606:4700:4700::1111',
  '2a00:1450:4001:81b::200e',
  '::ffff:8.8.8.8',
  '64:ff9b::8.8.8.8',
  '2002:808:808::1',
])('lets the public address %s pass', (address) => {
  expect(strict.refusal(address)).toBeNull();
});

test.each(['', 'localhost', '127.1', '0177.0.0.1', '2130706433', '10.0.0.0/8', '[::1]'])(
  'refuses %j, which no socket would report as its address',
  (text) => {
    expect(strict.refusal(text)).toBe('no readable address');
  },
);

test('refuses an IPv4 address of a refused range in any clothing and any spelling', () => {
  fc.assert(
    fc.property(refusedIpv4, (address) => {
      for (const { host, isSocketForm } of spellingsOf(address)) {
        if (isSocketForm) expect(strict.refusal(host.replace(/[[\]]/g, ''))).not.toBeNull();
        expect(subscriberUrlProblem(`http://${host}/hook`, strict)).toContain('must not lead to');
      }
    }),
    { numRuns: 500 },
  );
});

test('judges every spelling of an IPv6 address as its canonical one', () => {
  fc.assert(
    fc.property(fc.ipV6(), (address) => {
      const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1);
      expect(strict.refusal(address)).toBe(strict.refusal(canonical));
    }),
    { numRuns: 1000 },
  );
});

test('exempts an allowed address in the clothing that stands for it', () => {
  fc.assert(
    fc.property(refusedIpv4, (address) => {
      const guard = createAddressGuard([`${dottedOf(address)}/32`]);
      for (const { host, isTranslated } of spellingsOf(address)) {
        const problem = subscriberUrlProblem(`http://${host}/hook`, guard);
        if (isTranslated) expect(problem).toBeNull();
        else expect(problem).not.toBeNull();
      }
    }),
  );
});

test('exempts exactly the networks that are allowed', () => {
  const guard = createAddressGuard(['10.1.0.0/16', 'fd12::/16', '::ffff:192.168.7.0/120']);

  expect(guard.refusal('10.1.255.255')).toBeNull();
  expect(guard.refusal('::ffff:10.1.2.3')).toBeNull();
  expect(guard.refusal('fd12:1::1')).toBeNull();
  expect(guard.refusal('192.168.7.9')).toBeNull();
  expect(guard.refusal('10.2.0.0')).toContain('private');
  expect(guard.refusal('fd13::1')).toContain('private');
  expect(guard.refusal('192.168.8.9')).toContain('private');
});

test.each(['10.0.0.0/8', '0.0.0.0/0', '127.0.0.1/32', '172.17.0.1/16', 'fd00::/8', '::1/128'])(
  'accepts %s as a network',
  (cidr) => {
    expect(networkProblem(cidr)).toBeNull();
    expect(() => createAddressGuard([cidr])).not.toThrow();
  },
);

test.each([
  '',
  '10.0.0.1',
  '10/8',
  '10.0.0.0/',
  '10.0.0.0/33',
  '10.0.0.0/-1',
  '10.0.0.0/8/8',
  '010.0.0.0/8',
  'fd00::/129',
  'fe80::1%eth0/64',
  ' 10.0.0.0/8',
  'internal',
])('refuses %j as a network and says how one looks', (cidr) => {
  expect(networkProblem(cidr)).toContain('10.0.0.0/8');
});

test.each([
  ['localhost', true],
  ['LOCALHOST.', true],
  ['api.localhost', true],
  ['localhost.example.com', false],
  ['notlocalhost', false],
])('knows whether %s names the machine itself', (name, expected) => {
  expect(isLocalhostName(name)).toBe(expected);
});
