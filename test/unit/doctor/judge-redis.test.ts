import { expect, test } from 'vitest';
import { judgeRedis, type RedisWay } from '#doctor/judge-redis.ts';
import { redisWay } from '#doctor/redis-way.ts';
import type { RedisFacts } from '#store/redis-facts.ts';

const mib = 1024 * 1024;

const sound: RedisFacts = {
  software: 'redis',
  version: '7.4.1',
  mode: 'standalone',
  role: 'master',
  appendOnly: 'yes',
  aofLastWrite: 'ok',
  lastSave: 'ok',
  evictionPolicy: 'noeviction',
  hz: 100,
  usedBytes: 100 * mib,
  limitBytes: 0,
  clockAheadMs: 3,
  roundTripMs: 1,
};
const way: RedisWay = {
  where: '127.0.0.1:6379',
  hasPassword: false,
  isLocal: true,
};

function judged(changes: Partial<RedisFacts>, wayChanges: Partial<RedisWay> = {}) {
  const facts = { ...sound, ...changes };
  return judgeRedis({ kind: 'there', facts }, { ...way, ...wayChanges });
}

function complaints(changes: Partial<RedisFacts>, wayChanges: Partial<RedisWay> = {}): string[] {
  return judged(changes, wayChanges)
    .filter(({ level }) => level !== 'ok')
    .map(({ check, level }) => `${level} ${check}`);
}

test('a Redis that is set up as it should be is complained of in nothing', () => {
  expect(complaints({})).toEqual([]);
});

test.each<[string, Partial<RedisFacts>, string[]]>([
  ['older than any queue can use', { version: '4.0.14' }, ['problem redis.version']],
  ['older than 6.2', { version: '6.0.16' }, ['warning redis.version']],
  ['of version 6.2', { version: '6.2.0' }, []],
  ['of version 10', { version: '10.0.0' }, []],
  ['a replica', { role: 'slave' }, ['problem redis.role']],
  ['without a log of its writes', { appendOnly: 'no' }, ['warning redis.appendonly']],
  ['unable to take snapshots', { lastSave: 'err' }, ['problem redis.saving']],
  ['unable to write its log', { aofLastWrite: 'err' }, ['problem redis.saving']],
  ['evicting, without a limit', { evictionPolicy: 'allkeys-lru' }, ['warning redis.eviction']],
  [
    'evicting, with a limit',
    { evictionPolicy: 'allkeys-lru', limitBytes: 1000 * mib },
    ['problem redis.eviction'],
  ],
  ['79 % full', { usedBytes: 79 * mib, limitBytes: 100 * mib }, []],
  ['80 % full', { usedBytes: 80 * mib, limitBytes: 100 * mib }, ['warning redis.memory']],
  ['95 % full', { usedBytes: 95 * mib, limitBytes: 100 * mib }, ['problem redis.memory']],
  ['slow to notice what has ended', { hz: 10 }, ['warning redis.hz']],
  ['three seconds ahead', { clockAheadMs: 3000 }, ['warning redis.clock']],
  ['three seconds behind', { clockAheadMs: -3000 }, ['warning redis.clock']],
  ['so far away that its clock cannot be compared', { clockAheadMs: 3000, roundTripMs: 1500 }, []],
])('a Redis that is %s', (_, changes, expected) => {
  expect(complaints(changes)).toEqual(expected);
});

test('a Redis that lets none of its settings be read is not complained of for that', () => {
  const hidden: Partial<RedisFacts> = {
    software: null,
    version: null,
    mode: null,
    role: null,
    appendOnly: null,
    aofLastWrite: null,
    lastSave: null,
    evictionPolicy: null,
    hz: null,
    usedBytes: null,
    limitBytes: null,
  };
  expect(complaints(hidden)).toEqual([]);
  const unread = judged(hidden).filter(({ what }) => what.includes('could not be read'));
  expect(unread.map(({ check }) => check)).toEqual([
    'redis.version',
    'redis.appendonly',
    'redis.eviction',
    'redis.memory',
    'redis.hz',
  ]);
});

test('a Redis on another machine wants a password', () => {
  expect(complaints({}, { isLocal: false })).toEqual(['warning redis.password']);
  expect(complaints({}, { isLocal: false, hasPassword: true })).toEqual([]);
});

test('a clock that is minutes off is said to make signatures be refused', () => {
  const clock = judged({ clockAheadMs: 300_000 }).find(({ check }) => check === 'redis.clock');
  expect(clock?.why).toContain('subscribers refuse');
});

test('of a Redis that is away nothing else is said', () => {
  const found = { kind: 'away', said: 'connect ECONNREFUSED', advice: 'Start it.' } as const;
  expect(judgeRedis(found, way)).toMatchObject([
    {
      check: 'redis',
      level: 'problem',
      what: 'Redis at 127.0.0.1:6379 cannot be used: connect ECONNREFUSED.',
      remedy: 'Start it.',
    },
  ]);
});

test('where Redis is, is told without its password', () => {
  expect(
    redisWay({ kind: 'single', url: 'rediss://user:pass%40word@redis.example:7000/4' }),
  ).toEqual({ where: 'redis.example:7000', hasPassword: true, isLocal: false });
  expect(redisWay({ kind: 'single', url: 'redis://[::1]' })).toEqual({
    where: '[::1]:6379',
    hasPassword: false,
    isLocal: true,
  });
  const nodes = [
    { host: 'localhost', port: 26379 },
    { host: 'elsewhere', port: 26380 },
  ];
  expect(
    redisWay({ kind: 'sentinel', nodes, name: 'main', tls: false, password: 'secret', db: 2 }),
  ).toEqual({
    where: 'localhost:26379, elsewhere:26380',
    hasPassword: true,
    isLocal: false,
  });
});
