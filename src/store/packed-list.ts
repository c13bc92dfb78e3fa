/**
 * Many values as one argument of a script, which takes them off one after another with `struct.unpack('>I4c0', list, at)`:
 * both ends read hundreds of small arguments far more slowly.
 */
export function packList(values: readonly Buffer[]): Buffer {
  let length = 0;
  for (const value of values) length += lengthBytes + value.length;
  const list = Buffer.allocUnsafe(length);
  let at = 0;
  for (const value of values) {
    at = list.writeUInt32BE(value.length, at);
    at += value.copy(list, at);
  }
  return list;
}

const lengthBytes = 4;
