/**
 * Big-endian numbers of 2 to 6 bytes in a buffer whose length was checked before: what `Buffer.writeUIntBE` and its like
 * do, without the checks, which would cost more than everything else of packing a snapshot.
 */

const base = 0x1000000;

/** Each `put` returns where the number ends. */
export function put16(bytes: Buffer, at: number, value: number): number {
  bytes[at] = value >>> 8;
  bytes[at + 1] = value;
  return at + 2;
}

export function put24(bytes: Buffer, at: number, value: number): number {
  bytes[at] = value >>> 16;
  return put16(bytes, at + 1, value);
}

export function put40(bytes: Buffer, at: number, value: number): number {
  const high = Math.floor(value / base);
  return put24(bytes, put16(bytes, at, high), value - high * base);
}

export function put48(bytes: Buffer, at: number, value: number): number {
  const high = Math.floor(value / base);
  return put24(bytes, put24(bytes, at, high), value - high * base);
}

/** Where the next number begins; each `take` moves it on. */
export interface Cursor {
  readonly bytes: Buffer;
  at: number;
}

export function take16(from: Cursor): number {
  const { bytes, at } = from;
  from.at = at + 2;
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}

export function take24(from: Cursor): number {
  const high = from.bytes[from.at] ?? 0;
  from.at += 1;
  return (high << 16) | take16(from);
}

export function take40(from: Cursor): number {
  return take16(from) * base + take24(from);
}

export function take48(from: Cursor): number {
  return take24(from) * base + take24(from);
}
