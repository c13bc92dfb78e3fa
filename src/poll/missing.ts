import { areMany, manyAbsentForMs } from './many-absent.ts';

/** Someone who was not where they should have been. */
interface Missing {
  /** Complete readings of their place, in all statuses, without them. */
  readings: number;
  /** Direct look-ups without them. */
  lookUps: number;
  /** Answers that showed them as they cannot be. */
  doubts: number;
  /** Asked for together with others, and not found that way. */
  isGathered: boolean;
  nextAtMs: number;
}

/**
 * Who vanished from the answers and has to be looked for. Only kept in memory: whoever is forgotten is missed again by the
 * next reading of their place.
 */
export interface MissingContacts {
  readonly size: number;
  has(id: string): boolean;
  /** Not in an answer, or doubtful in it: look now. */
  note(id: string, nowMs: number): void;
  /** Not in a complete reading of their place. */
  noteReading(id: string, nowMs: number): void;
  /** Not found by a direct look-up; true: by now this proves that they are gone. `known` is how many there are in all. */
  noteLookUp(id: string, known: number, nowMs: number): boolean;
  /** Shown by an answer that could not be believed: look again, but not for ever. */
  noteDoubt(id: string, nowMs: number): void;
  /** Asked for together with others: if that did not find them, they are looked for one by one. */
  noteGathered(id: string): void;
  forget(id: string): void;
  /** Shown where they were: whoever was proved absent before shows that this inbox hides people now and then. */
  found(id: string, nowMs: number): void;
  /** All who just went missing and may be looked for together. */
  fresh(nowMs: number): string[];
  /** The one who has waited longest and may be looked for now. */
  next(nowMs: number): { readonly id: string; readonly isLookUp: boolean } | null;
}

const readingsNeeded = 2;
/** An inbox that hiccups hides someone for a moment. */
const betweenReadingsMs = 10_000;
/** So many in an hour that were absent and are there again: absence proves less in this inbox. */
const foundAgainBorne = 3;
const rememberedMs = 3_600_000;
const moreWhereUnreliable = 3;
const doubtMs = 2000;
const doubtsBorne = 5;

export function createMissingContacts(): MissingContacts {
  const missing = new Map<string, Missing>();

  /** Whoever was hidden for a moment in the last hour. */
  let foundAgainAtMs: number[] = [];

  function isUnreliable(nowMs: number): boolean {
    foundAgainAtMs = foundAgainAtMs.filter((atMs) => nowMs - atMs < rememberedMs);
    return foundAgainAtMs.length >= foundAgainBorne;
  }

  function entryOf(id: string, nowMs: number): Missing {
    const known = missing.get(id);
    if (known !== undefined) return known;
    const entry = { readings: 0, lookUps: 0, doubts: 0, isGathered: false, nextAtMs: nowMs };
    missing.set(id, entry);
    return entry;
  }

  return {
    get size() {
      return missing.size;
    },
    has: (id) => missing.has(id),
    note(id, nowMs) {
      entryOf(id, nowMs);
    },
    noteReading(id, nowMs) {
      const entry = entryOf(id, nowMs);
      // Where everyone is read again within seconds, each reading would put the look-up off once more.
      if (entry.readings >= readingsNeeded) return;
      entry.readings += 1;
      // Others' places are read over and over: that must not bring a second proof forward.
      entry.nextAtMs = Math.max(entry.nextAtMs, nowMs + betweenReadingsMs);
    },
    noteLookUp(id, known, nowMs) {
      const entry = entryOf(id, nowMs);
      entry.lookUps += 1;
      // Who was looked up before still counts, or the last few of many would be taken for a few.
      const isSuspect = ({ readings, lookUps }: Missing) => readings > 0 || lookUps > 0;
      const suspects = [...missing.values()].filter(isSuspect).length;
      const isMany = areMany(suspects, known);
      const needed = (isMany ? 2 : 1) + (isUnreliable(nowMs) ? moreWhereUnreliable : 0);
      if (entry.lookUps >= needed) return true;
      if (isMany) entry.readings = 0;
      entry.nextAtMs = nowMs + (isMany ? manyAbsentForMs : betweenReadingsMs);
      return false;
    },
    noteDoubt(id, nowMs) {
      const entry = missing.get(id);
      if (entry === undefined) return;
      entry.doubts += 1;
      entry.nextAtMs = nowMs + doubtMs;
      if (entry.doubts > doubtsBorne) missing.delete(id);
    },
    noteGathered(id) {
      const entry = missing.get(id);
      if (entry !== undefined) entry.isGathered = true;
    },
    forget: (id) => {
      missing.delete(id);
    },
    found(id, nowMs) {
      if ((missing.get(id)?.readings ?? 0) > 0) foundAgainAtMs.push(nowMs);
      missing.delete(id);
    },
    fresh(nowMs) {
      const isFresh = ({ readings, lookUps, isGathered, nextAtMs }: Missing) =>
        readings === 0 && lookUps === 0 && !isGathered && nextAtMs <= nowMs;
      return [...missing].flatMap(([id, entry]) => (isFresh(entry) ? [id] : []));
    },
    next(nowMs) {
      for (const [id, { readings, nextAtMs }] of missing) {
        if (nextAtMs <= nowMs) return { id, isLookUp: readings >= readingsNeeded };
      }
      return null;
    },
  };
}
