import type { ChangeEvent } from '#domain/change-event.ts';
import { type Contact, deletedStatus } from '#domain/contact.ts';
import { detailNames } from '#domain/contact-details.ts';
import type { Transition } from '#simulator/world.ts';
import type { PageCommit, SnapshotChange } from '#store/contacts.ts';
import { asItWas, type Move, type Sighting } from './detection-judge.ts';

type Become = Pick<Move, 'aspect' | 'kind' | 'from' | 'to'>;

/** What happened in the inbox, as moves of our own clock's time; the inbox's clock runs `clockOffsetMs` ahead. */
export function movesOf(truth: readonly Transition[], clockOffsetMs: number): Move[] {
  return truth.flatMap((transition) => {
    const inboxAtMs = Date.parse(transition.at);
    const common = { contactId: transition.contactId, atMs: inboxAtMs - clockOffsetMs };
    return aspectsOf(transition, inboxAtMs).map((move) => ({ ...common, ...move }));
  });
}

function aspectsOf(transition: Transition, inboxAtMs: number): Become[] {
  const { kind, to = null, by, values = {} } = transition;
  switch (kind) {
    case 'created':
    case 'imported':
      return [
        { aspect: 'presence', kind, from: 'gone', to: 'listed' },
        { aspect: 'status', kind: null, to },
      ];
    case 'status_changed':
      return [{ aspect: 'status', kind: `status by ${by}`, to }];
    case 'assigned':
      return [{ aspect: 'agent', kind, to }];
    case 'live_chat_started':
    case 'live_chat_ended':
      return [{ aspect: 'liveChat', kind: 'live chat', to: kind === 'live_chat_started' }];
    case 'message':
      // Only the newest message can be seen, and only a visitor's is news.
      return by === 'visitor'
        ? [{ aspect: 'message', kind, to: secondOf(inboxAtMs) }]
        : [{ aspect: 'message', kind: null, to: null }];
    case 'updated':
      return Object.entries(values).map(([aspect, value]) => ({ aspect, kind, to: plain(value) }));
    case 'touched':
      return [];
    case 'deleted':
      // Whatever else was to be said need not be said any more, unless the inbox still shows it.
      return [{ aspect: 'presence', kind, to: 'gone' }, ...(to === deletedStatus ? [] : goneWith)];
    case 'restored':
      return [{ aspect: 'presence', kind, to: 'listed' }];
  }
}

const goneWith: readonly Become[] = ['status', 'agent', 'liveChat', 'message', ...detailNames].map(
  (aspect) => ({ aspect, kind: null, to: 'gone' }),
);

/** An inbox may cut its stamps to the second. */
function secondOf(timeMs: number): number {
  return Math.floor(timeMs / 1000);
}

/** The same text for the same value, in whatever order its parts come. */
function plain(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(plain).sort().join()}]`;
  if (typeof value !== 'object' || value === null) return String(value ?? '');
  const parts = Object.entries(value).map(([name, part]) => `${name}:${plain(part)}`);
  return `{${parts.sort().join()}}`;
}

/** What a committed page says of its contacts, with events or in silence. */
export function sightingsOf(
  { events, snapshots }: PageCommit,
  atMs: number,
  clockOffsetMs: number,
): Sighting[] {
  const created = new Set(events.filter(isCreation).map(contactOf));
  const seeds = snapshots.filter(
    ({ contactId, before }) => before === null && !created.has(contactId),
  );
  return [
    ...seeds.flatMap((seed) => {
      const silent = { contactId: seed.contactId, atMs, eventId: null };
      const presence = { ...silent, aspect: 'presence', to: 'listed' };
      return [presence, ...firstSeen(seed).map((seen) => ({ ...silent, ...seen }))];
    }),
    ...events.flatMap((event) => {
      const occurred = occurredOf(event, clockOffsetMs);
      const common = { contactId: contactOf(event), atMs, eventId: event.id, occurred };
      return told(event).map((said) => ({ ...common, ...said }));
    }),
  ];
}

type Said = Pick<Sighting, 'aspect' | 'to'> & Partial<Pick<Sighting, 'from' | 'eventId'>>;

function firstSeen({ after }: SnapshotChange): Said[] {
  const { status, watched } = after;
  return asFirstSeen({
    status,
    agent: watched?.agent ?? null,
    isLiveChatActive: watched?.isLiveChatActive ?? false,
  });
}

function asFirstSeen(seen: Pick<Contact, 'status' | 'agent' | 'isLiveChatActive'>): Said[] {
  return [
    { aspect: 'status', to: seen.status },
    { aspect: 'agent', to: seen.agent },
    { aspect: 'liveChat', to: seen.isLiveChatActive },
    ...['message', ...detailNames].map((aspect) => ({ aspect, to: asItWas })),
  ];
}

function isCreation({ type }: ChangeEvent): boolean {
  return type === 'contact.created';
}

function contactOf({ data }: ChangeEvent): string {
  return String(data.contact?._id);
}

function occurredOf({ data }: ChangeEvent, clockOffsetMs: number) {
  const { notBefore, notAfter } = data.occurred ?? {};
  return {
    notBeforeMs: notBefore ? Date.parse(notBefore) - clockOffsetMs : Number.NEGATIVE_INFINITY,
    notAfterMs: notAfter ? Date.parse(notAfter) - clockOffsetMs : Number.POSITIVE_INFINITY,
  };
}

function told({ type, data }: ChangeEvent): Said[] {
  const { contact = {}, changes = {} } = data;
  switch (type) {
    case 'contact.created':
      return [
        { aspect: 'presence', to: 'listed' },
        ...asFirstSeen({
          status: String(contact.status),
          agent: (contact._agentAssigned ?? null) as string | null,
          isLiveChatActive: contact.isLiveChatActive === true,
        }).map((seen) => ({ ...seen, eventId: null })),
      ];
    case 'contact.status_changed':
      return [{ aspect: 'status', from: changes.status?.from, to: changes.status?.to }];
    case 'contact.assigned':
      return [
        { aspect: 'agent', from: changes._agentAssigned?.from, to: changes._agentAssigned?.to },
      ];
    case 'contact.live_chat_started':
    case 'contact.live_chat_ended':
      return [{ aspect: 'liveChat', to: type === 'contact.live_chat_started' }];
    case 'contact.message_received':
      return [{ aspect: 'message', to: secondOf(messageAtMs(contact)) }];
    case 'contact.updated':
      return Object.entries(changes).map(([aspect, { to }]) => ({ aspect, to: plain(to) }));
    case 'contact.deleted':
      return [{ aspect: 'presence', to: 'gone' }];
    default:
      return [];
  }
}

function messageAtMs({ lastMessage }: NonNullable<ChangeEvent['data']['contact']>): number {
  return Date.parse((lastMessage as { readonly at: string }).at);
}

/** Events whose order within their contact contradicts their sequence; those of one observation share theirs. */
export function outOfSequence(
  commits: readonly { readonly events: readonly ChangeEvent[] }[],
): ChangeEvent[] {
  const last = new Map<string, { readonly sequence: number; readonly commit: number }>();
  return commits.flatMap(({ events }, commit) =>
    events.filter((event) => {
      const { contact, sequence = Number.NaN } = event.data;
      if (contact === undefined) return false;
      const before = last.get(contactOf(event));
      last.set(contactOf(event), { sequence, commit });
      if (before === undefined) return Number.isNaN(sequence);
      return before.commit === commit
        ? sequence !== before.sequence
        : !(sequence > before.sequence);
    }),
  );
}
