import { expect, test } from 'vitest';
import { adviseOnListening } from '#listen-advice.ts';

const api = { host: 'no-such-host', port: 80 };

function failed(code: string, syscall = 'listen'): Error {
  return Object.assign(new Error(code), { code, syscall });
}

test.each([
  ['EADDRINUSE', 'listen', 'Set PORT to a free one'],
  ['EACCES', 'listen', 'Set PORT to one above 1023'],
  ['EADDRNOTAVAIL', 'listen', 'HOST (no-such-host) is no address of this machine'],
  ['ENOTFOUND', 'getaddrinfo', 'HOST (no-such-host) is no address of this machine'],
])('what to do about %s', (code, syscall, advice) => {
  expect(adviseOnListening(failed(code, syscall), api)).toContain(advice);
});

test('another error than that of the address is given no advice', () => {
  expect(adviseOnListening(failed('EADDRINUSE', 'connect'), api)).toBeNull();
  expect(adviseOnListening(new Error('x'), api)).toBeNull();
});
