import type { Snapshot } from '#domain/contact.ts';

/**
 * Packed so that a contact costs about 50 bytes and its bucket stays a listpack (values over 64 bytes would turn it into a
 * hash table): version, then sequence, createdAt, updatedAt (0 = none) and observedAt as 48-bit ms, then the status.
 */
const version = 1;
const statusOffset = 25;

export function packSnapshot(snapshot: Snapshot): Buffer {
  const bytes = Buffer.allocUnsafe(statusOffset + Buffer.byteLength(snapshot.status));
  bytes[0] = version;
  bytes.writeUIntBE(snapshot.sequence, 1, 6);
  bytes.writeUIntBE(snapshot.createdAtMs, 7, 6);
  bytes.writeUIntBE(snapshot.updatedAtMs ?? 0, 13, 6);
  bytes.writeUIntBE(snapshot.observedAtMs, 19, 6);
  bytes.write(snapshot.status, statusOffset);
  return bytes;
}

export function unpackSnapshot(bytes: Buffer): Snapshot {
  if (bytes[0] !== version || bytes.length < statusOffset) {
    throw new SnapshotFormatError(bytes[0]);
  }
  return {
    sequence: bytes.readUIntBE(1, 6),
    createdAtMs: bytes.readUIntBE(7, 6),
    updatedAtMs: bytes.readUIntBE(13, 6) || null,
    observedAtMs: bytes.readUIntBE(19, 6),
    status: bytes.toString('utf8', statusOffset),
  };
}

class SnapshotFormatError extends Error {
  override readonly name = 'SnapshotFormatError' as const;
  constructor(found: number | undefined) {
    super(`A snapshot in Redis has format ${found}, this version reads ${version}.`);
  }
}

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
