import type { ContactWishes, SimulatedContact } from './contact.ts';
import { lines } from './shop.ts';
import type { Doer, Stage } from './stage.ts';

const botReplyMs = 2007;

/** Those who come and write, and the bot that answers them. */
export function visitorDoers(
  { world, random, drawOne }: Stage,
  create: (atMs: number, wishes: ContactWishes) => SimulatedContact,
) {
  // In the order of time, because the bot always takes as long.
  const replies: { readonly dueMs: number; readonly contact: SimulatedContact }[] = [];

  function awaitReply(contact: SimulatedContact, atMs: number) {
    if (contact.agent === null) replies.push({ dueMs: atMs + botReplyMs, contact });
  }

  return {
    /** The bot answers a little after the visitor, where no agent has taken over. */
    replyUpTo(nowMs: number) {
      for (let next = replies[0]; next !== undefined && next.dueMs <= nowMs; next = replies[0]) {
        replies.shift();
        const { contact, dueMs } = next;
        const isThere = world.roster.find(contact.id) !== undefined && contact.status !== 'DELETED';
        if (!isThere || contact.agent !== null) continue;
        world.writeMessage(contact, dueMs, 'bot', random.pick(lines.bot));
      }
    },
    visitorMessages(atMs) {
      const contact = drawOne(0.85);
      if (contact === undefined) return;
      world.writeMessage(contact, atMs, 'user', random.pick(lines.user));
      awaitReply(contact, atMs);
    },
    newContacts(atMs) {
      awaitReply(create(atMs, {}), atMs);
    },
    imports(atMs) {
      const count = random.integer(3, 15);
      for (let n = 0; n < count; n += 1) create(atMs, { isImported: true });
    },
  } satisfies Record<string, Doer>;
}
