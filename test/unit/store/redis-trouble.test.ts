import { expect, test } from 'vitest';
import { adviseOnRedis } from '#store/redis-trouble.ts';

/** As ioredis, the system and Redis say it. */
const said: readonly [string, string, string?][] = [
  ['connect ECONNREFUSED 127.0.0.1:6379', 'Start Redis', 'ECONNREFUSED'],
  ['getaddrinfo ENOTFOUND redis.invalid', 'Correct the host', 'ENOTFOUND'],
  ['connect ETIMEDOUT', 'firewall', 'ETIMEDOUT'],
  ['Socket timeout. Expecting data, but didn’t receive any in 12000ms.', 'firewall'],
  ['NOAUTH HELLO must be called with the client already authenticated', 'wants a password'],
  ['WRONGPASS invalid username-password pair or user is disabled.', 'refuses the user'],
  ['NOPERM User bob has no permissions to run the set command', 'ACL SETUSER'],
  ['Unknown RESP type 72 "H". Please report this.', 'no Redis'],
  ["READONLY You can't write against a read only replica.", 'replica'],
  [
    "READONLY You can't write against a read only replica. script: 4, on @user_script:2.",
    'primary',
  ],
  ['MISCONF Redis is configured to save RDB snapshots, but it is currently unable', 'disk'],
  ["OOM command not allowed when used memory > 'maxmemory'.", 'maxmemory'],
  ['LOADING Redis is loading the dataset in memory', 'Wait'],
  ['MOVED 3999 127.0.0.1:6381', 'redis+cluster://'],
  [
    "All sentinels are unreachable. Retrying from scratch after 10ms. Last error: ERR unknown command 'sentinel', with args",
    'no Sentinel',
  ],
  ['All sentinels are unreachable. Retrying from scratch after 10ms.', 'SENTINEL masters'],
  [
    'self-signed certificate in certificate chain',
    'NODE_EXTRA_CA_CERTS',
    'SELF_SIGNED_CERT_IN_CHAIN',
  ],
  ['write EPROTO 140:error:wrong version number', 'redis:// instead of rediss://', 'EPROTO'],
  ['read ECONNRESET', 'closed', 'ECONNRESET'],
];

test.each(said)('what to do about: %s', (message, advice, code) => {
  const error = Object.assign(new Error(message), code === undefined ? {} : { code });
  expect(adviseOnRedis(error)).toContain(advice);
});

test('a Cluster’s error is judged by that of its last node', () => {
  const lastNodeError = new Error('ERR This instance has cluster support disabled');
  const error = Object.assign(new Error('Failed to refresh slots cache.'), { lastNodeError });
  expect(adviseOnRedis(error)).toContain('redis:// instead of redis+cluster://');
});

test('of a host with several addresses each is judged', () => {
  const refused = Object.assign(new Error(''), { code: 'ECONNREFUSED' });
  expect(adviseOnRedis(new AggregateError([refused], ''))).toContain('Start Redis');
});

test('what nobody has met yet is given no advice', () => {
  expect(adviseOnRedis(new Error('something else'))).toBeNull();
});
