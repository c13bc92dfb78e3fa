import type { Sources } from '#store/sources.ts';

/** Sources that were made before there were hints get their secret. */
export async function giveHintSecrets(
  sources: Pick<Sources, 'list' | 'update'>,
  newId: () => string,
): Promise<void> {
  const lacking = (await sources.list()).filter(({ hintSecret }) => hintSecret === undefined);
  for (const { id } of lacking) {
    // Another process that starts beside this one may have done it meanwhile.
    await sources.update(id, (source) => ({ ...source, hintSecret: source.hintSecret ?? newId() }));
  }
}
