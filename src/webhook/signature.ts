import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';

const secretPrefix = 'whsec_';
const newSecretBytes = 32;
const leastSecretBytes = 24;
const mostSecretBytes = 64;
const mostCachedKeys = 10_000;

// Making a KeyObject costs about as much as the signature itself, and a secret signs many attempts.
const keys = new Map<string, KeyObject>();

/** A fresh Standard Webhooks secret: `whsec_` and the base64 of 32 bytes from `randomBytes`. */
export function createSecret(randomBytes: (count: number) => Buffer): string {
  return secretPrefix + randomBytes(newSecretBytes).toString('base64');
}

/**
 * What is wrong with a secret that a caller brought and what to do about it, or null when it is `whsec_` and the base64 of
 * 24 to 64 bytes. Never repeats the secret.
 */
export function secretProblem(secret: string): string | null {
  if (!secret.startsWith(secretPrefix)) {
    return `must start with ${secretPrefix}; leave it out to have one made`;
  }
  const encoded = secret.slice(secretPrefix.length);
  const bytes = Buffer.from(encoded, 'base64');
  // Buffer skips what it cannot read, while verifying libraries refuse it: only the spelling both agree on passes.
  if (bytes.toString('base64') !== encoded) {
    return `must be standard base64 with padding after ${secretPrefix}`;
  }
  if (bytes.length < leastSecretBytes || bytes.length > mostSecretBytes) {
    return `must hold ${leastSecretBytes} to ${mostSecretBytes} bytes, this one holds ${bytes.length}`;
  }
  return null;
}

/**
 * The three headers of Standard Webhooks 1.0 over exactly the bytes of `body`: one `v1` HMAC-SHA256 entry per secret, in
 * their order. The secrets must have passed `secretProblem`.
 */
export function signatureHeaders(input: {
  readonly eventId: string;
  readonly timestampSeconds: number;
  readonly body: Buffer;
  readonly secrets: readonly string[];
}): { 'webhook-id': string; 'webhook-timestamp': string; 'webhook-signature': string } {
  const { eventId, timestampSeconds, body, secrets } = input;
  const timestamp = String(timestampSeconds);
  // The body is fed in as a second update: joining it to the prefix first costs five times the HMAC.
  const signed = `${eventId}.${timestamp}.`;
  let signatures = '';
  for (const secret of secrets) {
    const hmac = createHmac('sha256', keyOf(secret)).update(signed).update(body);
    signatures += `${signatures === '' ? '' : ' '}v1,${hmac.digest('base64')}`;
  }
  return {
    'webhook-id': eventId,
    'webhook-timestamp': timestamp,
    'webhook-signature': signatures,
  };
}

function keyOf(secret: string): KeyObject {
  const cached = keys.get(secret);
  if (cached !== undefined) return cached;
  const key = createSecretKey(secret.slice(secretPrefix.length), 'base64');
  if (keys.size >= mostCachedKeys) keys.clear();
  keys.set(secret, key);
  return key;
}
