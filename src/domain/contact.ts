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
  readonly record: Readonly<Record<string, unknown>>;
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
}
