import type { Random } from './random.ts';

/** A set from which a member can be drawn at random in constant time. */
export interface Bag<T> {
  readonly size: number;
  add(member: T): void;
  remove(member: T): void;
  draw(random: Random): T | undefined;
  find(is: (member: T) => boolean): T | undefined;
}

export function createBag<T>(initial: readonly T[]): Bag<T> {
  const members = [...initial];
  const places = new Map(members.map((member, index) => [member, index]));
  return {
    get size() {
      return members.length;
    },
    add(member) {
      if (places.has(member)) return;
      places.set(member, members.length);
      members.push(member);
    },
    remove(member) {
      const place = places.get(member);
      const last = members.pop();
      if (last === undefined) return;
      if (place === undefined) {
        members.push(last);
        return;
      }
      places.delete(member);
      if (last === member) return;
      // The last member fills the gap, so that nothing has to move up.
      members[place] = last;
      places.set(last, place);
    },
    find: (is) => members.find(is),
    draw: (random) => (members.length === 0 ? undefined : random.pick(members)),
  };
}
