/** 4,096 buckets keep 100,000 contacts at 24 a bucket and 500,000 still within a listpack (128). */
export const bucketCount = 4096;

/** FNV-1a, so that ids of any shape spread evenly. */
export function bucketOf(contactId: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < contactId.length; index += 1) {
    hash = Math.imul(hash ^ contactId.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0) % bucketCount;
}

/** One of before July 1970 would begin with the byte that marks a text. */
const objectId = /^(?!00)[0-9a-f]{24}$/;

/** An ObjectId takes 12 bytes, any other id its text behind a byte that keeps the two apart. */
export function packContactId(contactId: string): Buffer {
  if (objectId.test(contactId)) return Buffer.from(contactId, 'hex');
  return Buffer.from(`\0${contactId}`, 'utf8');
}

export function unpackContactId(field: Buffer): string {
  return field[0] === 0 ? field.toString('utf8', 1) : field.toString('hex');
}
