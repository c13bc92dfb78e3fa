import { type DetailName, detailNames } from '#domain/contact-details.ts';
import { type ContactEdit, type SimulatedContact, wholeSecond } from './contact.ts';
import { orderState } from './record.ts';
import type { Replica } from './replica.ts';
import { createRoster, type Roster } from './roster.ts';
import type { SimulatorSettings } from './settings.ts';
import type { Speaker } from './shop.ts';

export type Actor = 'visitor' | 'agent' | 'import' | 'system';

/** One thing that truly happened, whether or not any reader of the inbox noticed. */
export interface Transition {
  /** ISO 8601, by the inbox's clock. */
  readonly at: string;
  readonly contactId: string;
  readonly kind:
    | 'created'
    | 'imported'
    | 'status_changed'
    | 'message'
    | 'assigned'
    | 'live_chat_started'
    | 'live_chat_ended'
    | 'updated'
    | 'touched'
    | 'deleted'
    | 'restored';
  /** Statuses, or for `assigned` agents; absent where there is none. */
  readonly from?: string;
  readonly to?: string;
  /** Of `updated` the details, of `touched` what nobody need care about. */
  readonly fields?: readonly string[];
  /** Of `updated`: the details as the record shows them from now on. */
  readonly values?: Readonly<Partial<Record<DetailName, unknown>>>;
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
  setLiveChat(contact: SimulatedContact, atMs: number, isActive: boolean): void;
  /** Writes nothing where nothing differs. */
  edit(contact: SimulatedContact, atMs: number, edit: ContactEdit, by: Actor): void;
  remove(contact: SimulatedContact, atMs: number): void;
  /** Sets `updatedAt` whatever it was before, and perhaps the status; anything that comes later moves it on from there. */
  misdate(contact: SimulatedContact, atMs: number, updatedAtMs: number, status?: string): void;
  /** Brings a deleted contact back. */
  restore(contact: SimulatedContact, atMs: number): void;
}

type Happening = Omit<Transition, 'at' | 'contactId'>;

/** What every write ends with. */
interface Pen {
  log(contact: SimulatedContact, atMs: number, happening: Happening): void;
  /** Two writes in one millisecond must not look like one, so the stamp moves unless it is given. */
  touch(contact: SimulatedContact, atMs: number, updatedAtMs?: number): void;
}

/** `history` is what happened before, and no news. The replicas hear of every write. */
export function createWorld(
  settings: Pick<SimulatorSettings, 'sort' | 'deleted'>,
  history: readonly SimulatedContact[],
  replicas: readonly Replica[],
): World {
  const truth: Transition[] = [];
  const roster = createRoster(settings.sort, history);
  const pen: Pen = {
    log(contact, atMs, happening) {
      truth.push({ at: new Date(atMs).toISOString(), contactId: contact.id, ...happening });
    },
    touch(contact, atMs, updatedAtMs = Math.max(atMs, contact.updatedAtMs + 1)) {
      contact.updatedAtMs = updatedAtMs;
      contact.writes += 1;
      roster.refile(contact);
      for (const replica of replicas) replica.noteWrite(contact, atMs);
    },
  };
  const conversation = conversationWrites(pen);
  function unlist(contact: SimulatedContact, atMs: number) {
    roster.remove(contact);
    for (const replica of replicas) replica.noteRemoval(contact, atMs);
  }

  return {
    truth,
    roster,
    ...conversation,
    ...presenceWrites(pen, roster, settings.deleted === 'removed' ? unlist : null, conversation),
    edit: (contact, atMs, edit, by) => editContact(pen, contact, atMs, edit, by),
    misdate(contact, atMs, updatedAtMs, status = contact.status) {
      if (status === contact.status) {
        pen.log(contact, atMs, { kind: 'touched', fields: ['updatedAt'], by: 'system' });
      } else {
        conversation.setStatus(contact, atMs, status, 'system');
      }
      pen.touch(contact, atMs, updatedAtMs);
    },
  };
}

function conversationWrites({ log, touch }: Pen) {
  function changeStatus(contact: SimulatedContact, atMs: number, status: string, by: Actor) {
    log(contact, atMs, { kind: 'status_changed', from: contact.status, to: status, by });
    contact.status = status;
    switchLiveChat(contact, atMs, status === 'INPROGRESS');
  }

  function switchLiveChat(contact: SimulatedContact, atMs: number, isActive: boolean) {
    if (contact.isLiveChatActive === isActive) return;
    log(contact, atMs, { kind: isActive ? 'live_chat_started' : 'live_chat_ended', by: 'agent' });
    contact.isLiveChatActive = isActive;
  }

  return {
    setStatus(contact, atMs, status, by) {
      if (contact.status === status) return;
      changeStatus(contact, atMs, status, by);
      touch(contact, atMs);
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
    setLiveChat(contact, atMs, isActive) {
      if (contact.isLiveChatActive === isActive) return;
      switchLiveChat(contact, atMs, isActive);
      touch(contact, atMs);
    },
  } satisfies Partial<World>;
}

function presenceWrites(
  { log, touch }: Pen,
  roster: Roster,
  unlist: ((contact: SimulatedContact, atMs: number) => void) | null,
  { setStatus }: Pick<World, 'setStatus'>,
) {
  return {
    add(contact, atMs) {
      const { isImported, status } = contact;
      roster.add(contact);
      // As new as it can be: the stamps stay as they are.
      touch(contact, atMs, contact.updatedAtMs);
      log(contact, atMs, {
        kind: isImported ? 'imported' : 'created',
        to: status,
        by: isImported ? 'import' : 'visitor',
      });
    },
    remove(contact, atMs) {
      const from = contact.status;
      if (from === 'DELETED') return;
      if (unlist === null) setStatus(contact, atMs, 'DELETED', 'agent');
      else unlist(contact, atMs);
      const to = unlist === null ? { to: contact.status } : {};
      log(contact, atMs, { kind: 'deleted', from, ...to, by: 'agent' });
    },
    restore(contact, atMs) {
      if (contact.status === 'DELETED') setStatus(contact, atMs, 'OPEN', 'agent');
      else {
        roster.add(contact);
        touch(contact, atMs);
      }
      log(contact, atMs, { kind: 'restored', to: contact.status, by: 'agent' });
    },
  } satisfies Partial<World>;
}

function editContact(
  { log, touch }: Pen,
  contact: SimulatedContact,
  atMs: number,
  edit: ContactEdit,
  by: Actor,
): void {
  const fields = namesOfChanged(contact, edit);
  if (fields.length === 0) return;
  Object.assign(contact, edit);
  contact.isContact ||= contact.email !== '' || contact.phone.number !== '';
  const details = detailNames.filter((name) => fields.includes(name));
  if (details.length > 0) {
    const values = Object.fromEntries(details.map((name) => [name, detailOf(contact, name)]));
    log(contact, atMs, { kind: 'updated', fields: details, values, by });
  } else {
    log(contact, atMs, { kind: 'touched', fields, by });
  }
  touch(contact, atMs);
}

function detailOf(contact: SimulatedContact, name: DetailName): unknown {
  return name === 'hasOrdered' ? orderState(contact) : contact[name];
}

/** Under the names of the record. */
function namesOfChanged(contact: SimulatedContact, edit: ContactEdit): string[] {
  const keys = Object.keys(edit) as (keyof ContactEdit)[];
  return keys
    .filter((key) => JSON.stringify(contact[key]) !== JSON.stringify(edit[key]))
    .map((key) => wireNames[key] ?? key);
}

const wireNames: Readonly<Partial<Record<keyof ContactEdit, string>>> = {
  orderedAtMs: 'hasOrdered',
  summary: 'conversationSummary',
  onlineUntilMs: 'isOnline',
};

const actors: Readonly<Record<Speaker, Actor>> = {
  user: 'visitor',
  bot: 'system',
  agent: 'agent',
};
