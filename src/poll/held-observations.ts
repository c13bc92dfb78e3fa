/** What a suspicious answer said of a contact, kept until a later one says the same. */
export interface HeldObservations {
  /** Whether anything is held of this contact. */
  has(contactId: string): boolean;
  /** Whether a reading asked before `askedAtMs` has shown the same. */
  isConfirmed(contactId: string, shown: string, askedAtMs: number): boolean;
  /** `shown`: what the reading asked at `askedAtMs` said, as a text that can be compared. */
  hold(contactId: string, shown: string, askedAtMs: number): void;
  /** The suspicion is settled, one way or the other. */
  release(contactId: string): void;
}

interface Held {
  readonly shown: string;
  readonly askedAtMs: number;
  readonly heldAtMs: number;
}

/** Who has not been seen a second time by then is judged afresh. */
const forgottenAfterMs = 600_000;
const mostHeld = 10_000;

/** Lives in one process: whatever is lost with it is held again, and only delayed. `now` is this machine's clock. */
export function createHeldObservations(now: () => number): HeldObservations {
  /** The oldest first. */
  const held = new Map<string, Held>();

  function find(contactId: string): Held | undefined {
    const found = held.get(contactId);
    return found !== undefined && now() - found.heldAtMs < forgottenAfterMs ? found : undefined;
  }

  return {
    has: (contactId) => find(contactId) !== undefined,
    isConfirmed(contactId, shown, askedAtMs) {
      const found = find(contactId);
      return found !== undefined && found.shown === shown && found.askedAtMs < askedAtMs;
    },
    hold(contactId, shown, askedAtMs) {
      // The first of several readings that agree stays, so that any later one confirms it.
      if (find(contactId)?.shown === shown) return;
      held.delete(contactId);
      held.set(contactId, { shown, askedAtMs, heldAtMs: now() });
      const [oldest] = held.keys();
      if (held.size > mostHeld && oldest !== undefined) held.delete(oldest);
    },
    release(contactId) {
      held.delete(contactId);
    },
  };
}
