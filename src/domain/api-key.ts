/** What a key opens: `admin` all; `read` all that can be read; `subscriptions` what was made with the key itself. */
export const keyScopes = ['admin', 'read', 'subscriptions'] as const;
export type KeyScope = (typeof keyScopes)[number];

export type ApiKeyId = `key_${string}`;

/** The id of the key in the environment, which is nowhere stored. */
export const bootstrapKeyId: ApiKeyId = 'key_bootstrap';

/** Who asks: what is known of the key that was shown, and never the key. */
export interface Principal {
  readonly keyId: ApiKeyId;
  readonly name: string;
  readonly scopes: readonly KeyScope[];
}

/** A key as it is kept: never its text, which was shown once. Times are ISO 8601. */
export interface ApiKey {
  readonly id: ApiKeyId;
  readonly name: string;
  readonly scopes: readonly KeyScope[];
  readonly requestsPerMinute: number;
  /** Its first characters, by which people recognise it. */
  readonly start: string;
  /** SHA-256 in hex. */
  readonly hash: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** From then on it opens nothing; null for one that is good until it is revoked. */
  readonly expiresAt: string | null;
}

/** Whether one of these scopes is the principal's; `admin` stands for each. */
export function hasScope({ scopes }: Principal, wanted: readonly KeyScope[]): boolean {
  return scopes.includes('admin') || wanted.some((scope) => scopes.includes(scope));
}

/** What a principal may do with one subscription. */
export type Access = 'change' | 'read' | 'none';

/** `createdBy` is absent where it was made before there were keys: then it is nobody's but admins'. */
export function accessTo(
  principal: Principal,
  { createdBy }: { readonly createdBy?: ApiKeyId | undefined },
): Access {
  const isOwn = hasScope(principal, ['subscriptions']) && createdBy === principal.keyId;
  if (isOwn || hasScope(principal, ['admin'])) return 'change';
  return hasScope(principal, ['read']) ? 'read' : 'none';
}
