import type { InboxAnswer } from '#inbox/client.ts';
import type { ObservationTime } from './observation-time.ts';

/** The source's lease; what is done without it is refused. */
export interface Lease {
  readonly epoch: string;
  readonly signal: AbortSignal;
}

export type PageRead = Omit<Extract<InboxAnswer, { kind: 'page' }>, 'kind'> & {
  readonly kind: 'read';
  readonly observed: ObservationTime;
};

export type Failure = Exclude<InboxAnswer, { kind: 'page' }>;

/** Why a poll job read no further. */
export type Stop =
  | { readonly kind: 'out_of_time' }
  | { readonly kind: 'fenced' }
  | { readonly kind: 'failed'; readonly answer: Failure };

export interface PageLimits {
  /** Until when to wait for a turn; null: as long as it takes. */
  readonly deadlineMs: number | null;
  /** Asks about everyone, whatever the source's scope. */
  readonly isOutsideScope?: boolean;
}

export interface Committed {
  readonly kind: 'committed';
  /** Of each contact whose status changed: the one before and the one after. */
  readonly statuses: readonly (readonly string[])[];
}
