import type { RedisFacts } from '#store/redis-facts.ts';
import { type Finding, fine, problem, warning } from './finding.ts';
import { judgeClock } from './judge-clock.ts';

export type RedisFound =
  | { readonly kind: 'away'; readonly said: string; readonly advice: string | null }
  | { readonly kind: 'there'; readonly facts: RedisFacts };

/** What REDIS_URL says of how Redis is reached. */
export interface RedisWay {
  /** Host and port, without what is secret. */
  readonly where: string;
  readonly hasPassword: boolean;
  /** All of its hosts are this machine. */
  readonly isLocal: boolean;
}

/** What bullmq recommends; below the least it does not start. */
const leastVersion = [5, 0, 0];
const goodVersion = [6, 2, 0];
const punctualHz = 50;
const mib = 1024 * 1024;

export function judgeRedis(found: RedisFound, way: RedisWay): Finding[] {
  if (found.kind === 'away') {
    return [
      problem('redis', {
        what: `Redis at ${way.where} cannot be used: ${found.said}.`,
        why: 'Everything that the service knows is in Redis; without it nothing is polled or delivered.',
        remedy: found.advice ?? 'See that redis-cli -u "$REDIS_URL" PING answers PONG.',
      }),
    ];
  }
  const { facts } = found;
  return [
    fine('redis', `Redis answers at ${way.where} in ${facts.roundTripMs.toFixed(0)} ms.`),
    judgeVersion(facts),
    ...judgeRole(facts),
    judgeAppendOnly(facts),
    ...judgeSaving(facts),
    judgeEviction(facts),
    judgeMemory(facts),
    judgeHz(facts),
    judgePassword(way),
    judgeClock('redis.clock', 'Redis', facts.clockAheadMs, facts.roundTripMs),
  ];
}

function unread(check: string, name: string): Finding {
  return fine(check, `${name} could not be read, as is usual with managed services.`);
}

function judgeVersion({ software, version }: RedisFacts): Finding {
  const check = 'redis.version';
  if (version === null) return unread(check, 'The version');
  const name = `${software ?? 'redis'} ${version}`;
  const why = 'The queues are made of commands that older versions lack.';
  const remedy = 'Use Redis 7 or later, or Valkey, such as the image redis:8-alpine.';
  if (isBelow(version, leastVersion)) {
    return problem(check, { what: `${name} is too old.`, why, remedy });
  }
  if (isBelow(version, goodVersion)) {
    return warning(check, { what: `${name} is older than 6.2.`, why, remedy });
  }
  return fine(check, `It is ${name}.`);
}

function isBelow(version: string, least: readonly number[]): boolean {
  const numbers = version.split('.').map((part) => Number.parseInt(part, 10) || 0);
  for (const [at, number] of least.entries()) {
    const difference = (numbers[at] ?? 0) - number;
    if (difference !== 0) return difference < 0;
  }
  return false;
}

function judgeRole({ role, mode }: RedisFacts): Finding[] {
  if (role === 'slave') {
    return [
      problem('redis.role', {
        what: 'This Redis is a replica.',
        why: 'A replica takes no writes, so nothing can be polled or delivered.',
        remedy:
          'Point REDIS_URL at the primary, or at the Sentinels: redis+sentinel://host:26379/name.',
      }),
    ];
  }
  return mode === null ? [] : [fine('redis.role', `It is a primary, ${mode}.`)];
}

function judgeAppendOnly({ appendOnly }: RedisFacts): Finding {
  const check = 'redis.appendonly';
  if (appendOnly === null) return unread(check, 'appendonly');
  if (appendOnly === 'yes') return fine(check, 'Every write goes to disk (appendonly yes).');
  return warning(check, {
    what: 'Redis keeps no log of its writes (appendonly no).',
    why: 'If Redis crashes, what was noticed and queued since its last snapshot is gone.',
    remedy: 'redis-cli -u "$REDIS_URL" CONFIG SET appendonly yes, and the same in redis.conf.',
  });
}

function judgeSaving({ lastSave, aofLastWrite }: RedisFacts): Finding[] {
  const failed = [
    ...(lastSave === null || lastSave === 'ok'
      ? []
      : ['its last snapshot (rdb_last_bgsave_status)']),
    ...(aofLastWrite === null || aofLastWrite === 'ok'
      ? []
      : ['the last write of its log (aof_last_write_status)']),
  ];
  if (failed.length === 0) return [];
  return [
    problem('redis.saving', {
      what: `Redis failed at ${failed.join(' and ')}.`,
      why: 'It takes no writes while it cannot save, and loses what it holds when it stops.',
      remedy:
        'Look into the log of Redis; free its disk or mend its rights; then redis-cli -u "$REDIS_URL" BGSAVE.',
    }),
  ];
}

function judgeEviction({ evictionPolicy, limitBytes }: RedisFacts): Finding {
  const check = 'redis.eviction';
  if (evictionPolicy === null) return unread(check, 'maxmemory-policy');
  if (evictionPolicy === 'noeviction') return fine(check, 'Nothing is evicted (noeviction).');
  const complaint = {
    what: `A full Redis drops what it likes (maxmemory-policy ${evictionPolicy}).`,
    why: 'It would drop contacts, events and deliveries, and nobody would hear of it.',
    remedy:
      'redis-cli -u "$REDIS_URL" CONFIG SET maxmemory-policy noeviction, and the same in redis.conf.',
  };
  return limitBytes === 0 ? warning(check, complaint) : problem(check, complaint);
}

function judgeMemory({ usedBytes, limitBytes }: RedisFacts): Finding {
  const check = 'redis.memory';
  if (usedBytes === null || limitBytes === null) return unread(check, 'Its use of memory');
  const used = `${Math.ceil(usedBytes / mib)} MiB`;
  if (limitBytes === 0) return fine(check, `It holds ${used}, without a limit of its own.`);
  const share = usedBytes / limitBytes;
  const what = `It holds ${used} of ${Math.floor(limitBytes / mib)} MiB (${Math.floor(share * 100)} %).`;
  if (share < 0.8) return fine(check, what);
  const judge = share < 0.95 ? warning : problem;
  return judge(check, {
    what,
    why: 'A full Redis takes no writes: polling and delivering stop until there is room.',
    remedy: 'Raise maxmemory, or lower EVENT_RETENTION_HOURS or EVENT_RETENTION_MAX.',
  });
}

function judgeHz({ hz }: RedisFacts): Finding {
  const check = 'redis.hz';
  if (hz === null) return unread(check, 'hz');
  if (hz >= punctualHz) return fine(check, `Waits end on time (hz ${hz}).`);
  return warning(check, {
    what: `Redis looks ${hz} times a second for waits that have ended (hz ${hz}).`,
    why: `Polls and retries can begin ${Math.round(1000 / hz)} ms late. Nothing is lost by it.`,
    remedy: 'redis-cli -u "$REDIS_URL" CONFIG SET hz 100, and the same in redis.conf.',
  });
}

function judgePassword({ hasPassword, isLocal }: RedisWay): Finding {
  const check = 'redis.password';
  if (hasPassword) return fine(check, 'REDIS_URL has a password.');
  if (isLocal) return fine(check, 'Redis is reached on this machine, without a password.');
  return warning(check, {
    what: 'Redis is reached over a network, without a password.',
    why: 'Whoever reaches its port can read contacts and events, and change them.',
    remedy:
      'Keep its port to a private network, or set requirepass and write redis://:PASSWORD@host:port.',
  });
}
