import type { Connection } from './connection.ts';
import { keys } from './keys.ts';

/** A mark that is there as long as this Redis is the one that the service set up: gone means that Redis was emptied. */
export interface Installation {
  /**
   * Whether it is there. Writes it again to find out, and rejects where Redis takes no writes: out of memory, unable to save,
   * without its replicas.
   */
  renew(): Promise<boolean>;
  mark(): Promise<void>;
  /** What this Redis could lose, a sentence each; empty also where it does not let its settings be read. */
  durabilityProblems(): Promise<string[]>;
}

export function createInstallation(connection: Connection): Installation {
  const { redis } = connection;
  return {
    renew: async () => (await redis.set(keys.installation, '1', 'XX')) !== null,
    async mark() {
      await redis.set(keys.installation, '1');
    },
    async durabilityProblems() {
      const setting = async (name: string) => {
        const reply = await redis.config('GET', name).catch(() => null);
        return (reply as string[] | null)?.[1];
      };
      const [policy, appendOnly] = [await setting('maxmemory-policy'), await setting('appendonly')];
      const problems: string[] = [];
      if (policy !== undefined && policy !== 'noeviction') {
        problems.push(
          `maxmemory-policy is ${policy}: set noeviction, or a full Redis drops what waits.`,
        );
      }
      if (appendOnly === 'no') {
        problems.push(
          'appendonly is no: set yes, or a crash of Redis loses what was noticed last.',
        );
      }
      return problems;
    },
  };
}
