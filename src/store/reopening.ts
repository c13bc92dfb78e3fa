import type { DeliveryRef } from '#domain/delivery.ts';
import type { SubscriptionId } from '#domain/subscription.ts';
import type { Connection } from './connection.ts';
import { heldRef } from './deliveries.ts';
import { laneKeys } from './keys.ts';

/** Reopens some more deliveries of one lane; answers how many, or how many it would. */
export type Reopen = (refs: readonly DeliveryRef[]) => Promise<number>;

/** What is still to be delivered, as long as the lane's count of reopenings is this one. */
interface Waiting {
  readonly reopens: string;
  readonly refs: ReadonlySet<string>;
}

type Reply =
  | readonly [kind: 'gone' | 'moved']
  | readonly [kind: 'reopened', reopens: string, count: number];

/** Reopened in one script call, which keeps Redis from everything else. */
const reopenCount = 1000;

/**
 * Looks once at all that waits, when the first are handed in, and not again for every thousand: a lane may be a million
 * long, and Redis would do nothing else meanwhile. What is put there besides afterwards are events that the relay passed
 * later, so those are not to be handed in here, or is reopened by others: the script refuses then, and it looks again.
 */
export function createReopening(
  connection: Connection,
  id: SubscriptionId,
  dryRun: boolean,
): Reopen {
  let waiting: Waiting | null = null;

  async function reopenSome(refs: readonly DeliveryRef[]): Promise<number> {
    const { state, waiting: list, retries, failed, expired, skipped } = laneKeys(id);
    for (;;) {
      const known: Waiting = waiting ?? (await readWaiting(connection, id));
      waiting = known;
      const ended = refs.filter((ref) => !known.refs.has(ref));
      if (ended.length === 0) return 0;
      const [kind, reopens, count] = (await connection.run('reopen-lane', {
        keys: [state, list, retries, failed, expired, skipped],
        args: [known.reopens, dryRun ? 1 : 0, ...ended],
      })) as Reply;
      if (kind === 'gone') return 0;
      if (kind === 'reopened') {
        waiting = { ...known, reopens };
        return count;
      }
      waiting = null;
    }
  }

  return async (refs) => {
    let reopened = 0;
    for (let from = 0; from < refs.length; from += reopenCount) {
      reopened += await reopenSome(refs.slice(from, from + reopenCount));
    }
    return reopened;
  };
}

async function readWaiting({ redis }: Connection, id: SubscriptionId): Promise<Waiting> {
  const { state, tests, waiting, held } = laneKeys(id);
  // First the count: whoever reopens after it is noticed. The lists at one moment, since deliveries move between them.
  const reopens = (await redis.hget(state, 'reopens')) ?? '0';
  const replies = await redis
    .multi()
    .lrange(tests, 0, -1)
    .lrange(waiting, 0, -1)
    .zrange(held, 0, '-1')
    .exec();
  const [tested = [], waits = [], kept = []] = (replies ?? []).map(([error, reply]) => {
    if (error !== null) throw error;
    return reply as string[];
  });
  return { reopens, refs: new Set([...tested, ...waits, ...kept.map(heldRef)]) };
}
