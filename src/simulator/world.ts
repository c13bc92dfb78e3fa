import { type SimulatedContact, wholeSecond } from './contact.ts';
import { createRoster, type Roster } from './roster.ts';
import type { SimulatorSettings } from './settings.ts';
import type { Speaker } from './shop.ts';

export type Actor = 'visitor' | 'agent' | 'import' | 'system';

/** One thing that truly happened, whether or not any reader of the inbox noticed. */
export interface Transition {
  /** ISO 8601, by the inbox's clock. */
  readonly at: string;
  readonly contactId: string;
  readonly kind: 'created' | 'imported' | 'status_changed' | 'message' | 'assigned' | 'deleted';
  /** Statuses, or for `assigned` agents; absent where there was none. */
  readonly from?: string;
  readonly to?: string;
  readonly by: Actor;
}

/** The inbox's contacts, every way to write to them, and the log of all writes. Times are epoch ms of its own clock. */
export interface World {
  readonly truth: readonly Transition[];
  readonly roster: Roster;
  add(contact: SimulatedContact, atMs: number): void;
  /** A visitor's message reopens a closed contact. */
  writeMessage(contact: SimulatedContact, atMs: number, by: Speaker, text: string): void;
  setStatus(contact: SimulatedContact, atMs: number, status: string, by: Actor): void;
  assign(contact: SimulatedContact, atMs: number, agent: string | null): void;
  remove(contact: SimulatedContact, atMs: number): void;
}

type Happening = Omit<Transition, 'at' | 'contactId'>;

/** `history` is what happened before, and no news. */
export function createWorld(
  settings: Pick<SimulatorSettings, 'sort' | 'deleted'>,
  history: readonly SimulatedContact[],
): World {
  const truth: Transition[] = [];
  const roster = createRoster(settings.sort, history);

  function log(contact: SimulatedContact, atMs: number, happening: Happening) {
    truth.push({ at: new Date(atMs).toISOString(), contactId: contact.id, ...happening });
  }

  function touch(contact: SimulatedContact, atMs: number) {
    // Two writes in one millisecond must not look like one.
    contact.updatedAtMs = Math.max(atMs, contact.updatedAtMs + 1);
    contact.writes += 1;
    roster.refile(contact);
  }

  function changeStatus(contact: SimulatedContact, atMs: number, status: string, by: Actor) {
    log(contact, atMs, { kind: 'status_changed', from: contact.status, to: status, by });
    contact.status = status;
    contact.isLiveChatActive = status === 'INPROGRESS';
  }

  function setStatus(contact: SimulatedContact, atMs: number, status: string, by: Actor) {
    if (contact.status === status) return;
    changeStatus(contact, atMs, status, by);
    touch(contact, atMs);
  }

  return {
    truth,
    roster,
    setStatus,
    add(contact, atMs) {
      const { isImported, status } = contact;
      roster.add(contact);
      log(contact, atMs, {
        kind: isImported ? 'imported' : 'created',
        to: status,
        by: isImported ? 'import' : 'visitor',
      });
    },
    writeMessage(contact, atMs, by, text) {
      log(contact, atMs, { kind: 'message', by: actors[by] });
      contact.lastMessage = { text, atMs, by };
      if (by === 'agent') contact.unreadMessages = 0;
      if (by === 'user') {
        contact.lastSeenAtMs = wholeSecond(atMs);
        contact.unreadMessages += 1;
        contact.userInteracted = true;
        if (contact.status === 'CLOSED') changeStatus(contact, atMs, 'OPEN', 'visitor');
      }
      touch(contact, atMs);
    },
    assign(contact, atMs, agent) {
      if (contact.agent === agent) return;
      const from = contact.agent === null ? {} : { from: contact.agent };
      const to = agent === null ? {} : { to: agent };
      log(contact, atMs, { kind: 'assigned', ...from, ...to, by: 'agent' });
      contact.agent = agent;
      touch(contact, atMs);
    },
    remove(contact, atMs) {
      const from = contact.status;
      if (from === 'DELETED') return;
      if (settings.deleted === 'listed') setStatus(contact, atMs, 'DELETED', 'agent');
      else roster.remove(contact);
      log(contact, atMs, { kind: 'deleted', from, by: 'agent' });
    },
  };
}

const actors: Readonly<Record<Speaker, Actor>> = {
  user: 'visitor',
  bot: 'system',
  agent: 'agent',
};
