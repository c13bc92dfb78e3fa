import type { Contacts } from '#store/contacts.ts';
import type { RelaySoon } from './relay-soon.ts';

/**
 * Contacts whose every commit has its events relayed. Where Redis answers in the order in which it is asked, that is asked for
 * right behind the commit, without waiting for its answer; and again once it is known to have happened, since a commit may
 * be sent a second time.
 */
export function relayCommits(
  contacts: Contacts,
  { ask }: Pick<RelaySoon, 'ask'>,
  answersInOrder: boolean,
): Contacts {
  return {
    ...contacts,
    async commit(sourceId, page) {
      const committing = contacts.commit(sourceId, page);
      const hasEvents = page.events.length > 0;
      if (hasEvents && answersInOrder) ask(sourceId);
      const outcome = await committing;
      if (hasEvents && outcome.kind === 'committed') ask(sourceId);
      return outcome;
    },
  };
}
