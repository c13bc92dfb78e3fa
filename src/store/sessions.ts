import { createHash } from 'node:crypto';
import type { Connection } from './connection.ts';
import { sessionKey } from './keys.ts';

/** Who is signed in to the dashboard. Neither a session's token nor an API key lies in Redis, only digests of both. */
export interface Sessions {
  begin(token: string, keyHash: string): Promise<void>;
  /** The hash of the API key that was signed in with; null when the session has ended. */
  find(token: string, options?: { readonly renew: boolean }): Promise<string | null>;
  end(token: string): Promise<void>;
}

/** From the last page on. */
const sessionSeconds = 12 * 3600;

export function createSessions({ redis }: Pick<Connection, 'redis'>): Sessions {
  return {
    async begin(token, keyHash) {
      await redis.set(keyOf(token), keyHash, 'EX', sessionSeconds);
    },
    async find(token, { renew } = { renew: false }) {
      const key = keyOf(token);
      const [keyHash] = await Promise.all([
        redis.get(key),
        renew ? redis.expire(key, sessionSeconds) : null,
      ]);
      return keyHash;
    },
    async end(token) {
      await redis.del(keyOf(token));
    },
  };
}

function keyOf(token: string): string {
  return sessionKey(createHash('sha256').update(token).digest('hex'));
}
