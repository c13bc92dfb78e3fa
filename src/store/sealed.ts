import { createCipheriv, createDecipheriv, createHash } from 'node:crypto';

/**
 * Secrets at rest: AES-256-GCM, as `v1.{key id}.{nonce}.{ciphertext and tag}` in base64url. The key id tells which key of
 * the list opens it; the context (whose secret it is) is authenticated, so that one cannot be put in another's place.
 */
export interface Seal {
  seal(text: string, context: string): string;
  /** Throws `SealError` when no key of the list opens it, or when it was changed. */
  open(sealed: string, context: string): string;
  /** Whether the first key sealed it, so that the others are not needed for it. */
  isCurrent(sealed: string): boolean;
}

export class SealError extends Error {
  override readonly name = 'SealError' as const;
}

const nonceBytes = 12;
const tagBytes = 16;

/** `keys`: 32 bytes each; the first seals, any opens. */
export function createSeal(keys: readonly Buffer[], randomBytes: (count: number) => Buffer): Seal {
  const known = new Map(keys.map((key) => [keyId(key), key]));
  const [first] = keys;
  if (first === undefined) throw new SealError('There is no encryption key.');
  const opening = `v1.${keyId(first)}.`;
  return {
    seal(text, context) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv('aes-256-gcm', first, nonce);
      cipher.setAAD(Buffer.from(context));
      const sealed = Buffer.concat([
        cipher.update(text, 'utf8'),
        cipher.final(),
        cipher.getAuthTag(),
      ]);
      return `${opening}${nonce.toString('base64url')}.${sealed.toString('base64url')}`;
    },
    isCurrent: (sealed) => sealed.startsWith(opening),
    open(sealed, context) {
      const [version, id = '', nonce = '', rest = ''] = sealed.split('.');
      const key = known.get(id);
      if (version !== 'v1' || key === undefined) {
        throw new SealError(
          `What is stored for ${context} was encrypted with a key (id ${id}) that ENCRYPTION_KEY does not list; add that key to the list.`,
        );
      }
      try {
        return decrypt(
          key,
          Buffer.from(nonce, 'base64url'),
          Buffer.from(rest, 'base64url'),
          context,
        );
      } catch (cause) {
        throw new SealError(`What is stored for ${context} cannot be decrypted.`, { cause });
      }
    },
  };
}

function decrypt(key: Buffer, nonce: Buffer, sealed: Buffer, context: string): string {
  const end = Math.max(0, sealed.length - tagBytes);
  // Without its length named, a tag cut to four bytes would do, and that one can be guessed.
  const options = { authTagLength: tagBytes };
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, options);
  decipher.setAAD(Buffer.from(context));
  decipher.setAuthTag(sealed.subarray(end));
  return decipher.update(sealed.subarray(0, end), undefined, 'utf8') + decipher.final('utf8');
}

function keyId(key: Buffer): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 8);
}
