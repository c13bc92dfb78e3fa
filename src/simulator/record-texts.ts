import { type SimulatedContact, wholeSecond } from './contact.ts';
import { isOnline, toRecord } from './record.ts';

/** So many are kept at most: some 100 MB. */
const mostTexts = 65_536;

/**
 * Records as JSON, kept until their contact is written to or goes off-line: a reader asks for most of them again and again,
 * and to draw one anew takes longer than all else about a page.
 */
export function createRecordTexts(
  seed: number,
  stampsInSeconds: boolean,
): (contact: Readonly<SimulatedContact>, nowMs: number) => string {
  const kept = new Map<
    Readonly<SimulatedContact>,
    { readonly writes: number; readonly online: boolean; readonly text: string }
  >();
  return (contact, nowMs) => {
    const online = isOnline(contact, nowMs);
    const { writes } = contact;
    const known = kept.get(contact);
    if (known !== undefined && known.writes === writes && known.online === online) {
      return known.text;
    }
    const text = JSON.stringify(
      toRecord(stampsInSeconds ? inSeconds(contact) : contact, seed, nowMs),
    );
    if (kept.size >= mostTexts) kept.clear();
    kept.set(contact, { writes, online, text });
    return text;
  };
}

function inSeconds(contact: Readonly<SimulatedContact>): SimulatedContact {
  const { createdAtMs, updatedAtMs } = contact;
  // The time of the last visit is so anyway.
  return {
    ...contact,
    createdAtMs: wholeSecond(createdAtMs),
    updatedAtMs: wholeSecond(updatedAtMs),
  };
}
