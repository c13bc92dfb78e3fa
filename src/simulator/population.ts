import { closeSome, createActivity } from './activity.ts';
import type { ContactWishes, SimulatedContact } from './contact.ts';
import { createContactMaker, drawHistory } from './history.ts';
import { createRandom } from './random.ts';
import type { Lists } from './roster.ts';
import type { SimulatorSettings } from './settings.ts';
import { lines } from './shop.ts';
import { createWorld, type Transition } from './world.ts';

export class UnknownContactError extends Error {
  override readonly name = 'UnknownContactError';
  readonly contactId: string;

  constructor(contactId: string) {
    super(`The inbox holds no contact ${contactId}.`);
    this.contactId = contactId;
  }
}

/**
 * The people of the inbox. They live as far as anyone has looked: every reading and every command first does what was due
 * until now, so no timer runs, and a clock that is handed in may jump. Commands throw UnknownContactError.
 */
export interface Population {
  /** All that happened since the start, oldest first. */
  readonly truth: readonly Transition[];
  /** Does all activity due until then; a moment already passed is no news. */
  advanceTo(nowMs: number): void;
  find(id: string): Readonly<SimulatedContact> | undefined;
  /** All that the inbox lists, in its own order. */
  listed(): readonly Readonly<SimulatedContact>[];
  /** The same, filed for whoever answers questions. */
  readonly lists: Lists;
  createContact(wishes?: ContactWishes): Readonly<SimulatedContact>;
  /** Reopens a closed contact. */
  visitorWrites(id: string, text?: string): void;
  agentSetsStatus(id: string, status: string): void;
  /** These, or this many of the active; returns the ids of those that were not closed before. */
  bulkClose(whom: readonly string[] | number): string[];
  /** `null` takes the contact from its agent. */
  assign(id: string, agent: string | null): void;
  remove(id: string): void;
}

/** `now` is the inbox's own clock, epoch ms. */
export function createPopulation(settings: SimulatorSettings, now: () => number): Population {
  let timeMs = now();
  const make = createContactMaker(settings.seed);
  const world = createWorld(settings, drawHistory(settings, timeMs, make));
  const commandRandom = createRandom(settings.seed, 3);
  const activity = createActivity(settings, world, create, timeMs);

  function create(atMs: number, wishes: ContactWishes): SimulatedContact {
    const contact = make(wishes.createdAtMs ?? atMs, wishes);
    world.add(contact, atMs);
    return contact;
  }

  function advanceTo(nowMs: number): number {
    timeMs = Math.max(timeMs, nowMs);
    activity.advanceTo(timeMs);
    return timeMs;
  }

  function demand(id: string): SimulatedContact {
    const contact = world.roster.find(id);
    if (contact === undefined) throw new UnknownContactError(id);
    return contact;
  }

  return {
    truth: world.truth,
    advanceTo,
    find: (id) => world.roster.find(id),
    lists: world.roster,
    // A copy, so that whoever goes through it may write meanwhile.
    listed: () => world.roster.listed.members.slice(),
    createContact: (wishes = {}) => create(advanceTo(now()), wishes),
    visitorWrites(id, text = commandRandom.pick(lines.user)) {
      const atMs = advanceTo(now());
      world.writeMessage(demand(id), atMs, 'user', text);
    },
    agentSetsStatus(id, status) {
      const atMs = advanceTo(now());
      // The inbox's own API deletes by writing this status.
      if (status === 'DELETED') world.remove(demand(id), atMs);
      else world.setStatus(demand(id), atMs, status, 'agent');
    },
    bulkClose(whom) {
      const atMs = advanceTo(now());
      if (typeof whom === 'number')
        return closeSome(world, atMs, whom, commandRandom).map(({ id }) => id);
      const open = whom.map(demand).filter(({ status }) => status !== 'CLOSED');
      for (const contact of open) world.setStatus(contact, atMs, 'CLOSED', 'agent');
      return open.map(({ id }) => id);
    },
    assign(id, agent) {
      const atMs = advanceTo(now());
      world.assign(demand(id), atMs, agent);
    },
    remove(id) {
      const atMs = advanceTo(now());
      world.remove(demand(id), atMs);
    },
  };
}
