/** Keeps members in an order, so that the first at or after a point is found at once, among hundreds of thousands too. */
export interface SortedList<T> {
  readonly size: number;
  add(member: T): void;
  /** Of members that compare as equal, one. */
  remove(member: T): void;
  /** The place of the first that does not come before the point; `isBefore` is true up to there. */
  placeOf(isBefore: (member: T) => boolean): number;
  /** All from this place on, as long as nobody comes or goes. */
  from(place: number): Iterable<T>;
  slice(fromPlace: number, toPlace: number): T[];
}

/** A member that comes or goes moves no more than these. */
const blockSize = 1024;

export function sortedList<T>(
  compare: (a: T, b: T) => number,
  initial: Iterable<T> = [],
): SortedList<T> {
  const sorted = [...initial].sort(compare);
  /** None is empty. */
  const blocks: T[][] = [];
  for (let start = 0; start < sorted.length; start += blockSize / 2) {
    blocks.push(sorted.slice(start, start + blockSize / 2));
  }
  let size = sorted.length;

  /** The first block whose last member does not come before the point, and the place in it. */
  function find(isBefore: (member: T) => boolean): { block: number; index: number } {
    const block = search(blocks.length, (at) => isBefore(blocks[at]?.at(-1) as T));
    const members = blocks[block] ?? [];
    return { block, index: search(members.length, (at) => isBefore(members[at] as T)) };
  }

  function sizeBefore(block: number): number {
    let sum = 0;
    for (let at = 0; at < block; at += 1) sum += blocks[at]?.length ?? 0;
    return sum;
  }

  function slice(fromPlace: number, toPlace: number): T[] {
    const found: T[] = [];
    let start = 0;
    for (const members of blocks) {
      if (start >= toPlace) break;
      if (start + members.length > fromPlace) {
        found.push(...members.slice(Math.max(0, fromPlace - start), toPlace - start));
      }
      start += members.length;
    }
    return found;
  }

  return {
    get size() {
      return size;
    },
    add(member) {
      const found = find((other) => compare(other, member) < 0);
      // Behind all others: it joins the last block.
      const block = Math.max(0, Math.min(found.block, blocks.length - 1));
      const members = blocks[block] ?? [];
      if (blocks.length === 0) blocks.push(members);
      members.splice(found.block === block ? found.index : members.length, 0, member);
      size += 1;
      if (members.length > blockSize) blocks.splice(block + 1, 0, members.splice(blockSize / 2));
    },
    remove(member) {
      const { block, index } = find((other) => compare(other, member) < 0);
      const members = blocks[block];
      const found = members?.[index];
      if (members === undefined || found === undefined || compare(found, member) !== 0) return;
      members.splice(index, 1);
      size -= 1;
      if (members.length === 0) blocks.splice(block, 1);
    },
    placeOf(isBefore) {
      const { block, index } = find(isBefore);
      return sizeBefore(block) + index;
    },
    *from(place) {
      let start = 0;
      for (const members of blocks) {
        for (let at = Math.max(0, place - start); at < members.length; at += 1) {
          yield members[at] as T;
        }
        start += members.length;
      }
    },
    slice,
  };
}

/** The first of `count` places for which this is not so; it is so for all before it. */
function search(count: number, isBefore: (at: number) => boolean): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBefore(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
