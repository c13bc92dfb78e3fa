import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Source } from '#domain/source.ts';
import { providers } from '#domain/source.ts';
import type { Connection } from './connection.ts';
import { keys } from './keys.ts';
import { resealDocuments } from './reseal.ts';
import type { Seal } from './sealed.ts';

const documentSchema = z.object({
  id: z.string(),
  inboxId: z.string().optional(),
  provider: z.enum(providers),
  baseUrl: z.string(),
  token: z.string(),
  hintSecret: z.string().optional(),
  requestsPerMinute: z.number(),
  scope: z.record(z.string(), z.unknown()).optional(),
  paused: z.boolean(),
  createdAt: z.string(),
  updatedAt: z.string(),
  /** What the environment said when it was last applied, so that it is applied again only where it says otherwise. */
  applied: z.record(z.string(), z.string()).optional(),
});

/** A source with what only this service needs of it. */
export interface StoredSource extends Source {
  /** Who knows it may ask for a poll. Absent on sources made before there was one, until the next start. */
  readonly hintSecret?: string | undefined;
  /** What the environment last said of it, if it came from there. */
  readonly applied?: Readonly<Record<string, string>> | undefined;
}

export interface Sources {
  /** Rejects, as all that reads a source, when this process cannot open one of them. */
  list(): Promise<StoredSource[]>;
  get(sourceId: string): Promise<StoredSource | null>;
  /** Those of these that are there. */
  getMany(sourceIds: readonly string[]): Promise<StoredSource[]>;
  findByHint(hintSecret: string): Promise<StoredSource | null>;
  ids(): Promise<string[]>;
  /** Those with a log of events: also removed ones. */
  logIds(): Promise<string[]>;
  /** False when the id is taken. */
  create(source: StoredSource): Promise<boolean>;
  /** Applies `change` to what is stored, whoever else writes; null when it is not there. One that changes nothing answers what it got. */
  update(
    sourceId: string,
    change: (source: StoredSource) => StoredSource,
  ): Promise<StoredSource | null>;
  /**
   * After this nobody polls it any more; what is known of it is still to be forgotten (`removedIds`). False also when it may
   * not go.
   */
  remove(sourceId: string, mayGo?: (found: Source) => boolean): Promise<boolean>;
  /** Removed sources whose events may still be read, and at times one that has come back. */
  removedIds(): Promise<string[]>;
  /** Seals anew what another key than the first sealed; answers how many sources. */
  reseal(): Promise<number>;
}

/**
 * A hint finds its source by the digest of its secret. The document decides: an entry of that index that a crash left behind
 * leads to a source with another secret, or to none.
 */
export function createSources(connection: Connection, seal: Seal): Sources {
  const { redis } = connection;

  async function replace(sourceId: string, before: string, after: string): Promise<boolean> {
    const call = { keys: [keys.sources], args: [sourceId, before, after] };
    return (await connection.run('replace-if-same', call)) === 1;
  }

  async function write(before: string, source: StoredSource): Promise<boolean> {
    if (source.hintSecret !== undefined) {
      await redis.hset(keys.hints, hintDigest(source.hintSecret), source.id);
    }
    return replace(source.id, before, close(seal, source));
  }

  async function get(sourceId: string): Promise<StoredSource | null> {
    const text = await redis.hget(keys.sources, sourceId);
    return text === null ? null : open(seal, text);
  }

  return {
    get,
    async list() {
      const documents = Object.values(await redis.hgetall(keys.sources));
      return documents.map((text) => open(seal, text)).sort(byId);
    },
    async getMany(sourceIds) {
      if (sourceIds.length === 0) return [];
      const documents = await redis.hmget(keys.sources, ...sourceIds);
      return documents.flatMap((text) => (text === null ? [] : [open(seal, text)]));
    },
    async findByHint(hintSecret) {
      const sourceId = await redis.hget(keys.hints, hintDigest(hintSecret));
      const found = sourceId === null ? null : await get(sourceId);
      return found?.hintSecret === hintSecret ? found : null;
    },
    ids: () => redis.hkeys(keys.sources),
    async logIds() {
      const [ids, removed] = await Promise.all([
        redis.hkeys(keys.sources),
        redis.smembers(keys.removedSources),
      ]);
      return [...new Set([...ids, ...removed])];
    },
    create: (source) => write('', source),
    async update(sourceId, change) {
      for (;;) {
        const before = await redis.hget(keys.sources, sourceId);
        if (before === null) return null;
        const found = open(seal, before);
        const changed = change(found);
        if (changed === found || (await write(before, changed))) return changed;
      }
    },
    async remove(sourceId, mayGo) {
      for (;;) {
        const before = await redis.hget(keys.sources, sourceId);
        if (before === null) return false;
        const found = open(seal, before);
        if (mayGo && !mayGo(found)) return false;
        const { hintSecret } = found;
        await redis.sadd(keys.removedSources, sourceId);
        if (!(await replace(sourceId, before, ''))) continue;
        if (hintSecret !== undefined) await redis.hdel(keys.hints, hintDigest(hintSecret));
        return true;
      }
    },
    removedIds: () => redis.smembers(keys.removedSources),
    reseal: () => resealDocuments(connection, keys.sources, (text) => reseal(seal, text), replace),
  };
}

function open(seal: Seal, text: string): StoredSource {
  const { hintSecret, ...document } = documentSchema.parse(JSON.parse(text));
  return {
    ...document,
    token: seal.open(document.token, tokenContext(document.id)),
    ...(hintSecret === undefined
      ? {}
      : { hintSecret: seal.open(hintSecret, hintContext(document.id)) }),
  };
}

function close(seal: Seal, { token, hintSecret, ...source }: StoredSource): string {
  return JSON.stringify({
    ...source,
    token: seal.seal(token, tokenContext(source.id)),
    ...(hintSecret === undefined
      ? {}
      : { hintSecret: seal.seal(hintSecret, hintContext(source.id)) }),
  });
}

/** Null when the first key sealed all of it. All else stays as it is, also what another version wrote. */
function reseal(seal: Seal, text: string): string | null {
  const { id, token, hintSecret } = documentSchema.parse(JSON.parse(text));
  if (seal.isCurrent(token) && (hintSecret === undefined || seal.isCurrent(hintSecret))) {
    return null;
  }
  const anew = (sealed: string, context: string) => seal.seal(seal.open(sealed, context), context);
  return JSON.stringify({
    ...JSON.parse(text),
    token: anew(token, tokenContext(id)),
    ...(hintSecret === undefined ? {} : { hintSecret: anew(hintSecret, hintContext(id)) }),
  });
}

function hintDigest(hintSecret: string): string {
  return createHash('sha256').update(hintSecret).digest('hex');
}

function byId(left: StoredSource, right: StoredSource): number {
  return left.id.localeCompare(right.id);
}

function tokenContext(sourceId: string): string {
  return `the token of source ${sourceId}`;
}

function hintContext(sourceId: string): string {
  return `the hint secret of source ${sourceId}`;
}
