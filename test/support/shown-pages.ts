import type { Contact } from '#domain/contact.ts';
import type { InboxQuestion } from '#inbox/request-body.ts';
import {
  createEvidence,
  learn,
  learnShortfall,
  learnShrunkPage,
  nothingLearned,
} from '#poll/learn.ts';
import type { Learned } from '#store/source-state.ts';
import { at, makeContact } from './observations.ts';

export const minute = 60_000;
export const nowMs = at('10:00:00');

/** An inbox that shows one answer after the other. */
export function openInbox(known: Partial<Learned> = {}) {
  const evidence = createEvidence();
  let learned: Learned = { ...nothingLearned, ...known };
  return {
    evidence,
    get learned() {
      return learned;
    },
    answer(
      contacts: readonly Contact[],
      question: InboxQuestion = {},
      { atMs = nowMs, recordCount = contacts.length } = {},
    ) {
      learned = learn(learned, evidence, { question, contacts, recordCount, nowMs: atMs });
      return learned;
    },
    fallShort(size: number, isShort = true) {
      learned = learnShortfall(learned, evidence, size, isShort);
      return learned;
    },
    shrink(size: number) {
      learned = learnShrunkPage(learned, evidence, size);
      return learned;
    },
  };
}

type Stamps = Partial<Pick<Contact, 'createdAtMs' | 'updatedAtMs' | 'lastSeenAtMs' | 'status'>>;

/** A page of people, each with these stamps and nothing that tells anything else. */
export function pageOf(count: number, stampsAt: (place: number) => Stamps = () => ({})) {
  return Array.from({ length: count }, (_, place) =>
    makeContact({
      id: `contact-${place}`,
      createdAtMs: nowMs,
      updatedAtMs: nowMs,
      lastSeenAtMs: nowMs,
      ...stampsAt(place),
    }),
  );
}
