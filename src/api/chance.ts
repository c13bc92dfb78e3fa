import { hkdfSync } from 'node:crypto';

/** Where the ids and secrets of what a request makes come from. */
export interface Chance {
  readonly newId: () => string;
  readonly randomBytes: (count: number) => Buffer;
}

/** Draws the same, in the same order, whenever it begins with the same seed; nobody without the seed can tell what. */
export function seededChance(seed: Buffer): Chance {
  let draws = 0;
  const randomBytes = (count: number) => {
    draws += 1;
    return Buffer.from(hkdfSync('sha256', seed, '', `draw ${draws}`, count));
  };
  return { randomBytes, newId: () => randomBytes(16).toString('base64url') };
}
