import { expect, test } from 'vitest';
import { parseRedisUrl } from '../../src/redis-url.ts';

test.each([
  ['redis://localhost', { kind: 'single', url: 'redis://localhost' }],
  [
    'rediss://user:pass@redis.test:6380/2',
    { kind: 'single', url: 'rediss://user:pass@redis.test:6380/2' },
  ],
  [
    'redis+sentinel://one:26379,two/main',
    {
      kind: 'sentinel',
      name: 'main',
      tls: false,
      nodes: [
        { host: 'one', port: 26379 },
        { host: 'two', port: 26379 },
      ],
    },
  ],
  [
    'rediss+sentinel://user:p%40ss@one:1/main/3',
    {
      kind: 'sentinel',
      name: 'main',
      tls: true,
      username: 'user',
      password: 'p@ss',
      db: 3,
      nodes: [{ host: 'one', port: 1 }],
    },
  ],
  [
    'redis+cluster://[::1]:7000,10.0.0.1',
    {
      kind: 'cluster',
      tls: false,
      nodes: [
        { host: '::1', port: 7000 },
        { host: '10.0.0.1', port: 6379 },
      ],
    },
  ],
  [
    'rediss+cluster://:secret@one:7000',
    { kind: 'cluster', tls: true, password: 'secret', nodes: [{ host: 'one', port: 7000 }] },
  ],
])('svix/svix-webhooks#388, #1293, #1458, #2100: %s is read', (url, value) => {
  expect(parseRedisUrl(url)).toEqual({ kind: 'valid', value });
});

test.each([
  ['127.0.0.1:6379', /must look like redis:/],
  ['http://redis.test', /must look like redis:/],
  ['redis+other://redis.test', /must look like redis:/],
  ['redis://host:port', /must look like redis:/],
  ['redis://redis.test/main', /number of a database/],
  ['redis+sentinel://one:26379', /name that Sentinel watches/],
  ['redis+sentinel://one:26379/main/x', /name that Sentinel watches/],
  ['redis+cluster://one:7000/0', /no databases/],
  ['redis+cluster://one:7000,,two', /host:port,host:port/],
  ['redis+cluster://one:70000', /host:port,host:port/],
  ['redis+cluster://one:7000?x=1', /query/],
  ['redis+cluster://:%zz@one:7000', /percent-encode/],
])('%s is refused with what to do about it', (url, problem) => {
  expect(parseRedisUrl(url)).toEqual({
    kind: 'invalid',
    problem: expect.stringMatching(problem),
  });
});
