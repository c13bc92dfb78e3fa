import { viewSources } from '#api/source-view.ts';
import type { Config } from '#config.ts';
import { defaultInForce, defaultSourceId } from '#default-source.ts';
import type { Inbox } from '#inbox/client.ts';
import { type Budget, createBudget } from '#store/budget.ts';
import type { Connection } from '#store/connection.ts';
import { openStore, type Store } from '#store/open-store.ts';
import { readRedisFacts } from '#store/redis-facts.ts';
import { adviseOnRedis } from '#store/redis-trouble.ts';
import { type Seal, SealError } from '#store/sealed.ts';
import { readSourceState } from '#store/source-state.ts';
import { createAddressGuard } from '#webhook/address-guard.ts';
import { askInbox } from './ask-inbox.ts';
import type { Finding } from './finding.ts';
import { judgeInbox, judgeRate, judgeSources, type SourceFound } from './judge-inbox.ts';
import { judgeAdminKey, judgeEncryptionKeys, type StoredSecrets } from './judge-keys.ts';
import { judgeNetworks, judgePort } from './judge-reach.ts';
import { judgeRedis, type RedisFound } from './judge-redis.ts';
import { lookAtPort } from './look-at-port.ts';
import { redisWay } from './redis-way.ts';

export interface ExaminePorts {
  readonly connection: Connection;
  /** What the connection last complained of; null where it did not. */
  readonly lastRedisError: () => Error | null;
  readonly seal: Seal;
  readonly inbox: Pick<Inbox, 'listContacts'>;
  readonly newId: () => string;
  readonly wait: (durationMs: number) => Promise<void>;
  readonly now: () => number;
}

/** Longer than it takes to be refused, and to try once more. */
const redisWithinMs = 5000;
const portWithinMs = 2000;

/**
 * Looks at all that the service needs, with the environment that it would start with. Nothing is written, but for the one
 * request to the inbox that is counted in the token's budget.
 */
export async function examine(ports: ExaminePorts, config: Config): Promise<Finding[]> {
  const redis = await lookAtRedis(ports);
  const store =
    redis.kind === 'there' ? openStore(ports.connection, ports.seal, ports.newId) : null;
  const budget = store === null ? null : createBudget(ports.connection, ports.newId);
  const stored = store === null ? unknown : await openSecrets(store);
  const opened = stored.kind === 'opened' ? store : null;
  const { host, port, adminKey } = config.api;
  const address = config.roles.has('api') ? { host, port } : { host, port: 0 };
  const { allowedNetworks } = config.delivery;
  const opensMetadata = createAddressGuard(allowedNetworks).refusal('169.254.169.254') === null;
  return [
    ...judgeRedis(redis, redisWay(config.redis)),
    judgeAdminKey(adminKey),
    ...judgeEncryptionKeys(config.encryptionKeys, stored),
    ...judgePort(await lookAtPort(address, portWithinMs), `${host}:${port}`),
    judgeNetworks(allowedNetworks, opensMetadata),
    ...judgeRate(config.inbox.requestsPerMinute),
    ...(await lookAtInbox(ports, config, opened, budget)),
    ...(opened === null || budget === null
      ? []
      : judgeSources(await readSources(ports, opened, budget))),
  ];
}

const unknown: StoredSecrets = { kind: 'unknown' };

async function lookAtRedis(ports: ExaminePorts): Promise<RedisFound> {
  const late = ports.wait(redisWithinMs).then((): RedisFound => {
    const error = ports.lastRedisError();
    const said = error?.message ?? `no answer within ${redisWithinMs / 1000} s`;
    return { kind: 'away', said, advice: adviseOnRedis(error ?? 'ETIMEDOUT') };
  });
  const asked = readRedisFacts(ports.connection, ports.now).then(
    (facts): RedisFound => ({ kind: 'there', facts }),
    (error: Error): RedisFound => ({
      kind: 'away',
      said: error.message,
      advice: adviseOnRedis(error),
    }),
  );
  return Promise.race([asked, late]);
}

async function openSecrets({ sources, subscriptions }: Store): Promise<StoredSecrets> {
  try {
    const [made, subscribed] = await Promise.all([sources.list(), subscriptions.list()]);
    return { kind: 'opened', sources: made.length, subscriptions: subscribed.length };
  } catch (error) {
    if (error instanceof SealError) return { kind: 'closed', message: error.message };
    throw error;
  }
}

async function lookAtInbox(
  ports: ExaminePorts,
  { inbox: named }: Config,
  store: Store | null,
  budget: Budget | null,
): Promise<Finding[]> {
  const found = store === null ? null : await store.sources.get(defaultSourceId);
  const source = defaultInForce(found, named);
  if (source === null) return judgeInbox({ kind: 'not_named' }, '');
  const { inbox, wait, now } = ports;
  const asked = await askInbox({ inbox, budget, timeoutMs: named.timeoutMs, wait, now }, source);
  return judgeInbox(asked, new URL(source.baseUrl).origin);
}

async function readSources(
  { connection, now }: ExaminePorts,
  { sources }: Store,
  budget: Budget,
): Promise<SourceFound[]> {
  const views = await viewSources({
    sources,
    budget,
    readSourceState: (id) => readSourceState(connection, id),
    now,
  });
  return views.map(({ id, state, error, warnings }) => ({
    id,
    state,
    said: error?.message ?? null,
    warnings,
  }));
}
