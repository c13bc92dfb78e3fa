import type { Contacts } from '#store/contacts.ts';
import type { RelaySoon } from './relay-soon.ts';

/**
 * Contacts whose every commit has its events relayed. A commit that was sent again because its answer got lost can seem to
 * be refused, so the relay looks after a refusal as well.
 */
export function relayCommits(contacts: Contacts, { ask }: Pick<RelaySoon, 'ask'>): Contacts {
  return {
    ...contacts,
    async commit(sourceId, page) {
      const outcome = await contacts.commit(sourceId, page);
      const tail = outcome.kind === 'committed' ? outcome.tail : null;
      if (page.events.length > 0) ask(sourceId, tail);
      return outcome;
    },
  };
}
