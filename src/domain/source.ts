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

/** What an inbox last said instead of a page, and since when it has not answered as it should. */
export interface SourceError {
  readonly kind: string;
  readonly message: string;
  readonly sinceMs: number;
  /** `source.failing` has been announced for it. */
  readonly announced?: boolean | undefined;
}

const failingAfterMs = 60_000;

/** A 401 will not heal by itself; anything else may, within a minute. Whoever was told so is told when it is over. */
export function isFailing({ kind, sinceMs, announced }: SourceError, nowMs: number): boolean {
  return announced === true || kind === 'unauthorized' || nowMs - sinceMs >= failingAfterMs;
}
