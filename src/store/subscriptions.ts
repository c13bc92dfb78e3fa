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
import type { Seal } from './sealed.ts';

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

export interface Subscriptions {
  list(): Promise<readonly Subscription[]>;
  get(id: SubscriptionId): Promise<Subscription | null>;
  create(subscription: Subscription): Promise<void>;
  /** Applies `change` to what is stored, whoever else writes; null when it is not there. */
  update(
    id: SubscriptionId,
    change: (subscription: Subscription) => Subscription,
  ): Promise<Subscription | null>;
  /** After this nothing matches it any more; its lane is still to be removed (`leaving`). */
  remove(id: SubscriptionId): Promise<boolean>;
  leaving(): Promise<SubscriptionId[]>;
  left(id: SubscriptionId): Promise<void>;
}

/**
 * Every read asks Redis for the version first and opens the documents again only when it moved: a relay that starts after
 * a subscription was written sees it, and thousands of deliveries decrypt nothing twice.
 */
export function createSubscriptions(connection: Connection, seal: Seal): Subscriptions {
  const { redis } = connection;
  const { documents, version, leaving } = keys.subscriptions;
  let cached: { version: string; byId: ReadonlyMap<string, Subscription> } | null = null;

  async function current(): Promise<ReadonlyMap<string, Subscription>> {
    const now = (await redis.get(version)) ?? '';
    if (cached?.version === now) return cached.byId;
    const all = Object.values(await redis.hgetall(documents)).map((text) => unseal(seal, text));
    all.sort((left, right) => left.createdAt.localeCompare(right.createdAt));
    // The version was read first: a write in between makes this copy newer than it says, and the next read looks again.
    cached = { version: now, byId: new Map(all.map((each) => [each.id, each])) };
    return cached.byId;
  }

  async function replace(id: SubscriptionId, before: string, after: string): Promise<boolean> {
    const call = { keys: [documents, version], args: [id, before, after] };
    return (await connection.run('replace-if-same', call)) === 1;
  }

  return {
    list: async () => [...(await current()).values()],
    get: async (id) => (await current()).get(id) ?? null,
    async create(subscription) {
      await replace(subscription.id, '', sealDocument(seal, subscription));
    },
    async update(id, change) {
      for (;;) {
        const before = await redis.hget(documents, id);
        if (before === null) return null;
        const changed = change(unseal(seal, before));
        if (await replace(id, before, sealDocument(seal, changed))) return changed;
      }
    },
    async remove(id) {
      for (;;) {
        const before = await redis.hget(documents, id);
        if (before === null) return false;
        await redis.sadd(leaving, id);
        if (await replace(id, before, '')) return true;
      }
    },
    leaving: async () => (await redis.smembers(leaving)) as SubscriptionId[],
    async left(id) {
      await redis.srem(leaving, id);
    },
  };
}

function sealDocument(seal: Seal, { url, headers, secrets, ...open }: Subscription): string {
  const sealed = seal.seal(JSON.stringify({ url, headers, secrets }), sealContext(open.id));
  return JSON.stringify({ ...open, sealed });
}

function unseal(seal: Seal, text: string): Subscription {
  const { sealed, ...open } = documentSchema.parse(JSON.parse(text));
  return { ...open, ...sealedSchema.parse(JSON.parse(seal.open(sealed, sealContext(open.id)))) };
}

function sealContext(id: SubscriptionId): string {
  return `the secrets of subscription ${id}`;
}
