interface Numbered {
  readonly serial: number;
}

/** Keeps members sorted by a number, the smallest first, ties by serial. */
export interface Order<T> {
  /** The very list, which the next write moves. */
  readonly members: readonly T[];
  /** For a new member, or one whose key may have moved. */
  place(member: T): void;
  remove(member: T): void;
  /** Those whose keys lie in this range, both ends included. */
  between(fromKey: number, toKey: number): T[];
  countBetween(fromKey: number, toKey: number): number;
}

export function createOrder<T extends Numbered>(
  keyOf: (member: T) => number,
  initial: readonly T[],
): Order<T> {
  const members = initial.toSorted((a, b) => keyOf(a) - keyOf(b) || a.serial - b.serial);
  // The keys under which members were filed, so that one is found again after its own has changed.
  const keys = members.map(keyOf);
  const filed = new Map(members.map((member, index) => [member, keys[index]]));

  function indexOf(key: number, serial: number): number {
    let low = 0;
    let high = keys.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const difference = (keys[middle] ?? 0) - key || (members[middle]?.serial ?? 0) - serial;
      if (difference < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Where a range begins and where it has ended. */
  function edges(fromKey: number, toKey: number): [number, number] {
    const start = indexOf(fromKey, -1);
    return [start, Math.max(start, indexOf(toKey, Number.POSITIVE_INFINITY))];
  }

  function remove(member: T) {
    const key = filed.get(member);
    if (key === undefined) return;
    const index = indexOf(key, member.serial);
    members.splice(index, 1);
    keys.splice(index, 1);
    filed.delete(member);
  }

  return {
    members,
    remove,
    place(member) {
      const key = keyOf(member);
      if (filed.get(member) === key) return;
      remove(member);
      const index = indexOf(key, member.serial);
      members.splice(index, 0, member);
      keys.splice(index, 0, key);
      filed.set(member, key);
    },
    between: (fromKey, toKey) => members.slice(...edges(fromKey, toKey)),
    countBetween(fromKey, toKey) {
      const [start, end] = edges(fromKey, toKey);
      return end - start;
    },
  };
}
