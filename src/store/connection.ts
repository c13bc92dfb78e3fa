import { readFileSync } from 'node:fs';
import { Cluster, Redis } from 'ioredis';

/** Where Redis is; `single.url` is `redis://` or `rediss://`. */
export type RedisTarget =
  | { readonly kind: 'single'; readonly url: string }
  | {
      readonly kind: 'sentinel';
      readonly nodes: readonly RedisNode[];
      readonly name: string;
      readonly tls: boolean;
      readonly username?: string | undefined;
      readonly password?: string | undefined;
      readonly db?: number | undefined;
    }
  | {
      readonly kind: 'cluster';
      readonly nodes: readonly RedisNode[];
      readonly tls: boolean;
      readonly username?: string | undefined;
      readonly password?: string | undefined;
    };

interface RedisNode {
  readonly host: string;
  readonly port: number;
}

const scriptNames = [
  'acquire-lease',
  'take-lane',
  'renew-lease',
  'release-lease',
  'knock',
  'forget-contacts',
  'forget-inbox',
  'drop-source',
  'read-snapshots',
  'read-buckets',
  'commit-page',
  'append-event',
  'read-bodies',
  'trim-log',
  'log-start',
  'relay-position',
  'push-lane',
  'push-test',
  'claim-due',
  'reorder-lane',
  'give-back-starts',
  'record-outcomes',
  'tend-lane',
  'pause-lane',
  'resume-lane',
  'readdress-lane',
  'replace-if-same',
  'take-request',
  'limit-requests',
  'read-budget',
  'mark-relayed',
  'expire-lane',
  'reopen-lane',
  'measure-lanes',
  'plan-retries',
  'find-delivery',
  'claim-request',
  'settle-request',
  'use-key',
  'revoke-key',
  'admit-request',
] as const;
export type ScriptName = (typeof scriptNames)[number];
export type ScriptArgument = string | number | Buffer;

export interface ScriptCall {
  readonly keys: readonly string[];
  readonly args: readonly ScriptArgument[];
  /** Stand behind `keys`, but where they lie on another server: the script does without them there. */
  readonly alongside?: readonly string[];
}

/** One Redis, single, behind Sentinel or a Cluster, with this service's scripts. */
export interface Connection {
  readonly redis: Redis | Cluster;
  run(name: ScriptName, call: ScriptCall): Promise<unknown>;
  /** As `run`, with replies as bytes. */
  runForBytes(name: ScriptName, call: ScriptCall): Promise<unknown>;
  /** The same script for many keys at once; a failed call fails all. */
  runMany(name: ScriptName, calls: readonly ScriptCall[]): Promise<unknown[]>;
  close(): Promise<void>;
}

/** Longer than BullMQ's blocking commands wait (10 s). */
const silentAfterMs = 12_000;

/**
 * Commands wait while Redis is away and are sent again when it is back, so every script is safe to run twice. `onError`
 * gets connection errors; each would otherwise end the process. A connection that owes an answer for `silentMs` is taken
 * for dead: after a failover nobody may be left there to end it.
 */
export function connect(
  target: RedisTarget,
  onError: (error: Error) => void,
  silentMs = silentAfterMs,
): Connection {
  const redis = open(target, onError, silentMs);
  redis.on('error', (error: Error) => {
    onError(error);
    // It would go on with database 0, where something else may lie.
    if (noSuchDatabase.test(error.message)) redis.disconnect(true);
  });
  const prelude = readScript('prelude');
  for (const name of scriptNames) {
    redis.defineCommand(name, { lua: prelude + withCalled(readScript(name)) });
  }
  // A Cluster may also stand behind one address.
  let isWhole = target.kind !== 'cluster';
  function run(name: ScriptName, call: ScriptCall): Promise<unknown> {
    const { keys, args, alongside = [] } = call;
    if (alongside.length === 0 || !isWhole) return invoke(redis, name, call);
    const asked = invoke(redis, name, { keys: [...keys, ...alongside], args });
    return asked.catch((error: Error) => {
      if (!otherServer.test(error.message)) throw error;
      isWhole = false;
      return invoke(redis, name, call);
    });
  }
  return {
    redis,
    run,
    runForBytes: (name, call) => invoke(redis, `${name}Buffer`, call),
    // Not as an explicit pipeline: one that is cut in the middle is given up, plain commands are sent again.
    runMany: (name, calls) => Promise.all(calls.map((call) => invoke(redis, name, call))),
    async close() {
      // A connection that is away would wait for ever to say goodbye.
      if (redis.status === 'ready') await redis.quit();
      else redis.disconnect();
    },
  };
}

/** Nothing was done. */
const otherServer = /^CROSSSLOT\b/;

const noSuchDatabase = /DB index is out of range/;

/** Up to Redis 6 a script's own words come first. */
const readOnly = /\bREADONLY You can't write/;

function readScript(name: string): string {
  return readFileSync(new URL(`./scripts/${name}.lua`, import.meta.url), 'utf8');
}

/** What a script says that it calls, `acquire-lease` say, is a function of keys and arguments there: `acquire_lease`. */
function withCalled(script: string): string {
  const called = /^-- Calls: (.+)$/m.exec(script)?.[1]?.split(', ') ?? [];
  const functions = called.map((name) => {
    const body = withCalled(readScript(name));
    return `local function ${name.replaceAll('-', '_')}(KEYS, ARGV)\n${body}\nend\n`;
  });
  return functions.join('') + script;
}

function open(
  target: RedisTarget,
  onError: (error: Error) => void,
  silentMs: number,
): Redis | Cluster {
  const base = {
    maxRetriesPerRequest: null,
    // A Redis that comes back should be found within a second or two, also behind an address that swallows packets.
    connectTimeout: 3000,
    maxLoadingRetryTime: 1000,
    socketTimeout: silentMs,
    retryStrategy: (attempts: number) => Math.min(attempts * 100, 1000),
    // Behind a name, a primary can become a replica with the connection open: connect anew and send the command again.
    reconnectOnError(error: Error) {
      if (!readOnly.test(error.message)) return false;
      onError(error);
      return 2 as const;
    },
  };
  if (target.kind === 'single') return new Redis(target.url, base);
  const login = {
    ...(target.username === undefined ? {} : { username: target.username }),
    ...(target.password === undefined ? {} : { password: target.password }),
    ...(target.tls ? { tls: {} } : {}),
  };
  if (target.kind === 'cluster') {
    return new Cluster([...target.nodes], { redisOptions: { ...base, ...login } });
  }
  return new Redis({
    ...base,
    ...login,
    sentinels: [...target.nodes],
    name: target.name,
    db: target.db ?? 0,
    ...(target.tls ? { enableTLSForSentinelMode: true } : {}),
  });
}

type Invocable = Record<string, (...args: (string | number | Buffer)[]) => Promise<unknown>>;

function invoke(target: unknown, command: string, { keys, args }: ScriptCall): Promise<unknown> {
  const method = (target as Invocable)[command];
  if (method === undefined) throw new TypeError(`No script is called ${command}.`);
  return method.call(target, keys.length, ...keys, ...args);
}
