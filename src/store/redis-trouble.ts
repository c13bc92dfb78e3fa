type Trouble = readonly [sign: RegExp, advice: string];

/** By what Redis, the system or TLS say, the first that fits; sentences of our own, because errors may hold addresses. */
const troubles: readonly Trouble[] = [
  [/ECONNREFUSED/, 'Nothing listens there. Start Redis, or correct host and port in REDIS_URL.'],
  [
    /ENOTFOUND|EAI_AGAIN|ENODATA/,
    'The host name has no address. Correct the host in REDIS_URL, or the name server of this machine.',
  ],
  [
    /EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL/,
    'No way leads there from this machine. Correct the host in REDIS_URL, or the network.',
  ],
  [
    /NOAUTH|Authentication required/,
    'Redis wants a password and REDIS_URL has none. Write it as redis://:PASSWORD@host:port, percent-encoded.',
  ],
  [
    /WRONGPASS|invalid password|invalid username-password/,
    'Redis refuses the user or the password of REDIS_URL. Correct them; special characters are percent-encoded.',
  ],
  [
    /NOPERM/,
    'The Redis user of REDIS_URL may not do what the service needs. Give it all commands on all keys: ACL SETUSER name ~* &* +@all.',
  ],
  [
    /DB index is out of range/,
    'This Redis has no database of that number. Correct the number at the end of REDIS_URL.',
  ],
  [
    /unknown command [`'"]?sentinel/i,
    'What listens there is a Redis, but no Sentinel. Name the Sentinels (port 26379 as a rule), or write redis:// instead of redis+sentinel://.',
  ],
  [
    /sentinels are unreachable|Sentinel/,
    'No Sentinel tells where the primary is. Check the hosts and the name in REDIS_URL with: redis-cli -p 26379 SENTINEL masters.',
  ],
  [
    /cluster support disabled/,
    'What listens there is no Cluster. Write redis:// instead of redis+cluster://.',
  ],
  [/\bMOVED\b/, 'This Redis is part of a Cluster. Write redis+cluster:// instead of redis://.'],
  [
    /CLUSTERDOWN|slots cache/,
    'No node of the Cluster answers for all of it. Check it with: redis-cli CLUSTER INFO.',
  ],
  [
    /READONLY/,
    'This Redis is a replica and takes no writes. Point REDIS_URL at the primary, or at the Sentinels (redis+sentinel://).',
  ],
  [
    /MISCONF/,
    'Redis could not save to its disk and takes no writes until it can. Free the disk and look into the log of Redis.',
  ],
  [
    /\bOOM\b/,
    'Redis is full. Raise maxmemory, or lower EVENT_RETENTION_HOURS or EVENT_RETENTION_MAX.',
  ],
  [/NOREPLICAS/, 'Redis takes no writes without its replicas. Bring them back.'],
  [/LOADING/, 'Redis is reading its data from disk. Wait; the service goes on by itself.'],
  [
    /CERT|SELF_SIGNED|UNABLE_TO_(VERIFY|GET)|certificate/i,
    'The certificate of Redis is not trusted here. Name its authority in NODE_EXTRA_CA_CERTS, and use the host name that is in it.',
  ],
  [
    /EPROTO|wrong version number|ERR_SSL/,
    'TLS was asked for where none is spoken. Write redis:// instead of rediss://.',
  ],
  [
    /Unknown RESP type|Protocol error/,
    'What listens there is no Redis. Correct host and port in REDIS_URL.',
  ],
  [
    /ETIMEDOUT|Socket timeout|timed out/,
    'No answer came. A firewall may be in the way; or Redis speaks TLS there and REDIS_URL says redis://, or the other way round.',
  ],
  [
    /ECONNRESET|EPIPE|Connection is closed/,
    'The connection was closed. Redis may be stopping, or speak TLS there while REDIS_URL says redis://.',
  ],
];

/** What is the matter with Redis and what to do, in plain words; null for what nobody has met yet. */
export function adviseOnRedis(error: unknown): string | null {
  const said = signsOf(error);
  return troubles.find(([sign]) => sign.test(said))?.[1] ?? null;
}

/** A Cluster's error says what went wrong only in that of its last node, and a host with several addresses in each of them. */
function signsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code, lastNodeError, errors } = error as Error & {
    readonly code?: string;
    readonly lastNodeError?: unknown;
    readonly errors?: readonly unknown[];
  };
  const inner = [lastNodeError, ...(errors ?? [])].filter((each) => each !== undefined);
  return [...inner.map(signsOf), code ?? '', error.message].join(' ');
}
