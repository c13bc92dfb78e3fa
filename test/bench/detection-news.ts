import type { ChangeEvent } from '#domain/change-event.ts';
import type { Transition } from '#simulator/world.ts';
import type { PageCommit } from '#store/contacts.ts';
import type { Move, Sighting } from './detection-judge.ts';

/** What happened in the inbox, as moves of our own clock's time; the inbox's clock runs `clockOffsetMs` ahead. */
export function movesOf(truth: readonly Transition[], clockOffsetMs: number): Move[] {
  return truth.flatMap((transition) => {
    const atMs = Date.parse(transition.at) - clockOffsetMs;
    const { contactId } = transition;
    return aspectsOf(transition, atMs + clockOffsetMs).map((move) => ({
      contactId,
      atMs,
      ...move,
      kind: move.kind !== null && untold.has(move.kind) ? null : move.kind,
    }));
  });
}

/** What the service has no events for yet. */
const untold = new Set(['message', 'assigned', 'deleted']);

type Become = Pick<Move, 'aspect' | 'kind' | 'from' | 'to'>;

function aspectsOf(transition: Transition, inboxAtMs: number): Become[] {
  const { kind, to = null, by } = transition;
  switch (kind) {
    case 'created':
    case 'imported':
      return [
        { aspect: 'presence', kind, from: 'gone', to: 'listed' },
        { aspect: 'status', kind: null, to },
      ];
    case 'status_changed':
      return [{ aspect: 'status', kind: `status by ${by}`, to }];
    case 'deleted':
      // Whatever else was to be said of it need not be said any more.
      return [
        { aspect: 'presence', kind: 'deleted', to: 'gone' },
        ...['status', 'agent', 'message'].map((aspect) => ({ aspect, kind: null, to: 'gone' })),
      ];
    case 'assigned':
      return [{ aspect: 'agent', kind: 'assigned', to }];
    case 'message':
      // Only the newest message can be seen, and only a visitor's is news.
      return by === 'visitor'
        ? [{ aspect: 'message', kind: 'message', to: secondOf(inboxAtMs) }]
        : [{ aspect: 'message', kind: null, to: null }];
  }
}

/** An inbox may cut its stamps to the second. */
function secondOf(timeMs: number): number {
  return Math.floor(timeMs / 1000);
}

/** What a committed page says of its contacts, with events or in silence. */
export function sightingsOf(
  { events, snapshots }: PageCommit,
  atMs: number,
  clockOffsetMs: number,
): Sighting[] {
  const created = new Set(events.filter(isCreation).map(contactOf));
  const seeds = snapshots
    .filter(({ contactId, before }) => before === null && !created.has(contactId))
    .flatMap(({ contactId, after }) => [
      { contactId, atMs, eventId: null, aspect: 'presence', to: 'listed' },
      { contactId, atMs, eventId: null, aspect: 'status', to: after.status },
    ]);
  return [
    ...seeds,
    ...events.flatMap((event) => {
      const contactId = contactOf(event);
      const occurred = occurredOf(event, clockOffsetMs);
      return told(event).map((said) => ({ contactId, atMs, eventId: event.id, occurred, ...said }));
    }),
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

/** Events whose order within their contact contradicts their sequence; those of one observation share theirs. */
export function outOfSequence(
  commits: readonly { readonly events: readonly ChangeEvent[] }[],
): ChangeEvent[] {
  const last = new Map<string, { readonly sequence: number; readonly commit: number }>();
  return commits.flatMap(({ events }, commit) =>
    events.filter((event) => {
      const contactId = contactOf(event);
      const before = last.get(contactId);
      const { sequence = Number.NaN } = event.data;
      last.set(contactId, { sequence, commit });
      if (before === undefined) return Number.isNaN(sequence);
      return before.commit === commit
        ? sequence !== before.sequence
        : !(sequence > before.sequence);
    }),
  );
}

type Said = Pick<Sighting, 'aspect' | 'to'> & Partial<Pick<Sighting, 'from' | 'eventId'>>;

function told({ type, data }: ChangeEvent): Said[] {
  const { status } = data.contact ?? {};
  switch (type) {
    case 'contact.created':
      return [
        { aspect: 'presence', to: 'listed' },
        { aspect: 'status', to: status, eventId: null },
      ];
    case 'contact.status_changed': {
      const { from, to } = data.changes?.status ?? {};
      return [{ aspect: 'status', from, to }];
    }
    default:
      return [];
  }
}
