import type { ContactWishes, SimulatedContact } from './contact.ts';
import { createRandom, type Random } from './random.ts';
import type { ActivityPerMinute, SimulatorSettings } from './settings.ts';
import { lines, shop } from './shop.ts';
import type { World } from './world.ts';

const botReplyMs = 2007;

/** What happens by itself: each kind of activity is a Poisson process of its own, executed in the order of time. */
export interface Activity {
  /** Does all that is due up to and including `nowMs`. */
  advanceTo(nowMs: number): void;
}

export function createActivity(
  settings: Pick<SimulatorSettings, 'seed' | 'activityPerMinute' | 'statusShares'>,
  world: World,
  create: (atMs: number, wishes: ContactWishes) => SimulatedContact,
  startMs: number,
): Activity {
  const random = createRandom(settings.seed, 2);
  const doers = createDoers(settings.statusShares, world, create, random);
  const processes = Object.entries(settings.activityPerMinute).map(([name, perMinute], index) => {
    // A stream of its own each, so that a changed rate leaves the moments of all other activity as they are.
    const moments = createRandom(settings.seed, 10 + index);
    const wait = () => moments.exponential(perMinute / 60_000);
    return { act: doers[name as keyof ActivityPerMinute], wait, dueMs: startMs + wait() };
  });
  return {
    advanceTo(nowMs) {
      for (;;) {
        const next = processes.reduce((a, b) => (b.dueMs < a.dueMs ? b : a));
        doers.replyUpTo(Math.min(next.dueMs, nowMs));
        if (next.dueMs > nowMs) return;
        next.act(Math.floor(next.dueMs));
        next.dueMs += next.wait();
      }
    },
  };
}

type Doers = Readonly<Record<keyof ActivityPerMinute, (atMs: number) => void>> & {
  /** The bot answers a little after the visitor, where no agent has taken over. */
  readonly replyUpTo: (nowMs: number) => void;
};

function createDoers(
  statusShares: SimulatorSettings['statusShares'],
  world: World,
  create: (atMs: number, wishes: ContactWishes) => SimulatedContact,
  random: Random,
): Doers {
  // In the order of time, because the bot always takes as long.
  const replies: { readonly dueMs: number; readonly contact: SimulatedContact }[] = [];
  const openStatuses = Object.entries(statusShares).filter(([status]) => status !== 'CLOSED');
  const usualActive = Math.max(1, world.roster.active.size);

  function awaitReply(contact: SimulatedContact, atMs: number) {
    if (contact.agent === null) replies.push({ dueMs: atMs + botReplyMs, contact });
  }

  /** Most of what happens, happens in conversations that are going on. */
  function drawOne(activeShare: number) {
    return random.isLucky(activeShare) && world.roster.active.size > 0
      ? world.roster.active.draw(random)
      : world.roster.living.draw(random);
  }

  return {
    replyUpTo(nowMs) {
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
    agentStatusChanges(atMs) {
      const contact = drawOne(0.97);
      if (contact === undefined) return;
      const to = nextStatus(contact);
      world.setStatus(contact, atMs, to, 'agent');
      if (to === 'INPROGRESS') {
        world.assign(contact, atMs, contact.agent ?? random.pick(shop.agents));
        world.writeMessage(contact, atMs, 'agent', random.pick(lines.agent));
      }
    },
    bulkCloses(atMs) {
      closeSome(world, atMs, Math.ceil(world.roster.active.size * 0.05), random);
    },
    reassignments(atMs) {
      const contact = drawOne(0.9);
      const others = shop.agents.filter((agent) => agent !== contact?.agent);
      if (contact !== undefined) world.assign(contact, atMs, random.pick(others));
    },
    deletions(atMs) {
      const contact = drawOne(0.2);
      if (contact !== undefined) world.remove(contact, atMs);
    },
  };

  function nextStatus({ status }: SimulatedContact): string {
    // The more there is to do, the more agents close, so that an inbox left running keeps its size.
    const closing = 0.4 * (world.roster.active.size / usualActive);
    if (status !== 'CLOSED' && random.isLucky(closing)) return 'CLOSED';
    const others = openStatuses.filter(([other]) => other !== status);
    return others.length === 0 ? 'CLOSED' : random.pickWeighted(others);
  }
}

/** Closes this many of the active, or all there are; returns whom. */
export function closeSome(
  world: World,
  atMs: number,
  count: number,
  random: Random,
): SimulatedContact[] {
  const closed: SimulatedContact[] = [];
  while (closed.length < count) {
    const contact = world.roster.active.draw(random);
    if (contact === undefined) break;
    world.setStatus(contact, atMs, 'CLOSED', 'agent');
    closed.push(contact);
  }
  return closed;
}
