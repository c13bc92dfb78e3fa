import { createHash } from 'node:crypto';
import { providers } from '#inbox/providers.ts';
import type { SourceLeases } from '#store/source-state.ts';
import type { Sources } from '#store/sources.ts';
import type { Config } from './config.ts';

export interface DefaultSourcePorts {
  readonly sources: Pick<Sources, 'get' | 'put' | 'update'>;
  readonly leases: Pick<SourceLeases, 'acquire' | 'release'>;
  readonly forgetInbox: (sourceId: string) => Promise<void>;
  readonly wait: (durationMs: number) => Promise<void>;
  readonly now: () => number;
}

const id = 'default';

/**
 * The source `default` as the environment has it. What the environment said before is kept beside the source and applies
 * again only where it says something else now, so that a change through the API outlives a restart.
 */
export async function applyDefaultSource(
  ports: DefaultSourcePorts,
  inbox: Config['inbox'],
): Promise<void> {
  if (inbox.token === null) return;
  const wanted = {
    provider: inbox.provider,
    baseUrl: inbox.baseUrl ?? providers[inbox.provider].baseUrl,
    token: inbox.token,
    requestsPerMinute: inbox.requestsPerMinute,
  };
  const applied = {
    ...wanted,
    token: createHash('sha256').update(inbox.token).digest('hex'),
    requestsPerMinute: String(inbox.requestsPerMinute),
  };
  const existing = await ports.sources.get(id);
  const at = new Date(ports.now()).toISOString();
  if (existing === null) {
    const created = { id, ...wanted, paused: false, createdAt: at, updatedAt: at, applied };
    await ports.sources.put(created);
    return;
  }
  const names = ['provider', 'baseUrl', 'token', 'requestsPerMinute'] as const;
  const changed = names.filter((name) => existing.applied?.[name] !== applied[name]);
  if (changed.length === 0) return;
  const changes = Object.fromEntries(changed.map((name) => [name, wanted[name]]));
  const apply = () =>
    ports.sources.update(id, (source) => ({ ...source, ...changes, applied, updatedAt: at }));
  const isOtherInbox =
    (changed.includes('baseUrl') && existing.baseUrl !== wanted.baseUrl) ||
    (changed.includes('provider') && existing.provider !== wanted.provider);
  if (isOtherInbox) await forgetThen(ports, apply);
  else await apply();
}

/** Another inbox behind the same id is a new one: it gets a silent baseline. Another token is not. */
async function forgetThen(ports: DefaultSourcePorts, apply: () => Promise<unknown>): Promise<void> {
  let grant = await ports.leases.acquire(id);
  while (grant.kind !== 'acquired') {
    await ports.wait(100);
    grant = await ports.leases.acquire(id);
  }
  // In this order a crash in between reads the old inbox anew; the other order would announce the new one as news.
  await ports.forgetInbox(id);
  await apply();
  await ports.leases.release(id, grant.epoch);
}
