import type { Connection } from './connection.ts';
import { keys } from './keys.ts';

/** A mark that is there as long as this Redis is the one that the service set up: gone means that Redis was emptied. */
export interface Installation {
  exists(): Promise<boolean>;
  mark(): Promise<void>;
}

export function createInstallation(connection: Connection): Installation {
  const { redis } = connection;
  return {
    exists: async () => (await redis.exists(keys.installation)) === 1,
    async mark() {
      await redis.set(keys.installation, '1');
    },
  };
}
