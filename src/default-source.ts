import { createHash } from 'node:crypto';
import { providers } from '#inbox/providers.ts';
import type { SourceLeases } from '#store/source-state.ts';
import type { Sources, StoredSource } from '#store/sources.ts';
import type { Config } from './config.ts';

export interface DefaultSourcePorts {
  readonly sources: Pick<Sources, 'get' | 'put'>;
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
    const created = {
      id,
      ...wanted,
      paused: false,
      createdAt: at,
      updatedAt: at,
    };
    await ports.sources.put({ ...created, applied });
    return;
  }
  const names = ['provider', 'baseUrl', 'token', 'requestsPerMinute'] as const;
  const changed = names.filter((name) => existing.applied?.[name] !== applied[name]);
  if (changed.length === 0) return;
  const changes = Object.fromEntries(changed.map((name) => [name, wanted[name]]));
  const after = { ...existing, ...changes, applied, updatedAt: at };
  await replaceSource(ports, existing, after);
}

/** Another inbox behind the same id is a new one: it gets a silent baseline. Another token is not. */
async function replaceSource(
  ports: DefaultSourcePorts,
  before: StoredSource,
  after: StoredSource,
): Promise<void> {
  if (before.baseUrl === after.baseUrl && before.provider === after.provider) {
    await ports.sources.put(after);
    return;
  }
  let grant = await ports.leases.acquire(id);
  while (grant.kind !== 'acquired') {
    await ports.wait(100);
    grant = await ports.leases.acquire(id);
  }
  await ports.forgetInbox(id);
  await ports.sources.put(after);
  await ports.leases.release(id, grant.epoch);
}
