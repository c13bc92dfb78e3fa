import type { ChangeEvent } from '#domain/change-event.ts';
import { type Contact, deletedStatus, type Snapshot } from '#domain/contact.ts';
import { detailNames } from '#domain/contact-details.ts';
import type { Transition } from '#simulator/world.ts';
import type { PageCommit } from '#store/contacts.ts';
import { asItWas, type Move, type Sighting, type Trial } from './detection-judge.ts';

type Become = Pick<Move, 'aspect' | 'kind' | 'from' | 'to'>;

/** What happened in the inbox, as moves of our own clock's time; the inbox's clock runs `clockOffsetMs` ahead. */
function movesOf(truth: readonly Transition[], clockOffsetMs: number): Move[] {
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
        ? [{ aspect: 'message', kind, to: inboxAtMs }]
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

/** The same text for the same value, in whatever order its parts come. */
function plain(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(plain).sort().join()}]`;
  if (typeof value !== 'object' || value === null) return String(value ?? '');
  const parts = Object.entries(value).map(([name, part]) => `${name}:${plain(part)}`);
  return `{${parts.sort().join()}}`;
}

/** Keeps what the service says, page by page. */
export function collectNews(now: () => number, clockOffsetMs: number) {
  // Most are never heard of again, so what is said of them is spelt out only of the others.
  const seeds = new Map<string, { readonly atMs: number; readonly after: Snapshot }>();
  const announced: Sighting[] = [];
  const order = createSequenceCheck();

  return {
    onCommit({ events, snapshots }: PageCommit): void {
      const atMs = now();
      const created = new Set(events.filter(isCreation).map(contactOf));
      for (const { contactId, before, after } of snapshots) {
        if (before === null && !created.has(contactId)) seeds.set(contactId, { atMs, after });
      }
      for (const event of events) {
        const occurred = occurredOf(event, clockOffsetMs);
        const common = { contactId: contactOf(event), atMs, eventId: event.id, occurred };
        announced.push(...told(event).map((said) => ({ ...common, ...said })));
      }
      order.check(events);
    },
    /** Events whose order within their contact contradicts their sequence. */
    outOfSequence: order.contradictions,
    /** What happened and what was said, as the judge wants it. */
    upTo(truth: readonly Transition[]): Pick<Trial, 'moves' | 'sightings'> {
      const moves = movesOf(truth, clockOffsetMs);
      const concerned = new Set([...moves, ...announced].map(({ contactId }) => contactId));
      const silent = [...concerned].flatMap((contactId) => {
        const seed = seeds.get(contactId);
        if (seed === undefined) return [];
        const common = { contactId, atMs: seed.atMs, eventId: null };
        return firstSeen(seed.after).map((seen) => ({ ...common, ...seen }));
      });
      return { moves, sightings: [...silent, ...announced] };
    },
  };
}

type Said = Pick<Sighting, 'aspect' | 'to'> & Partial<Pick<Sighting, 'from' | 'eventId'>>;

function firstSeen({ status, watched }: Snapshot): Said[] {
  const { agent = null, isLiveChatActive = false } = watched ?? {};
  return [
    { aspect: 'presence', to: 'listed' },
    ...asFirstSeen({ status, agent, isLiveChatActive }),
  ];
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
      return [{ aspect: 'message', to: messageAtMs(contact) }];
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

/** Sequences grow within a contact; the events of one observation share theirs. */
function createSequenceCheck() {
  const last = new Map<string, { readonly sequence: number; readonly commit: number }>();
  let commit = 0;
  let contradictions = 0;
  return {
    contradictions: () => contradictions,
    check(events: readonly ChangeEvent[]): void {
      commit += 1;
      for (const event of events) {
        const { contact, sequence = Number.NaN } = event.data;
        if (contact === undefined) continue;
        const before = last.get(contactOf(event));
        last.set(contactOf(event), { sequence, commit });
        const isSame = before?.commit === commit;
        const isRight = isSame
          ? sequence === before.sequence
          : sequence > (before?.sequence ?? Number.NEGATIVE_INFINITY);
        if (!isRight) contradictions += 1;
      }
    },
  };
}
