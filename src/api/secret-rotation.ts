import type { SigningSecret } from '#domain/subscription.ts';

/** The secrets after a rotation, the newest first; or why there can be none now. */
export type RotatedSecrets =
  | { readonly kind: 'rotated'; readonly secrets: readonly SigningSecret[] }
  | { readonly kind: 'in_force_already' }
  /** `nextEnd`: when the first of them stops signing. */
  | { readonly kind: 'too_many'; readonly nextEnd: string };

/** Every attempt carries a signature for each, in one header. */
const mostInForce = 5;

/**
 * Puts a new secret before those in force. The one that signed without an end gets one; those that have theirs keep it, so
 * that nobody who was promised an overlap loses it, and none signs for longer than was said.
 */
export function rotateSecrets(
  secrets: readonly SigningSecret[],
  value: string,
  nowMs: number,
  overlapMs: number,
): RotatedSecrets {
  const endsAt = new Date(nowMs + overlapMs).toISOString();
  const isInForce = ({ until }: SigningSecret) => until === null || Date.parse(until) > nowMs;
  if (secrets.some((each) => each.value === value && isInForce(each))) {
    return { kind: 'in_force_already' };
  }
  const before = secrets.map((each) => ({ ...each, until: each.until ?? endsAt }));
  const still = before.filter(isInForce);
  if (still.length >= mostInForce) {
    const ends = still.map(({ until }) => until).sort();
    return { kind: 'too_many', nextEnd: ends[0] ?? endsAt };
  }
  return { kind: 'rotated', secrets: [{ value, until: null }, ...still] };
}
