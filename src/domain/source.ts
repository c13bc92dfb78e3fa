export const providers = ['botpenguin', 'reekolect'] as const;
export type Provider = (typeof providers)[number];

/** One connection to an inbox. */
export interface Source {
  /** `[a-z0-9-]{1,32}`. */
  readonly id: string;
  /**
   * Another one for every inbox that the id has stood for, by address, provider or scope: what is known under an older one
   * is of no use. Absent on sources made before there was one.
   */
  readonly inboxId?: string | undefined;
  readonly provider: Provider;
  /** The API root, without `/inbox/users`. */
  readonly baseUrl: string;
  readonly token: string;
  readonly requestsPerMinute: number;
  /** The inbox's own filters by their wire names; who does not pass them is not watched. */
  readonly scope?: Readonly<Record<string, unknown>> | undefined;
  readonly paused: boolean;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export type SourceState = 'baselining' | 'watching' | 'paused' | 'failing';
