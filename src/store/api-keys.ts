import { createHash } from 'node:crypto';
import { z } from 'zod';
import { type ApiKey, type ApiKeyId, keyScopes } from '#domain/api-key.ts';
import type { Connection } from './connection.ts';
import { keyRateKey, keys } from './keys.ts';

const documentSchema = z.object({
  id: z.templateLiteral(['key_', z.string()]),
  name: z.string(),
  scopes: z.array(z.enum(keyScopes)),
  requestsPerMinute: z.number(),
  start: z.string(),
  hash: z.string(),
  createdAt: z.string(),
  updatedAt: z.string(),
  expiresAt: z.string().nullable(),
});

/** A key with when it was last used, to the minute; null for one that never was. */
export interface ListedKey extends ApiKey {
  readonly lastUsedAt: string | null;
}

/** `waitMs`: until all that a minute holds is there again; where it is refused, until one request is. */
export interface Admission {
  readonly kind: 'admitted' | 'refused';
  readonly remaining: number;
  readonly waitMs: number;
}

const admissionSchema = z.tuple([z.number(), z.number(), z.number()]);

export interface ApiKeys {
  list(): Promise<readonly ListedKey[]>;
  get(id: ApiKeyId): Promise<ListedKey | null>;
  /** By the key's hash, noted as used; null when it is not there. Whether it is past its end is for the caller to see. */
  use(hash: string): Promise<ApiKey | null>;
  create(key: ApiKey): Promise<void>;
  /** Applies `change` to what is stored, whoever else writes; null when it is not there. One that changes nothing answers what is there. */
  update(id: ApiKeyId, change: (key: ApiKey) => ApiKey): Promise<ListedKey | null>;
  /** After this it opens nothing in any process; false when it was not there, or may not go. */
  revoke(id: ApiKeyId, mayGo?: (key: ApiKey) => boolean): Promise<boolean>;
  /** Counts one request of a key, whether stored or not, against so many a minute. */
  admit(id: ApiKeyId, requestsPerMinute: number): Promise<Admission>;
}

const usedAnewAfterMs = 60_000;

/** The id comes from the hash, so that a key is found by what was shown without an index that could be left half written. */
export function apiKeyId(hash: string): ApiKeyId {
  return `key_${createHash('sha256').update(hash).digest('base64url').slice(0, 22)}`;
}

export function createApiKeys(connection: Connection): ApiKeys {
  const { redis } = connection;
  const { documents, lastUses } = keys.apiKeys;

  async function get(id: ApiKeyId): Promise<ListedKey | null> {
    const [text, lastUse] = await Promise.all([
      redis.hget(documents, id),
      redis.hget(lastUses, id),
    ]);
    return text === null ? null : { ...parse(text), lastUsedAt: when(lastUse) };
  }

  async function replace(id: ApiKeyId, before: string, after: string): Promise<boolean> {
    const call = { keys: [documents], args: [id, before, after] };
    return (await connection.run('replace-if-same', call)) === 1;
  }

  return {
    async list() {
      const [texts, uses] = await Promise.all([redis.hvals(documents), redis.hgetall(lastUses)]);
      return texts.map(parse).map((key) => ({ ...key, lastUsedAt: when(uses[key.id]) }));
    },
    get,
    async use(hash) {
      const call = { keys: [documents, lastUses], args: [apiKeyId(hash), usedAnewAfterMs] };
      const text = await connection.run('use-key', call);
      if (typeof text !== 'string') return null;
      const key = parse(text);
      return key.hash === hash ? key : null;
    },
    async create(key) {
      await replace(key.id, '', JSON.stringify(key));
    },
    async update(id, change) {
      for (;;) {
        const before = await redis.hget(documents, id);
        if (before === null) return null;
        const found = parse(before);
        const changed = change(found);
        if (changed === found || (await replace(id, before, JSON.stringify(changed)))) {
          return get(id);
        }
      }
    },
    async revoke(id, mayGo) {
      for (;;) {
        const found = await redis.hget(documents, id);
        if (found === null || (mayGo && !mayGo(parse(found)))) return false;
        const call = { keys: [documents, lastUses], args: [id, found] };
        if ((await connection.run('revoke-key', call)) === 1) return true;
      }
    },
    async admit(id, requestsPerMinute) {
      const call = { keys: [keyRateKey(id)], args: [requestsPerMinute] };
      const reply = await connection.run('admit-request', call);
      const [admitted, remaining, waitMs] = admissionSchema.parse(reply);
      return { kind: admitted === 1 ? 'admitted' : 'refused', remaining, waitMs };
    },
  };
}

function parse(text: string): ApiKey {
  return documentSchema.parse(JSON.parse(text));
}

function when(ms: string | null | undefined): string | null {
  return ms === null || ms === undefined ? null : new Date(Number(ms)).toISOString();
}
