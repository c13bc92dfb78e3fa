import type { SimulatedContact } from './contact.ts';
import type { Random } from './random.ts';
import type { SimulatorSettings } from './settings.ts';
import { lines, shop } from './shop.ts';
import type { Doer, Stage } from './stage.ts';
import type { World } from './world.ts';

type StatusShares = SimulatorSettings['statusShares'];

/** Those who deal with conversations. */
export function agentDoers({ world, random, drawOne }: Stage, statusShares: StatusShares) {
  const drawStatus = createStatusDraw(world, random, statusShares);
  return {
    agentStatusChanges(atMs) {
      const contact = drawOne(0.97);
      if (contact === undefined) return;
      const to = drawStatus(contact);
      world.setStatus(contact, atMs, to, 'agent');
      if (to === 'INPROGRESS') {
        world.assign(contact, atMs, contact.agent ?? random.pick(shop.agents));
        world.writeMessage(contact, atMs, 'agent', random.pick(lines.agent));
      }
    },
    bulkCloses(atMs) {
      // Where nothing is ever closed, this is not either.
      if (closedShareOf(statusShares) === 0) return;
      const count = Math.min(40, Math.ceil(world.roster.active.size * 0.05));
      closeSome(world, atMs, count, random);
    },
    reassignments(atMs) {
      const contact = drawOne(0.9);
      if (contact === undefined) return;
      const others = shop.agents.filter((agent) => agent !== contact.agent);
      const isReleased = contact.agent !== null && random.isLucky(0.2);
      world.assign(contact, atMs, isReleased ? null : random.pick(others));
    },
    liveChatSwitches(atMs) {
      const contact = drawOne(0.9);
      if (contact !== undefined) world.setLiveChat(contact, atMs, !contact.isLiveChatActive);
    },
    deletions(atMs) {
      const contact = drawOne(0.2);
      if (contact !== undefined) world.remove(contact, atMs);
    },
  } satisfies Record<string, Doer>;
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

/**
 * Where an agent moves a conversation. Visitors open more and more, so agents close the more of them the more there are: the
 * share of the active stays about what it was at the start. In an inbox without a share of `CLOSED` nothing is closed.
 */
function createStatusDraw(world: World, random: Random, statusShares: StatusShares) {
  const { active, living } = world.roster;
  const open = Object.entries(statusShares).filter(
    ([name, share]) => name !== 'CLOSED' && share > 0,
  );
  const closes = closedShareOf(statusShares) > 0;
  const usualShare = living.size > 0 ? active.size / living.size : openShareOf(statusShares);
  return ({ status }: SimulatedContact): string => {
    const surplus = active.size / Math.max(1, usualShare * living.size) - 1;
    if (closes && status !== 'CLOSED' && random.isLucky(0.5 + 5 * surplus)) return 'CLOSED';
    const others = open.filter(([other]) => other !== status);
    if (others.length > 0) return random.pickWeighted(others);
    return closes ? 'CLOSED' : 'REVIEW';
  };
}

function closedShareOf({ CLOSED = 0 }: StatusShares): number {
  return CLOSED;
}

function openShareOf(statusShares: StatusShares): number {
  const sum = Object.values(statusShares).reduce((total, share) => total + share, 0);
  return 1 - closedShareOf(statusShares) / sum;
}
