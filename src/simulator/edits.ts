import { type ContactEdit, drawPerson, type SimulatedContact } from './contact.ts';
import type { Random } from './random.ts';
import { shop } from './shop.ts';
import type { Doer, Stage } from './stage.ts';

/** What happens to records apart from conversations. */
export function editDoers({ world, random, drawOne }: Stage) {
  return {
    edits(atMs) {
      const contact = drawOne(0.5);
      if (contact !== undefined) world.edit(contact, atMs, drawEdit(random, contact), 'agent');
    },
    flagChanges(atMs) {
      const contact = drawOne(0.2);
      if (contact === undefined) return;
      const { isSubscriber, isUserBlocked } = contact;
      if (random.isLucky(0.2)) {
        world.edit(contact, atMs, { isUserBlocked: !isUserBlocked }, 'agent');
      } else {
        world.edit(contact, atMs, { isSubscriber: !isSubscriber }, 'visitor');
      }
    },
    orders(atMs) {
      const contact = drawOne(0.3);
      if (contact !== undefined) world.edit(contact, atMs, { orderedAtMs: atMs }, 'visitor');
    },
    restorations(atMs) {
      const contact = world.roster.deleted.draw(random);
      if (contact !== undefined) world.restore(contact, atMs);
    },
    fusses(atMs) {
      const contact = drawOne(0.5);
      if (contact !== undefined) world.edit(contact, atMs, drawFuss(random, atMs), 'system');
    },
  } satisfies Record<string, Doer>;
}

/** What an agent may put right in one go; now and then it turns out to be the same as before. */
function drawEdit(random: Random, contact: Readonly<SimulatedContact>): ContactEdit {
  const { name, email, phone } = drawPerson(random, contact.platform, true);
  return random.pick<ContactEdit>([
    { name },
    { email },
    { phone },
    { name, email },
    { tags: toggled(contact.tags, random.pick(shop.tags)) },
    { segments: toggled(contact.segments, random.pick(shop.segments)) },
    { attributes: [{ key: 'newsletter', value: random.pick(['yes', 'no', 'monthly']) }] },
  ]);
}

/** What changes in records all the time and is no news. */
function drawFuss(random: Random, atMs: number): ContactEdit {
  const time = new Date(atMs).toISOString();
  return random.pick<ContactEdit>([
    { unreadMessages: random.integer(0, 5) },
    { notes: [`Called at ${time}.`] },
    { summary: `As of ${time}, there is nothing to add.` },
    { onlineUntilMs: atMs + 120_000 },
  ]);
}

function toggled(all: readonly string[], one: string): string[] {
  return all.includes(one) ? all.filter((other) => other !== one) : [...all, one];
}
