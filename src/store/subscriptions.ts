import { z } from 'zod';
import { eventTypes } from '#domain/change-event.ts';
import {
  orderings,
  type Subscription,
  type SubscriptionId,
  subscriptionFormats,
} from '#domain/subscription.ts';
import type { Connection } from './connection.ts';
import { keys } from './keys.ts';
import { resealDocuments } from './reseal.ts';
import { type Seal, SealError } from './sealed.ts';

const documentSchema = z.object({
  id: z.templateLiteral(['sub_', z.string()]),
  events: z.array(z.enum(eventTypes)),
  sources: z.array(z.string()).optional(),
  filter: z.record(z.string(), z.unknown()).optional(),
  format: z.enum(subscriptionFormats),
  template: z.string().optional(),
  contentType: z.string().optional(),
  ordering: z.enum(orderings),
  maxInFlight: z.number(),
  ratePerSecond: z.number().optional(),
  description: z.string().optional(),
  metadata: z.record(z.string(), z.string()).optional(),
  hook: z.literal(true).optional(),
  createdBy: z.templateLiteral(['key_', z.string()]).optional(),
  createdAt: z.string(),
  updatedAt: z.string(),
  /** URL, headers and secrets: what only the subscriber's owner should know. */
  sealed: z.string(),
});

const sealedSchema = z.object({
  url: z.string(),
  headers: z.record(z.string(), z.string()),
  secrets: z.array(z.object({ value: z.string(), until: z.string().nullable() })),
});

/** What is known of one without opening it. */
export type Stamp = Pick<Subscription, 'id' | 'updatedAt'>;

export interface Subscriptions {
  /**
   * Rejects when it cannot open one of them: whoever went on without that one would lose its events. With the version at which
   * they stand, Redis is asked only for what this process does not know at that version.
   */
  list(version?: string | null): Promise<readonly Subscription[]>;
  /** Also of those that cannot be opened here. */
  ids(): Promise<SubscriptionId[]>;
  /** Rejects when it cannot open this one; with the version as `list`. */
  get(id: SubscriptionId, version?: string | null): Promise<Subscription | null>;
  /** As it was when this process last read any of them; null where it was not there then, or could not be opened. */
  peek(id: SubscriptionId): Subscription | null;
  /** False when the id is taken. */
  create(subscription: Subscription): Promise<boolean>;
  /** Applies `change` to what is stored, whoever else writes; null when it is not there. One that changes nothing answers what it got. */
  update(
    id: SubscriptionId,
    change: (subscription: Subscription) => Subscription,
  ): Promise<Subscription | null>;
  /** After this nothing matches it any more; its lane is still to be removed (`leaving`). False also when it may not go. */
  remove(id: SubscriptionId, mayGo?: (found: Stamp) => boolean): Promise<boolean>;
  leaving(): Promise<SubscriptionId[]>;
  left(id: SubscriptionId): Promise<void>;
  /** Seals anew what another key than the first sealed; answers how many. */
  reseal(): Promise<number>;
}

/**
 * Every read asks Redis for the version first, unless a script has just told it, and opens the documents again only when it
 * moved: a relay that starts after a subscription was written sees it, and thousands of deliveries decrypt nothing twice.
 */
export function createSubscriptions(connection: Connection, seal: Seal): Subscriptions {
  const { redis } = connection;
  const { documents, version, leaving } = keys.subscriptions;
  let cached: { version: string; copy: Copy } | null = null;

  async function current(known: string | null = null): Promise<Copy> {
    const now = known ?? (await redis.get(version)) ?? '';
    if (cached?.version === now) return cached.copy;
    const copy = openAll(seal, await redis.hgetall(documents));
    // The version was read first: a write in between makes this copy newer than it says, and the next read looks again.
    cached = { version: now, copy };
    return copy;
  }

  async function replace(id: string, before: string, after: string): Promise<boolean> {
    const call = { keys: [documents, version], args: [id, before, after] };
    return (await connection.run('replace-if-same', call)) === 1;
  }

  return {
    async list(known) {
      const { byId, unopened } = await current(known);
      const [error] = unopened.values();
      if (error !== undefined) throw error;
      return [...byId.values()];
    },
    ids: async () => (await redis.hkeys(documents)) as SubscriptionId[],
    async get(id, known) {
      const { byId, unopened } = await current(known);
      const error = unopened.get(id);
      if (error !== undefined) throw error;
      return byId.get(id) ?? null;
    },
    peek: (id) => cached?.copy.byId.get(id) ?? null,
    create: (subscription) => replace(subscription.id, '', sealDocument(seal, subscription)),
    async update(id, change) {
      for (;;) {
        const before = await redis.hget(documents, id);
        if (before === null) return null;
        const found = unseal(seal, before);
        const changed = change(found);
        if (changed === found) return found;
        if (await replace(id, before, sealDocument(seal, changed))) return changed;
      }
    },
    async remove(id, mayGo) {
      for (;;) {
        const before = await redis.hget(documents, id);
        if (before === null) return false;
        if (mayGo && !mayGo(documentSchema.parse(JSON.parse(before)))) return false;
        await redis.sadd(leaving, id);
        if (await replace(id, before, '')) return true;
      }
    },
    leaving: async () => (await redis.smembers(leaving)) as SubscriptionId[],
    async left(id) {
      await redis.srem(leaving, id);
    },
    reseal: () => resealDocuments(connection, documents, (text) => reseal(seal, text), replace),
  };
}

/** What was read at one version. Another process may have sealed some of it with a key that this one does not have. */
interface Copy {
  readonly byId: ReadonlyMap<string, Subscription>;
  readonly unopened: ReadonlyMap<string, SealError>;
}

function openAll(seal: Seal, documents: Readonly<Record<string, string>>): Copy {
  const all: Subscription[] = [];
  const unopened = new Map<string, SealError>();
  for (const [id, text] of Object.entries(documents)) {
    try {
      all.push(unseal(seal, text));
    } catch (error) {
      if (!(error instanceof SealError)) throw error;
      unopened.set(id, error);
    }
  }
  all.sort((left, right) => left.createdAt.localeCompare(right.createdAt));
  return { byId: new Map(all.map((each) => [each.id, each])), unopened };
}

function sealDocument(seal: Seal, { url, headers, secrets, ...open }: Subscription): string {
  const sealed = seal.seal(JSON.stringify({ url, headers, secrets }), sealContext(open.id));
  return JSON.stringify({ ...open, sealed });
}

function unseal(seal: Seal, text: string): Subscription {
  const { sealed, ...open } = documentSchema.parse(JSON.parse(text));
  return { ...open, ...sealedSchema.parse(JSON.parse(seal.open(sealed, sealContext(open.id)))) };
}

/** Null when the first key sealed it. All else stays as it is, also what another version wrote. */
function reseal(seal: Seal, text: string): string | null {
  const { id, sealed } = documentSchema.parse(JSON.parse(text));
  if (seal.isCurrent(sealed)) return null;
  const context = sealContext(id);
  return JSON.stringify({
    ...JSON.parse(text),
    sealed: seal.seal(seal.open(sealed, context), context),
  });
}

function sealContext(id: SubscriptionId): string {
  return `the secrets of subscription ${id}`;
}
