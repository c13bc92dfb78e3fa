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
