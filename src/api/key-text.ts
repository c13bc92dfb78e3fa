import { createHash } from 'node:crypto';

const shape = /^ink_[\w-]{43}$/;

/** 256 bits of chance, behind what tells people and scanners for secrets whose key it is. */
export function makeKeyText(randomBytes: (count: number) => Buffer): string {
  return `ink_${randomBytes(32).toString('base64url')}`;
}

/** Whether a text can be a key at all; what cannot is not worth a question to Redis. */
export function looksLikeKey(text: string): boolean {
  return shape.test(text);
}

/** SHA-256 in hex. A key is 256 bits of chance, so a slow hash would make nothing harder to guess. */
export function hashOfKey(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
