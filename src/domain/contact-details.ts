/** What `contact.updated` watches, under the names that `data.changes` uses. */
export const detailNames = [
  'name',
  'email',
  'phone',
  'tags',
  'segments',
  'attributes',
  'hasOrdered',
  'isSubscriber',
  'isUserBlocked',
] as const;
export type DetailName = (typeof detailNames)[number];

/** The values as the record has them, whatever their shape; `undefined` where it has none. */
export type ContactDetails = Readonly<Record<DetailName, unknown>>;

/** One number of 24 bits for each detail, 0 where it is empty: enough to notice a change, too little to tell the value. */
export type DetailDigests = Readonly<Record<DetailName, number>>;

export function digestDetails(details: ContactDetails): DetailDigests {
  return {
    name: digest(details.name),
    email: digest(details.email),
    phone: digest(details.phone),
    tags: digest(details.tags),
    segments: digest(details.segments),
    attributes: digest(details.attributes),
    hasOrdered: digest(details.hasOrdered),
    isSubscriber: details.isSubscriber === true ? 1 : 0,
    isUserBlocked: details.isUserBlocked === true ? 1 : 0,
  };
}

function digest(value: unknown): number {
  const hash = hashOf(value, 0);
  if (hash === 0) return 0;
  return (hash ^ (hash >>> 24)) & 0xffffff || 1;
}

/** As deep as MongoDB lets a document be; what lies deeper does not count. */
const mostDepth = 100;

/**
 * 0 for everything that says nothing: a missing value, null, false, an empty text, a list or an object of nothing but
 * such. The order within a list does not count, nor that of an object's keys: an inbox that returns tags in another order
 * has changed nothing.
 */
function hashOf(value: unknown, depth: number): number {
  if (typeof value === 'string') return value === '' ? 0 : hashText(value, textSeed);
  if (typeof value === 'boolean') return value ? trueHash : 0;
  if (typeof value === 'number') return hashText(String(value), numberSeed);
  if (typeof value !== 'object' || value === null || depth === mostDepth) return 0;
  return Array.isArray(value)
    ? hashList(value, depth + 1)
    : hashObject(value as Record<string, unknown>, depth + 1);
}

function hashList(list: readonly unknown[], depth: number): number {
  let sum = 0;
  for (const each of list) sum = (sum + mix(hashOf(each, depth))) | 0;
  return sum;
}

function hashObject(object: Readonly<Record<string, unknown>>, depth: number): number {
  let sum = 0;
  // Every record comes this way, and Object.entries would double the time.
  for (const key in object) {
    const hash = hashOf(object[key], depth);
    if (hash !== 0) sum = (sum + mix(hashText(key, hash))) | 0;
  }
  return sum;
}

const textSeed = 0x811c9dc5;
const numberSeed = 0x01000193;
const trueHash = 1;

/** FNV-1a over UTF-16 units: fast, and needs not be more, since nobody gains from two values that look the same. */
function hashText(text: string, seed: number): number {
  let hash = seed;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash;
}

/** Spreads every bit over all (the end of MurmurHash3), so that sums of hashes are as good as hashes; 0 stays 0. */
function mix(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
