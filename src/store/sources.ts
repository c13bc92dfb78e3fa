import { z } from 'zod';
import type { Source } from '#domain/source.ts';
import { providers } from '#domain/source.ts';
import type { Connection } from './connection.ts';
import { keys } from './keys.ts';
import type { Seal } from './sealed.ts';

const documentSchema = z.object({
  id: z.string(),
  provider: z.enum(providers),
  baseUrl: z.string(),
  token: z.string(),
  requestsPerMinute: z.number(),
  scope: z.record(z.string(), z.unknown()).optional(),
  paused: z.boolean(),
  createdAt: z.string(),
  updatedAt: z.string(),
  /** What the environment said when it was last applied, so that it is applied again only where it says otherwise. */
  applied: z.record(z.string(), z.string()).optional(),
});

/** A source with what the environment last said of it, if it came from there. */
export interface StoredSource extends Source {
  readonly applied?: Readonly<Record<string, string>> | undefined;
}

export interface Sources {
  list(): Promise<StoredSource[]>;
  get(sourceId: string): Promise<StoredSource | null>;
  ids(): Promise<string[]>;
  /** Creates or replaces. */
  put(source: StoredSource): Promise<void>;
  /** Applies `change` to what is stored, whoever else writes; null when it is not there. */
  update(
    sourceId: string,
    change: (source: StoredSource) => StoredSource,
  ): Promise<StoredSource | null>;
}

export function createSources(connection: Connection, seal: Seal): Sources {
  const { redis } = connection;
  const open = (text: string): StoredSource => {
    const document = documentSchema.parse(JSON.parse(text));
    return { ...document, token: seal.open(document.token, sealContext(document.id)) };
  };
  const close = (source: StoredSource): string =>
    JSON.stringify({ ...source, token: seal.seal(source.token, sealContext(source.id)) });
  return {
    async list() {
      const documents = Object.values(await redis.hgetall(keys.sources)).map(open);
      return documents.sort((left, right) => left.id.localeCompare(right.id));
    },
    async get(sourceId) {
      const text = await redis.hget(keys.sources, sourceId);
      return text === null ? null : open(text);
    },
    ids: () => redis.hkeys(keys.sources),
    async put(source) {
      await redis.hset(keys.sources, source.id, close(source));
    },
    async update(sourceId, change) {
      for (;;) {
        const before = await redis.hget(keys.sources, sourceId);
        if (before === null) return null;
        const changed = change(open(before));
        const call = { keys: [keys.sources], args: [sourceId, before, close(changed)] };
        if ((await connection.run('replace-if-same', call)) === 1) return changed;
      }
    },
  };
}

function sealContext(sourceId: string): string {
  return `the token of source ${sourceId}`;
}
