import type { Snapshot } from '#domain/contact.ts';
import type { RememberedContact } from '#store/contacts.ts';
import type { SourceRuntime } from '#store/source-state.ts';
import { type ContactIndex, createContactIndex, type Placed } from './contact-index.ts';
import { createHeldObservations, type HeldObservations } from './held-observations.ts';
import { createEvidence, type Evidence } from './learn.ts';
import { createMissingContacts, type MissingContacts } from './missing.ts';

/**
 * What one process remembers of a source between its polls. All of it can be lost: the index is made anew from the
 * snapshots, and the rest is found again by reading on.
 */
export interface SourceMemory {
  readonly index: ContactIndex;
  readonly missing: MissingContacts;
  readonly held: HeldObservations;
  readonly evidence: Evidence;
  /** How many contacts a slice of an area may hold, where a page was too small for more. */
  readonly narrowed: Map<string, number>;
  verifiedInARow: number;
  /** When each was last shown, by our clock, whether or not it was believed; of inboxes that are read page by page. */
  readonly shownAtMs: Map<string, number>;
  /** Since when this is remembered. */
  readonly sinceMs: number;
  /** When the hot window was last read to its very end. */
  hotReadWholeAtMs: number;
}

export interface SourceMemories {
  /** What is remembered, if it still holds; otherwise made from what is stored. */
  recall(sourceId: string, state: SourceRuntime): Promise<SourceMemory>;
  /** What is remembered holds for the source as it is in this state. */
  keep(sourceId: string, state: SourceRuntime): void;
}

interface Kept {
  readonly memory: SourceMemory;
  baselineId: string | undefined;
  revision: number | undefined;
  usedAtMs: number;
}

/** A source that another process polls is not remembered for ever. */
const forgottenAfterMs = 600_000;

export function createSourceMemories(
  everyone: (sourceId: string) => AsyncIterable<RememberedContact>,
  now: () => number,
): SourceMemories {
  const kept = new Map<string, Kept>();

  function forgetUnused(nowMs: number): void {
    for (const [sourceId, { usedAtMs }] of kept) {
      if (nowMs - usedAtMs > forgottenAfterMs) kept.delete(sourceId);
    }
  }

  return {
    async recall(sourceId, { baselineId, revision, clockOffsetMs = 0 }) {
      const known = kept.get(sourceId);
      if (known !== undefined && known.baselineId === baselineId && known.revision === revision) {
        return known.memory;
      }
      forgetUnused(now());
      const isSame = known !== undefined && known.baselineId === baselineId;
      const before = isSame ? known.memory : undefined;
      const untilMs = (known?.usedAtMs ?? 0) + clockOffsetMs;
      // Before the first page there is nobody to be remembered.
      const placed =
        baselineId === undefined ? [] : await readPlaced(everyone(sourceId), before, untilMs);
      const memory = { ...createMemory(placed, now), ...suspicionsOf(before) };
      kept.set(sourceId, { memory, baselineId, revision, usedAtMs: now() });
      return memory;
    },
    keep(sourceId, { baselineId, revision }) {
      const known = kept.get(sourceId);
      if (known !== undefined) Object.assign(known, { baselineId, revision, usedAtMs: now() });
    },
  };
}

/** Whom another process has seen after `untilMs` of the inbox's time is neither missing nor held any more. */
async function readPlaced(
  everyone: AsyncIterable<RememberedContact>,
  before: SourceMemory | undefined,
  untilMs: number,
): Promise<Placed[]> {
  const placed: Placed[] = [];
  for await (const { contactId, snapshot } of everyone) {
    const isListed = snapshot.presence === 'listed';
    if (isListed) placed.push(placedOf(contactId, snapshot));
    if (before === undefined || (isListed && snapshot.observedAtMs <= untilMs)) continue;
    before.missing.forget(contactId);
    before.held.release(contactId);
  }
  return placed;
}

/** What outlives the polls of another process: else two that take turns would never prove anybody absent. */
function suspicionsOf(before: SourceMemory | undefined): Partial<SourceMemory> {
  if (before === undefined) return {};
  const { missing, held, evidence, narrowed } = before;
  return { missing, held, evidence, narrowed };
}

function createMemory(placed: readonly Placed[], now: () => number): SourceMemory {
  return {
    index: createContactIndex(placed),
    missing: createMissingContacts(),
    held: createHeldObservations(now),
    evidence: createEvidence(),
    narrowed: new Map(),
    shownAtMs: new Map(),
    sinceMs: now(),
    verifiedInARow: 0,
    hotReadWholeAtMs: Number.NEGATIVE_INFINITY,
  };
}

function placedOf(id: string, { createdAtMs, status }: Snapshot): Placed {
  return { id, createdAtMs, status };
}

/** What was committed of a contact, as the index and the search for missing ones have to know it. */
export function remember(
  { index, missing }: SourceMemory,
  contactId: string,
  after: Snapshot,
  nowMs: number,
): void {
  if (after.presence === 'listed') {
    index.place(placedOf(contactId, after));
    missing.found(contactId, nowMs);
  } else {
    index.remove(contactId);
    missing.forget(contactId);
  }
}
