import { type ContactRecord, detailOf, fieldLabel, valueWords } from './contact-words.ts';
import type { ShownEvent } from './event-words.ts';

/** What one field was and is. */
export interface ShownChange {
  readonly label: string;
  /** Null where nobody kept it. */
  readonly from: string | null;
  readonly to: string;
  /** Of a list, where it is known what it was: what came and what went. */
  readonly list: { readonly added: readonly string[]; readonly removed: readonly string[] } | null;
}

/**
 * What an event changed, field by field. Of personal data an event says only what it is now; what it was is taken from
 * the record of an event before, where there is one.
 */
export function changesOf({ data }: ShownEvent, earlier: ContactRecord | null): ShownChange[] {
  return Object.entries(data.changes ?? {}).map(([name, change]) => {
    const isFromTold = Object.hasOwn(change, 'from');
    const isFromKnown = isFromTold || earlier !== null;
    const from = isFromTold || earlier === null ? change.from : detailOf(earlier, name);
    return {
      label: fieldLabel(name),
      from: isFromKnown ? valueWords(from) : null,
      to: valueWords(change.to),
      list: isFromKnown ? listChanges(from, change.to) : null,
    };
  });
}

function listChanges(from: unknown, to: unknown): ShownChange['list'] {
  if (!Array.isArray(to) && !Array.isArray(from)) return null;
  const [before, after] = [itemsOf(from), itemsOf(to)];
  return {
    added: after.filter((item) => !before.includes(item)),
    removed: before.filter((item) => !after.includes(item)),
  };
}

function itemsOf(list: unknown): string[] {
  return Array.isArray(list) ? list.map(valueWords) : [];
}

/** Whether what a field was is left out on purpose, so that an event before has to tell it. */
export function needsEarlier({ data }: ShownEvent): boolean {
  return Object.values(data.changes ?? {}).some((change) => !Object.hasOwn(change, 'from'));
}

/** The record that the contact had before: of the latest event of an observation before this one that holds a whole one. */
export function earlierRecord(
  { data }: ShownEvent,
  before: readonly ShownEvent[],
): ContactRecord | null {
  const found = before.find(
    (each) => each.type !== 'contact.deleted' && each.data.sequence !== data.sequence,
  );
  return found?.data.contact ?? null;
}

/** A change on one line, for lists. */
export function changeWords({ label, from, to, list }: ShownChange): string {
  if (list !== null) {
    const marks = [
      ...list.added.map((one) => `+ ${one}`),
      ...list.removed.map((one) => `− ${one}`),
    ];
    if (marks.length > 0) return `${label}: ${marks.join(', ')}`;
  }
  return from === null ? `${label}: ${to}` : `${label}: ${from} → ${to}`;
}
