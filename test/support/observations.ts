import type { Contact, Snapshot, Watched } from '#domain/contact.ts';
import { type ContactDetails, digestDetails } from '#domain/contact-details.ts';
import { type DiffContext, diffContact } from '#poll/diff.ts';
import { createHeldObservations } from '#poll/held-observations.ts';

/** A moment of the day on which all of this happens. */
export const at = (time: string) => Date.parse(`2026-06-12T${time}Z`);

export const contactId = '6a2bbfbe1a0899b1ad04bf58';
export const agentId = '5fed38e56fb193dcc6c933f5';

const details: ContactDetails = {
  name: 'Ada',
  email: 'ada@example.com',
  phone: { number: '1', prefix: '+44' },
  tags: ['vip', 'new'],
  segments: ['s-1'],
  attributes: [{ key: 'size', value: 'L' }],
  hasOrdered: { status: false },
  isSubscriber: true,
  isUserBlocked: false,
};

/** As the documented sample shows it, an hour and more after its creation. */
export function makeContact(
  changes: Partial<Omit<Contact, 'details'>> & { details?: Partial<ContactDetails> } = {},
): Contact {
  const { id = contactId, status = 'ONHOLD' } = changes;
  return {
    createdAtMs: at('08:13:50.362'),
    updatedAtMs: at('10:00:02.910'),
    lastSeenAtMs: at('08:13:50'),
    isImported: false,
    agent: null,
    isLiveChatActive: false,
    userMessageAtMs: null,
    record: { _id: id, status, somethingNew: [1] },
    ...changes,
    id,
    status,
    details: { ...details, ...changes.details },
  };
}

const watchedBefore: Watched = {
  agent: null,
  isLiveChatActive: false,
  userMessageAtMs: null,
  details: digestDetails(details),
};

/** What was known of that contact a quarter of a minute before. */
export function makeSnapshot(
  changes: Partial<Omit<Snapshot, 'watched'>> & {
    watched?: Partial<Watched> | null;
  } = {},
): Snapshot {
  const { watched } = changes;
  return {
    status: 'OPEN',
    sequence: at('08:13:50.362'),
    createdAtMs: at('08:13:50.362'),
    updatedAtMs: at('08:14:00'),
    observedAtMs: at('09:59:49.002'),
    presence: 'listed',
    ...changes,
    watched: watched === null ? null : { ...watchedBefore, ...watched },
  };
}

/** A source that was connected before that contact came, and a reading at ten o'clock. */
export function makeContext(changes: Partial<DiffContext> = {}): DiffContext {
  return {
    sourceId: 'default',
    baseline: {
      id: 'baseline-1',
      startedAtMs: at('08:00:00'),
      activated: true,
      completedAtMs: at('08:05:00'),
      proven: true,
    },
    observed: { fromMs: at('10:00:03.000'), toMs: at('10:00:03.500') },
    nowMs: at('10:00:04.120'),
    confirming: false,
    held: createHeldObservations(() => at('10:00:04.120')),
    isMissing: () => false,
    ...changes,
  };
}

/** The context of a reading that was asked at this moment and answered half a second later. */
export function askedAt(time: string, changes: Partial<DiffContext> = {}): DiffContext {
  const fromMs = at(time);
  return makeContext({ observed: { fromMs, toMs: fromMs + 500 }, nowMs: fromMs + 500, ...changes });
}

/** What a record says that is not stale. */
export function diffOf(known: Snapshot | null, contact: Contact, context = makeContext()) {
  const diff = diffContact(known, contact, context);
  if (diff.kind === 'stale') throw new Error('The record was taken for an old one.');
  return diff;
}

export function typesOf(...args: Parameters<typeof diffOf>) {
  return diffOf(...args).events.map(({ type }) => type);
}
