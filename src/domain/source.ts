export const providers = ['botpenguin', 'reekolect'] as const;
export type Provider = (typeof providers)[number];

/** One connection to an inbox. */
export interface Source {
  /** `[a-z0-9-]{1,32}`. */
  readonly id: string;
  readonly provider: Provider;
  /** The API root, without `/inbox/users`. */
  readonly baseUrl: string;
  readonly token: string;
  readonly requestsPerMinute: number;
  readonly paused: boolean;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export type SourceState = 'baselining' | 'watching' | 'paused' | 'failing';
