/** One aspect of one contact that truly became something else. */
export interface Move {
  readonly contactId: string;
  /** `presence`, `status`, … */
  readonly aspect: string;
  /** What is counted and timed together; null for what no event tells of. */
  readonly kind: string | null;
  readonly atMs: number;
  readonly to: unknown;
  /** Where it is certain what the aspect was before. */
  readonly from?: unknown;
}

/** What the service said that an aspect of a contact had become. */
export interface Sighting {
  readonly contactId: string;
  readonly aspect: string;
  readonly atMs: number;
  readonly to: unknown;
  /** What it said that it had been; absent where it said nothing. */
  readonly from?: unknown;
  /** When it said that this had happened. */
  readonly occurred?: { readonly notBeforeMs: number; readonly notAfterMs: number };
  /** Null: it remembered this without an event, so no news is due of what was before. */
  readonly eventId: string | null;
}

/** What an aspect has become, whatever that was. */
export const asItWas = Symbol('as it was');

export interface Verdict {
  /** Delays in ms by kind. */
  readonly delays: ReadonlyMap<string, readonly number[]>;
  /** Undone or overtaken before it had to be read, by kind. */
  readonly collapsed: ReadonlyMap<string, number>;
  /** Not announced, and too young to be missed. */
  readonly pending: readonly Move[];
  /** There for two full readings and never announced. */
  readonly missed: readonly Move[];
  /** Announced without having happened. */
  readonly invented: readonly Sighting[];
  /** Announced more than once. */
  readonly doubled: readonly Sighting[];
  /** Said to have been what it was not known as, or to have happened when it did not. */
  readonly disordered: readonly Sighting[];
}

export interface Trial {
  /** In the order of time. */
  readonly moves: readonly Move[];
  /** In the order in which they were committed. */
  readonly sightings: readonly Sighting[];
  /** Only moves of this time are timed and counted; all of them explain. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly endMs: number;
  /** How far the inbox's stamps and answers may be off; a second unless told, because stamps may be cut to it. */
  readonly toleranceMs?: number;
  /** Whether what was so during this time stood through two full readings. */
  readonly hasPersisted: (fromMs: number, untilMs: number) => boolean;
}

interface Draft extends Verdict {
  readonly delays: Map<string, number[]>;
  readonly collapsed: Map<string, number>;
  readonly pending: Move[];
  readonly missed: Move[];
  readonly invented: Sighting[];
  readonly doubled: Sighting[];
  readonly disordered: Sighting[];
}

/** Holds everything that was announced against everything that happened. */
export function judge(trial: Trial): Verdict {
  const verdict: Draft = {
    delays: new Map(),
    collapsed: new Map(),
    pending: [],
    missed: [],
    invented: [],
    doubled: [],
    disordered: [],
  };
  const key = ({ contactId, aspect }: Move | Sighting) => `${contactId} ${aspect}`;
  const moves = Map.groupBy(trial.moves, key);
  const sightings = Map.groupBy(withoutRepeats(trial.sightings, verdict.doubled), key);
  for (const track of new Set([...moves.keys(), ...sightings.keys()])) {
    judgeTrack(trial, moves.get(track) ?? [], sightings.get(track) ?? [], verdict);
  }
  return verdict;
}

/** One event may tell of several aspects, but each of them once. */
function withoutRepeats(sightings: readonly Sighting[], doubled: Sighting[]): Sighting[] {
  const seen = new Set<string>();
  return sightings.filter((sighting) => {
    const { eventId, aspect } = sighting;
    if (eventId === null) return true;
    if (seen.has(`${eventId} ${aspect}`)) {
      doubled.push(sighting);
      return false;
    }
    seen.add(`${eventId} ${aspect}`);
    return true;
  });
}

const unknown = Symbol('nothing was said yet');

function judgeTrack(
  trial: Trial,
  moves: readonly Move[],
  sightings: readonly Sighting[],
  verdict: Draft,
): void {
  /** The last move that was told of, and what was said last. */
  let told = -1;
  let said: unknown = moves[0]?.from ?? unknown;
  for (const sighting of sightings) {
    const { to, atMs, eventId } = sighting;
    const match = moves.findLastIndex(
      (move, index) => index > told && move.atMs <= atMs && (move.to === to || to === asItWas),
    );
    const isTrue =
      eventId === null || judgeEvent(trial, moves, { sighting, told, match, said }, verdict);
    if (!isTrue) continue;
    told = Math.max(told, match);
    said = to === asItWas ? moves[told]?.to : to;
  }
  const last = moves.length - 1;
  if (last <= told) return;
  overtake(trial, moves, { after: told, before: last, said }, verdict);
  conclude(trial, moves[last], said, verdict);
}

/** Whether an event tells of something that happened and was not told before. */
function judgeEvent(
  trial: Trial,
  moves: readonly Move[],
  event: {
    readonly sighting: Sighting;
    readonly told: number;
    readonly match: number;
    readonly said: unknown;
  },
  verdict: Draft,
): boolean {
  const { sighting, told, match, said } = event;
  if (contradicts(trial, sighting, said, moves[match])) verdict.disordered.push(sighting);
  if (match < 0) {
    const isRepeated = moves[told]?.to === sighting.to;
    (isRepeated ? verdict.doubled : verdict.invented).push(sighting);
    return false;
  }
  overtake(trial, moves, { after: told, before: match, said }, verdict);
  time(trial, moves[match], sighting.atMs, verdict);
  return true;
}

/** It was not known as what the event says that it had been, or moved at another time than the event says. */
function contradicts(
  { toleranceMs = 1000 }: Trial,
  { from, occurred }: Sighting,
  said: unknown,
  move: Move | undefined,
): boolean {
  if (from !== undefined && said !== unknown && from !== said) return true;
  if (move === undefined || occurred === undefined) return false;
  const { notBeforeMs, notAfterMs } = occurred;
  return move.atMs < notBeforeMs - toleranceMs || move.atMs > notAfterMs + toleranceMs;
}

function isCounted(
  { fromMs, toMs }: Trial,
  move: Move | undefined,
): move is Move & { readonly kind: string } {
  return move !== undefined && move.kind !== null && move.atMs >= fromMs && move.atMs < toMs;
}

function time(trial: Trial, move: Move | undefined, noticedAtMs: number, { delays }: Draft): void {
  if (!isCounted(trial, move)) return;
  const list = delays.get(move.kind) ?? [];
  list.push(noticedAtMs - move.atMs);
  delays.set(move.kind, list);
}

/** Moves that others followed before they were told of. One back to what was said last left nothing to tell. */
function overtake(
  trial: Trial,
  moves: readonly Move[],
  {
    after,
    before,
    said,
  }: { readonly after: number; readonly before: number; readonly said: unknown },
  verdict: Draft,
): void {
  for (let index = after + 1; index < before; index += 1) {
    const move = moves[index];
    if (!isCounted(trial, move)) continue;
    const untilMs = moves[index + 1]?.atMs ?? trial.endMs;
    const isDue = move.to !== said && trial.hasPersisted(move.atMs, untilMs);
    if (isDue) verdict.missed.push(move);
    else countUp(verdict.collapsed, move.kind);
  }
}

/** The last move of all, which nothing told of. */
function conclude(trial: Trial, move: Move | undefined, said: unknown, verdict: Draft): void {
  if (!isCounted(trial, move)) return;
  if (move.to === said) countUp(verdict.collapsed, move.kind);
  else if (trial.hasPersisted(move.atMs, trial.endMs)) verdict.missed.push(move);
  else verdict.pending.push(move);
}

function countUp(counts: Map<string, number>, kind: string): void {
  counts.set(kind, (counts.get(kind) ?? 0) + 1);
}
