import type { ContactDetails, DetailDigests } from './contact-details.ts';

/**
 * One contact as one answer of the inbox showed it. `record` is the inbox's own record, every field as it came, and is
 * what subscribers get; the other fields are what this service itself decides by.
 */
export interface Contact {
  /** The inbox's `_id`. */
  readonly id: string;
  /** Open set: the six documented statuses and any custom one, unchanged. */
  readonly status: string;
  /** Never changes for a contact; epoch ms. */
  readonly createdAtMs: number;
  /** Moves at every write of the record, whoever made it; null where the inbox does not send it. */
  readonly updatedAtMs: number | null;
  /** Moves when the visitor is active, not when an agent is; null where the inbox does not send it. */
  readonly lastSeenAtMs: number | null;
  readonly isImported: boolean;
  /** The agent's id, null where nobody is assigned. */
  readonly agent: string | null;
  readonly isLiveChatActive: boolean;
  /** When the newest message was written, if it is the visitor's; null if it is someone else's. */
  readonly userMessageAtMs: number | null;
  readonly details: ContactDetails;
  readonly record: Readonly<Record<string, unknown>>;
}

/** What a contact's status says of one that was deleted; the record may still be listed. */
export const deletedStatus = 'DELETED';

/** Whether the inbox still lists a contact; who left does so no more but was not deleted, as when the scope has changed. */
export type Presence = 'listed' | 'left' | 'deleted';

/** What is watched besides the status. */
export interface Watched {
  readonly agent: string | null;
  readonly isLiveChatActive: boolean;
  /** The visitor's newest message that was ever the newest of all, null if none was. */
  readonly userMessageAtMs: number | null;
  readonly details: DetailDigests;
}

/**
 * What is remembered of a contact between two observations: the watched fields and what orders observations, no personal
 * data.
 */
export interface Snapshot {
  readonly status: string;
  /** Grows with every observation that made events; see `nextSequence`. */
  readonly sequence: number;
  readonly createdAtMs: number;
  readonly updatedAtMs: number | null;
  /** When the values above were last known to hold, in the inbox's time; epoch ms. */
  readonly observedAtMs: number;
  readonly presence: Presence;
  /** Null where a version took the snapshot that did not watch this yet: the next observation fills it in silence. */
  readonly watched: Watched | null;
}
