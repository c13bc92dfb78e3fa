import { expect, test } from 'vitest';
import { adviseOnInbox, type InboxFailure } from '#inbox/advice.ts';

const prefix = 'POST /inbox/users';

function unavailable(
  reason: Extract<InboxFailure, { kind: 'unavailable' }>['reason'],
  message = '',
): InboxFailure {
  return { kind: 'unavailable', reason, message: `${prefix} ${message}` };
}

function refused(status: number): InboxFailure {
  return { kind: 'refused', message: `${prefix} was answered ${status}.` };
}

test.each<[string, InboxFailure, string]>([
  ['a token that is refused', { kind: 'unauthorized', message: '' }, 'valid token'],
  ['a 429', { kind: 'limited', retryAfterMs: null, message: '' }, 'Someone else uses this token'],
  ['a redirect', refused(302), 'the address that it redirects to'],
  ['a 403', refused(403), 'may not read the inbox'],
  ['a 404', refused(404), 'no inbox API at this address'],
  ['a 400', refused(400), 'scope'],
  ['a web page', unavailable('malformed'), 'a web page or a proxy'],
  ['silence', unavailable('timeout'), 'INBOX_TIMEOUT_MS'],
  ['an unknown host', unavailable('connection', 'got no … (ENOTFOUND).'), 'no address'],
  ['a closed port', unavailable('connection', 'got no … (ECONNREFUSED).'), 'Nothing listens'],
  [
    'a certificate of nobody',
    unavailable('connection', 'got no … (DEPTH_ZERO_SELF_SIGNED_CERT).'),
    'not trusted',
  ],
  [
    'no TLS',
    unavailable('connection', 'got no … (ERR_SSL_WRONG_VERSION_NUMBER).'),
    'http:// instead of https://',
  ],
  ['a broken connection', unavailable('connection', 'got no … (UND_ERR_SOCKET).'), 'asked again'],
  ['an error of its own', unavailable('server_error'), 'asked again'],
])('what to do about %s', (_, failure, advice) => {
  expect(adviseOnInbox(failure)).toContain(advice);
});
