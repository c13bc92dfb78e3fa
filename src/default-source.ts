import { createHash } from 'node:crypto';
import { providers } from '#inbox/providers.ts';
import type { SourceLeases } from '#store/source-state.ts';
import type { Sources, StoredSource } from '#store/sources.ts';
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
  const changed = differing(existing, applied);
  if (changed.length === 0) return;
  const changes = Object.fromEntries(changed.map((name) => [name, wanted[name]]));
  const apply = () =>
    ports.sources.update(id, (source) => ({ ...source, ...changes, applied, updatedAt: at }));
  // Another inbox behind the same id is a new one: it gets a silent baseline. Another token is not.
  const isOtherInbox = (['baseUrl', 'provider'] as const).some(
    (name) => changed.includes(name) && existing[name] !== wanted[name],
  );
  if (!isOtherInbox) {
    await apply();
    return;
  }
  await underLease(ports, async () => {
    const current = await ports.sources.get(id);
    // Another process that starts beside this one may have done it meanwhile.
    if (current !== null && differing(current, applied).length === 0) return;
    // In this order a crash in between reads the old inbox anew; the other would announce the new one as news.
    await ports.forgetInbox(id);
    await apply();
  });
}

const names = ['provider', 'baseUrl', 'token', 'requestsPerMinute'] as const;

function differing(source: StoredSource, applied: Readonly<Record<string, string>>) {
  return names.filter((name) => source.applied?.[name] !== applied[name]);
}

async function underLease(ports: DefaultSourcePorts, work: () => Promise<void>): Promise<void> {
  let grant = await ports.leases.acquire(id);
  while (grant.kind !== 'acquired') {
    await ports.wait(100);
    grant = await ports.leases.acquire(id);
  }
  try {
    await work();
  } finally {
    await ports.leases.release(id, grant.epoch);
  }
}
