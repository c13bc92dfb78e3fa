import type { Contact, Snapshot } from '#domain/contact.ts';
import type { ObservationTime } from './observation-time.ts';

/** An older record that still stands after this time is the truth: it was restored, or misdated. */
const olderStandsAfterMs = 600_000;
/** The same when a look-up asks for this very contact. */
const olderIsConfirmedAfterMs = 60_000;
/** No two answers overtake each other by more. */
const overtakingMs = 60_000;

/**
 * Whether an answer shows a contact later than what is known of it. `updatedAt` moves at every write, so an older one is an
 * older state, until it stands for long; between equal ones the moment of asking decides. `tied`: the same write, asked
 * shortly after, so a difference in it may be that of an inbox whose parts do not agree yet.
 */
export function orderOf(
  known: Snapshot,
  contact: Contact,
  { observed, confirming }: { readonly observed: ObservationTime; readonly confirming: boolean },
): 'later' | 'tied' | 'stale' {
  const passedMs = observed.fromMs - known.observedAtMs;
  const writtenAfterMs = (contact.updatedAtMs ?? 0) - (known.updatedAtMs ?? 0);
  const isDated = contact.updatedAtMs !== null && known.updatedAtMs !== null;
  if (isDated && writtenAfterMs > 0) return 'later';
  if (isDated && writtenAfterMs < 0) {
    const neededMs = confirming ? olderIsConfirmedAfterMs : olderStandsAfterMs;
    return passedMs >= neededMs ? 'later' : 'stale';
  }
  // Asked earlier by more than that: the clock was set back, and nothing is known of the order.
  if (passedMs < 0 && passedMs >= -overtakingMs) return 'stale';
  return isDated && passedMs < overtakingMs ? 'tied' : 'later';
}
