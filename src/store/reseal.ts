import type { Connection } from './connection.ts';

/**
 * Puts `reseal`'s answer in the place of each document of a hash, whoever else writes; returns how many it changed. `reseal`
 * answers null for one that may stay. One document at a time is replaced, so a crash leaves each as it was or as it will be.
 */
export async function resealDocuments(
  { redis }: Connection,
  documentsKey: string,
  reseal: (text: string) => string | null,
  replace: (id: string, before: string, after: string) => Promise<boolean>,
): Promise<number> {
  let resealed = 0;
  for (const [id, found] of Object.entries(await redis.hgetall(documentsKey))) {
    let before: string | null = found;
    while (before !== null) {
      const after = reseal(before);
      if (after === null) break;
      if (await replace(id, before, after)) {
        resealed += 1;
        break;
      }
      before = await redis.hget(documentsKey, id);
    }
  }
  return resealed;
}
