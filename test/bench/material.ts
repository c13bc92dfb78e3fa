import type { ChangeEvent } from '#domain/change-event.ts';
import type { Contact, Snapshot } from '#domain/contact.ts';
import type { Subscription, SubscriptionId } from '#domain/subscription.ts';
import { parsePage } from '#inbox/wire.ts';
import { type DiffContext, diffContact } from '#poll/diff.ts';
import { createHeldObservations } from '#poll/held-observations.ts';
import { createPopulation } from '#simulator/population.ts';
import { toRecord } from '#simulator/record.ts';
import { completeSettings, noActivity } from '#simulator/settings.ts';

/** The moment at which all benchmarks take place, so that every run has the same bytes. */
export const nowMs = Date.parse('2026-06-12T10:00:00.000Z');

/** Documented records of so many contacts with a history. */
export function makeRecords(count: number): Record<string, unknown>[] {
  const settings = completeSettings({ contacts: count, activityPerMinute: noActivity });
  const { listed } = createPopulation(settings, () => nowMs);
  return listed().map((contact) => toRecord(contact, settings.seed, nowMs));
}

export function makeContacts(count: number): readonly Contact[] {
  const parsed = parsePage({ data: makeRecords(count) });
  if (parsed.kind !== 'page') throw new TypeError('The simulator made records that are none.');
  return parsed.contacts;
}

/** Judges as a source that was connected long after all its contacts were created: they are seeded in silence. */
export function diffContext(sourceId: string): DiffContext {
  return {
    sourceId,
    baseline: {
      id: 'bench',
      startedAtMs: nowMs,
      activated: true,
      completedAtMs: null,
      proven: false,
    },
    observed: { fromMs: nowMs, toMs: nowMs },
    nowMs,
    confirming: false,
    held: createHeldObservations(() => nowMs),
    isMissing: () => false,
  };
}

/**
 * One change of status of each contact, as a page that shows it would announce it. Those of another round are other events:
 * one and the same is committed once, however often it is handed over.
 */
export function makeEvents(
  sourceId: string,
  contacts: readonly Contact[],
  round = 0,
): ChangeEvent[] {
  const found = diffContext(sourceId);
  const context = { ...found, baseline: { ...found.baseline, id: `bench-${round}` } };
  return contacts.flatMap((contact) => {
    const known: Snapshot = {
      status: contact.status === 'OPEN' ? 'CLOSED' : 'OPEN',
      sequence: contact.createdAtMs,
      createdAtMs: contact.createdAtMs,
      updatedAtMs: contact.createdAtMs,
      observedAtMs: nowMs - 10_000,
      presence: 'listed',
      watched: null,
    };
    const diff = diffContact(known, contact, context);
    return diff.kind === 'seen' ? diff.events : [];
  });
}

export const secret = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;

/** Wants every change of these sources. */
export function makeSubscription(
  number: number,
  url: string,
  sources: readonly string[],
): Subscription {
  const id: SubscriptionId = `sub_${String(number).padStart(22, '0')}`;
  const createdAt = new Date(nowMs + number).toISOString();
  return {
    id,
    url,
    events: ['contact.created', 'contact.status_changed'],
    sources,
    format: 'standard',
    headers: {},
    ordering: 'none',
    maxInFlight: 8,
    secrets: [{ value: secret, until: null }],
    createdAt,
    updatedAt: createdAt,
  };
}
