import { validateHeaderName, validateHeaderValue } from 'node:http';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createAddressGuard } from '#webhook/address-guard.ts';
import { requestHeaderProblem, subscriberUrlProblem } from '#webhook/subscriber-url.ts';

const strict = createAddressGuard([]);
const label63 = 'a'.repeat(63);
const longest = `https://example.com/${'x'.repeat(2048 - 'https://example.com/'.length)}`;

test.each([
  'https://example.com/hook',
  'http://example.com:8080/hook?token=1#part',
  'HTTPS://EXAMPLE.COM',
  'https://example.com./hook',
  'https://münchen.example/',
  'https://8.8.8.8/hook',
  'https://[2606:4700:4700::1111]/hook',
  `https://${label63}.example.com/`,
  longest,
])('accepts %s', (url) => {
  expect(subscriberUrlProblem(url, strict)).toBeNull();
});

test.each([
  ['', 'http or https'],
  ['example.com/hook', 'http or https'],
  ['ftp://example.com/hook', 'http or https'],
  ['javascript:alert(1)', 'http or https'],
  ['http://', 'http or https'],
  ['https://example.com:99999/', 'http or https'],
  ['http://[fe80::1%25eth0]/', 'http or https'],
  ['http://[fe80::1%eth0]/', 'http or https'],
  [`${longest}x`, '2,048'],
  ['https://user@example.com/', 'user or password'],
  ['https://:secret@example.com/', 'user or password'],
  [' https://example.com/', 'space'],
  ['https://example.com/ ', 'space'],
  ['https://example.com/\n', 'line breaks'],
  ['https://exam\nple.com/', 'line breaks'],
  ['https://example.com/a\r\nb', 'line breaks'],
  ['https://example.com/a\tb', 'tabs'],
  ['\u0001https://example.com/', 'space'],
  [`https://${label63}a.example.com/`, 'labels'],
  ['https://a..example.com/', 'labels'],
  [`https://${'abcdefg.'.repeat(32)}com/`, 'labels'],
])('refuses %s', (url, words) => {
  expect(subscriberUrlProblem(url, strict)).toContain(words);
});

test.each([
  'http://127.0.0.1/',
  'http://127.0.0.1./',
  'http://2130706433/',
  'http://0x7f.1/',
  'http://0177.0.0.1/',
  'http://127.1:8080/',
  'http://127%2e0%2e0%2e1/',
  'http://127。0。0。1/',
  'http://１２７.0.0.1/',
  'http://[0:0:0:0:0:ffff:127.0.0.1]/',
  'http://[2002:7f00:1::]/',
  'http://ⓛocalhost/',
  'http:\\\\127.0.0.1\\',
  'http://0/',
  'http://[::1]/',
  'http://[::ffff:127.0.0.1]/',
  'http://[64:ff9b::a9fe:a9fe]/',
  'http://[fd00:ec2::254]/',
  'http://169.254.169.254/latest/meta-data/',
  'http://localhost/',
  'http://LocalHost:3000/',
  'http://localhost./',
  'http://api.localhost/',
])('refuses %s and names the setting that would allow it', (url) => {
  const problem = subscriberUrlProblem(url, strict);

  expect(problem).toContain('DELIVERY_ALLOWED_NETWORKS');
});

test('lets localhost pass where the loopback address is allowed, and only there', () => {
  const loopback = createAddressGuard(['127.0.0.0/8']);
  const elsewhere = createAddressGuard(['10.0.0.0/8']);

  expect(subscriberUrlProblem('http://localhost:3000/', loopback)).toBeNull();
  expect(subscriberUrlProblem('http://api.localhost:3000/', loopback)).toBeNull();
  expect(subscriberUrlProblem('http://[::1]:3000/', loopback)).toContain('loopback');
  expect(subscriberUrlProblem('http://localhost:3000/', elsewhere)).toContain('loopback');
});

test('answers any text with a value', () => {
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.webUrl(), fc.ipV6());
  fc.assert(
    fc.property(text, (url) => {
      for (const each of [url, `http://${url}`, `http://[${url}]`]) {
        const problem = subscriberUrlProblem(each, strict);
        if (problem === null) expect(URL.canParse(each)).toBe(true);
      }
    }),
  );
});

test.each([
  ['authorization', 'Bearer abc'],
  ['X-Api-Key', ''],
  ['x_odd.name~', 'tab\tinside'],
  ['x-latin', 'caf\u00e9'],
])('accepts the header %s', (name, value) => {
  expect(requestHeaderProblem(name, value)).toBeNull();
});

test.each([
  'Host',
  'content-type',
  'Content-Length',
  'content-anything',
  'Transfer-Encoding',
  'webhook-id',
  'Webhook-Anything',
  'user-agent',
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authorization',
  'te',
  'trailer',
  'upgrade',
  'expect',
])('refuses the header %s, which is not the caller’s to set', (name) => {
  expect(requestHeaderProblem(name, 'x')).toContain(name.toLowerCase());
});

test.each([
  ['', 'x'],
  ['two words', 'x'],
  ['colon:', 'x'],
  ['x-ä', 'x'],
  ['x-a', 'line\r\nx-b: injected'],
  ['x-a', 'nul\u0000'],
  ['x-a', 'snow ☃'],
  ['x-a', ' padded '],
])('refuses the header %j with the value %j', (name, value) => {
  expect(requestHeaderProblem(name, value)).toMatch(/^the (name|value) must/);
});

test('lets no header pass that HTTP could not carry', () => {
  const near = fc.string({ unit: fc.constantFrom('a', 'Z', '-', '_', ':', ' ', '\t', '\r', 'é') });
  fc.assert(
    fc.property(near, near, (name, value) => {
      if (requestHeaderProblem(name, value) !== null) return;
      validateHeaderName(name);
      validateHeaderValue(name, value);
    }),
  );
});
