import { errors } from 'undici';
import { expect, test } from 'vitest';
import { attemptFailure, timeoutFailure } from '#webhook/attempt-failure.ts';
import { AddressRefusedError } from '#webhook/guarded-agent.ts';
import { NameLookupError } from '#webhook/name-lookup.ts';

/** An error as Node makes it: with the address in its message and its fields. */
function systemError(fields: { code: string; syscall?: string }): Error {
  const message = `${fields.syscall} ${fields.code} 10.0.0.7:443`;
  return Object.assign(new Error(message), { ...fields, address: '10.0.0.7', port: 443 });
}

const refused = systemError({ code: 'ECONNREFUSED', syscall: 'connect' });
const notFound = new NameLookupError('ENOTFOUND', { cause: systemError({ code: 'ENOTFOUND' }) });
const reset = systemError({ code: 'ECONNRESET', syscall: 'read' });
const untrusted = systemError({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });

test.each([
  ['a name nobody has', notFound, 'connecting', true, 'dns_error'],
  ['a closed port', refused, 'connecting', true, 'connection_refused'],
  [
    'a closed port on two addresses',
    new AggregateError([refused, refused]),
    'connecting',
    false,
    'connection_refused',
  ],
  [
    'a host without a route',
    systemError({ code: 'EHOSTUNREACH', syscall: 'connect' }),
    'connecting',
    true,
    'connection_failed',
  ],
  [
    'a host that swallows packets',
    systemError({ code: 'ETIMEDOUT', syscall: 'connect' }),
    'connecting',
    false,
    'timeout',
  ],
  ['undici’s own limit', new errors.ConnectTimeoutError(), 'connecting', false, 'timeout'],
  ['a certificate nobody trusts', untrusted, 'connecting', true, 'tls_error'],
  [
    'a certificate for another name',
    systemError({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' }),
    'connecting',
    true,
    'tls_error',
  ],
  ['a reset during the handshake', reset, 'connecting', true, 'tls_error'],
  ['a reset as a plain connection opens', reset, 'connecting', false, 'connection_failed'],
  ['a reset before the answer', reset, 'waiting', true, 'connection_failed'],
  ['a reset within the answer', reset, 'reading', true, 'connection_failed'],
  [
    'a closed socket',
    new errors.SocketError('other side closed'),
    'waiting',
    true,
    'connection_failed',
  ],
  ['headers without end', new errors.HeadersOverflowError(), 'waiting', true, 'connection_failed'],
  [
    'a refused address',
    new AddressRefusedError('a private address'),
    'connecting',
    true,
    'address_refused',
  ],
  ['a closing service', new errors.ClientDestroyedError(), 'waiting', true, 'aborted'],
] as const)('calls %s by its name, without an address', (_what, cause, phase, isTls, error) => {
  const failure = attemptFailure(cause, phase, isTls, 15_000);

  expect(failure.error).toBe(error);
  expect(failure.message).toMatch(/^[A-Z].*\.$/);
  expect(failure.message).not.toMatch(/10\.0\.0\.7|443/);
});

test('says how far an attempt came before its time was up', () => {
  const messages = (['connecting', 'waiting', 'reading'] as const).map(
    (phase) => timeoutFailure(phase, 15_000).message,
  );

  expect(new Set(messages).size).toBe(3);
  for (const message of messages) expect(message).toContain('15000 ms');
});

test('says in words why a name led nowhere', () => {
  const codes = ['ENOTFOUND', 'ETIMEOUT', 'ESERVFAIL', 'EREFUSED', 'EAI_AGAIN', 'EFORMERR'];
  const messages = codes.map(
    (code) => attemptFailure(new NameLookupError(code), 'connecting', true, 15_000).message,
  );

  expect(new Set(messages.map((message) => message.replace(/ \(.*/, ''))).size).toBe(6);
  for (const [index, message] of messages.entries()) expect(message).toContain(`(${codes[index]})`);
});
