import type { Connection } from './connection.ts';

/** What a Redis tells of itself. Null: it does not let that be read, as managed services do not. */
export interface RedisFacts {
  /** `redis`, `valkey` and the like. */
  readonly software: string | null;
  readonly version: string | null;
  /** `standalone`, `cluster` or `sentinel`. */
  readonly mode: string | null;
  /** `master` or `slave`. */
  readonly role: string | null;
  readonly appendOnly: string | null;
  readonly aofLastWrite: string | null;
  readonly lastSave: string | null;
  readonly evictionPolicy: string | null;
  readonly hz: number | null;
  readonly usedBytes: number | null;
  /** 0: no limit. */
  readonly limitBytes: number | null;
  /** Redis's clock minus ours. */
  readonly clockAheadMs: number;
  /** The whole way there and back. */
  readonly roundTripMs: number;
}

/** Asks without changing anything; of a Cluster it asks one node. Rejects where Redis does not answer. */
export async function readRedisFacts(
  { redis }: Connection,
  now: () => number,
): Promise<RedisFacts> {
  const askedAtMs = now();
  const [seconds, microseconds] = await redis.time();
  const roundTripMs = now() - askedAtMs;
  const redisMs = Number(seconds) * 1000 + Number(microseconds) / 1000;
  const info = fieldsOf(await redis.info().catch(() => ''));
  const setting = async (name: string) => {
    const reply = await redis.config('GET', name).catch(() => null);
    return (reply as string[] | null)?.[1] ?? null;
  };
  const policy = info.get('maxmemory_policy') ?? (await setting('maxmemory-policy'));
  const aofEnabled = info.get('aof_enabled');
  return {
    software: info.get('server_name') ?? (info.has('redis_version') ? 'redis' : null),
    version: info.get('valkey_version') ?? info.get('redis_version') ?? null,
    mode: info.get('redis_mode') ?? info.get('server_mode') ?? null,
    role: info.get('role') ?? null,
    appendOnly: aofEnabled === undefined ? await setting('appendonly') : yesOrNo(aofEnabled),
    aofLastWrite: info.get('aof_last_write_status') ?? null,
    lastSave: info.get('rdb_last_bgsave_status') ?? null,
    evictionPolicy: policy,
    hz: toNumber(info.get('configured_hz') ?? (await setting('hz'))),
    usedBytes: toNumber(info.get('used_memory')),
    limitBytes: toNumber(info.get('maxmemory')),
    clockAheadMs: redisMs - (askedAtMs + roundTripMs / 2),
    roundTripMs,
  };
}

function yesOrNo(flag: string): string {
  return flag === '1' ? 'yes' : 'no';
}

function toNumber(text: string | null | undefined): number | null {
  return text === null || text === undefined || text === '' ? null : Number(text);
}

/** Lines of `name:value`. */
function fieldsOf(text: string): Map<string, string> {
  return new Map(
    text.split(/\r?\n/).flatMap((line) => {
      const at = line.indexOf(':');
      return at === -1 ? [] : [[line.slice(0, at), line.slice(at + 1).trim()] as const];
    }),
  );
}
