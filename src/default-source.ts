import { createHash } from 'node:crypto';
import { changedAt } from '#domain/changed-at.ts';
import { providers } from '#inbox/providers.ts';
import type { Sources, StoredSource } from '#store/sources.ts';
import type { Config } from './config.ts';

export interface DefaultSourcePorts {
  readonly sources: Pick<Sources, 'get' | 'create' | 'update'>;
  readonly newId: () => string;
  readonly now: () => number;
}

const id = 'default';

/**
 * The source `default` as the environment has it. What the environment said before is kept beside the source and applies
 * again only where it says something else now, so that a change through the API outlives a restart.
 */
export async function applyDefaultSource(
  { sources, newId, now }: DefaultSourcePorts,
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
  const at = new Date(now()).toISOString();
  const found = await sources.get(id);
  if (found === null) {
    const ids = { id, inboxId: newId(), hintSecret: newId() };
    const source = { ...ids, ...wanted, paused: false, createdAt: at, updatedAt: at, applied };
    if (await sources.create(source)) return;
  }
  if (found !== null && differing(found, applied).length === 0) return;
  await sources.update(id, (existing) => {
    const changed = differing(existing, applied);
    const changes = Object.fromEntries(changed.map((name) => [name, wanted[name]]));
    // Another inbox behind the same id is a new one: it gets a silent baseline. Another token is not.
    const isOtherInbox = (['baseUrl', 'provider'] as const).some(
      (name) => changed.includes(name) && existing[name] !== wanted[name],
    );
    const inboxId = isOtherInbox ? newId() : existing.inboxId;
    return { ...existing, ...changes, inboxId, applied, updatedAt: changedAt(existing, now()) };
  });
}

const names = ['provider', 'baseUrl', 'token', 'requestsPerMinute'] as const;

function differing(source: StoredSource, applied: Readonly<Record<string, string>>) {
  return names.filter((name) => source.applied?.[name] !== applied[name]);
}
