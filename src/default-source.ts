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

export const defaultSourceId = 'default';

/**
 * The source `default` as the environment has it. What the environment said before is kept beside the source and applies
 * again only where it says something else now, so that a change through the API outlives a restart.
 */
export async function applyDefaultSource(
  { sources, newId, now }: DefaultSourcePorts,
  inbox: Config['inbox'],
): Promise<void> {
  if (inbox.token === null) return;
  const { wanted, applied } = saidBy(inbox, inbox.token);
  const at = new Date(now()).toISOString();
  const found = await sources.get(defaultSourceId);
  if (found === null) {
    const ids = { id: defaultSourceId, inboxId: newId(), hintSecret: newId() };
    const source = { ...ids, ...wanted, paused: false, createdAt: at, updatedAt: at, applied };
    if (await sources.create(source)) return;
  }
  if (found !== null && differing(found, applied).length === 0) return;
  await sources.update(defaultSourceId, (existing) => {
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

/** What `default` would be asked with after a start: null where neither the environment nor Redis has one. */
export function defaultInForce(found: StoredSource | null, inbox: Config['inbox']): InForce | null {
  if (inbox.token === null) return found;
  const { wanted, applied } = saidBy(inbox, inbox.token);
  if (found === null) return wanted;
  const changed = differing(found, applied);
  return { ...found, ...Object.fromEntries(changed.map((name) => [name, wanted[name]])) };
}

type InForce = Pick<StoredSource, (typeof names)[number]> & Pick<Partial<StoredSource>, 'scope'>;

function saidBy(inbox: Config['inbox'], token: string) {
  const wanted = {
    provider: inbox.provider,
    baseUrl: inbox.baseUrl ?? providers[inbox.provider].baseUrl,
    token,
    requestsPerMinute: inbox.requestsPerMinute,
  };
  const applied = {
    ...wanted,
    token: createHash('sha256').update(token).digest('hex'),
    requestsPerMinute: String(inbox.requestsPerMinute),
  };
  return { wanted, applied };
}

const names = ['provider', 'baseUrl', 'token', 'requestsPerMinute'] as const;

function differing(source: StoredSource, applied: Readonly<Record<string, string>>) {
  return names.filter((name) => source.applied?.[name] !== applied[name]);
}
