import type { Logger } from 'pino';
import type { Sources } from '#store/sources.ts';
import type { Subscriptions } from '#store/subscriptions.ts';

/**
 * After a start with `ENCRYPTION_KEY` as `new,old` nothing needs the old key any more. All is opened before anything is
 * written, so that a start that lacks a key touches nothing. Returns how many were sealed anew.
 */
export async function sealWithFirstKey(
  sources: Pick<Sources, 'list' | 'reseal'>,
  subscriptions: Pick<Subscriptions, 'list' | 'reseal'>,
  log: Logger,
): Promise<number> {
  await Promise.all([sources.list(), subscriptions.list()]);
  const resealed = {
    sources: await sources.reseal(),
    subscriptions: await subscriptions.reseal(),
  };
  const count = resealed.sources + resealed.subscriptions;
  if (count > 0) log.info(resealed, 'secrets.resealed');
  return count;
}
