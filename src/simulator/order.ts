interface Numbered {
  readonly serial: number;
}

/** Keeps members sorted by a number, the smallest first, ties by serial. */
export interface Order<T> {
  /** For a new member, or one whose key may have moved. */
  place(member: T): void;
  remove(member: T): void;
  sorted(): readonly T[];
  /** Those whose keys lie in this range, both ends included. */
  between(fromKey: number, toKey: number): T[];
}

export function createOrder<T extends Numbered>(
  keyOf: (member: T) => number,
  initial: readonly T[],
): Order<T> {
  const members = initial.toSorted((a, b) => keyOf(a) - keyOf(b) || a.serial - b.serial);
  // The keys under which members were filed, so that one is found again after its own has changed.
  const keys = members.map(keyOf);
  const filed = new Map(members.map((member) => [member, keyOf(member)]));

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

  function remove(member: T) {
    const key = filed.get(member);
    if (key === undefined) return;
    const index = indexOf(key, member.serial);
    members.splice(index, 1);
    keys.splice(index, 1);
    filed.delete(member);
  }

  return {
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
    // A copy, so that whoever goes through it may write meanwhile.
    sorted: () => members.slice(),
    between: (fromKey, toKey) =>
      members.slice(indexOf(fromKey, -1), indexOf(toKey, Number.POSITIVE_INFINITY)),
  };
}
