import { closeSome } from './agents.ts';
import type { ContactEdit, ContactWishes, SimulatedContact } from './contact.ts';
import type { Random } from './random.ts';
import { lines } from './shop.ts';
import type { World } from './world.ts';

export class UnknownContactError extends Error {
  override readonly name = 'UnknownContactError';
  readonly contactId: string;

  constructor(contactId: string) {
    super(`The inbox holds no contact ${contactId}.`);
    this.contactId = contactId;
  }
}

/** What can be made to happen, now. All throw UnknownContactError. */
export interface Commands {
  createContact(wishes?: ContactWishes): Readonly<SimulatedContact>;
  /** Reopens a closed contact. */
  visitorWrites(id: string, text?: string): void;
  /** The visitor is not seen for it. */
  visitorOrders(id: string): void;
  agentSetsStatus(id: string, status: string): void;
  /** These, or this many of the active; returns the ids of those that were not closed before. */
  bulkClose(whom: readonly string[] | number): string[];
  /** `null` takes the contact from its agent. */
  assign(id: string, agent: string | null): void;
  /** Leaves the status as it is. */
  setLiveChat(id: string, isActive: boolean): void;
  edit(id: string, edit: ContactEdit): void;
  /** Writes this stamp, however far ahead or back it lies, and this status with it. */
  misdate(id: string, updatedAtMs: number, status?: string): void;
  remove(id: string): void;
  /** Brings a deleted contact back, under its old id. */
  restore(id: string): void;
}

/** `catchUp` does what was due before and returns the inbox's time. */
export function createCommands(deps: {
  readonly world: World;
  readonly random: Random;
  readonly create: (atMs: number, wishes: ContactWishes) => SimulatedContact;
  readonly catchUp: () => number;
}): Commands {
  const { world, random, create, catchUp } = deps;

  function demand(id: string): SimulatedContact {
    const contact = world.roster.find(id);
    if (contact === undefined) throw new UnknownContactError(id);
    return contact;
  }

  function onto(id: string, write: (contact: SimulatedContact, atMs: number) => void): void {
    const atMs = catchUp();
    write(demand(id), atMs);
  }

  return {
    createContact: (wishes = {}) => create(catchUp(), wishes),
    visitorWrites: (id, text = random.pick(lines.user)) =>
      onto(id, (contact, atMs) => world.writeMessage(contact, atMs, 'user', text)),
    visitorOrders: (id) =>
      onto(id, (contact, atMs) => world.edit(contact, atMs, { orderedAtMs: atMs }, 'visitor')),
    agentSetsStatus: (id, status) =>
      onto(id, (contact, atMs) => {
        // The inbox's own API deletes by writing this status.
        if (status === 'DELETED') world.remove(contact, atMs);
        else world.setStatus(contact, atMs, status, 'agent');
      }),
    bulkClose(whom) {
      const atMs = catchUp();
      if (typeof whom === 'number') return closeSome(world, atMs, whom, random).map(({ id }) => id);
      const open = whom.map(demand).filter(({ status }) => status !== 'CLOSED');
      for (const contact of open) world.setStatus(contact, atMs, 'CLOSED', 'agent');
      return open.map(({ id }) => id);
    },
    assign: (id, agent) => onto(id, (contact, atMs) => world.assign(contact, atMs, agent)),
    setLiveChat: (id, isActive) =>
      onto(id, (contact, atMs) => world.setLiveChat(contact, atMs, isActive)),
    edit: (id, edit) => onto(id, (contact, atMs) => world.edit(contact, atMs, edit, 'agent')),
    misdate: (id, updatedAtMs, status) =>
      onto(id, (contact, atMs) => world.misdate(contact, atMs, updatedAtMs, status)),
    remove: (id) => onto(id, (contact, atMs) => world.remove(contact, atMs)),
    restore(id) {
      const atMs = catchUp();
      const contact = world.roster.deleted.find((deleted) => deleted.id === id);
      if (contact === undefined) throw new UnknownContactError(id);
      world.restore(contact, atMs);
    },
  };
}
