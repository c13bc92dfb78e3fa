import { createContactIndex, type Placed } from '#poll/contact-index.ts';
import { arrangeLists } from '#poll/lists.ts';
import { createMissingContacts } from '#poll/missing.ts';
import {
  advancePlan,
  emptyPlan,
  mostInSlice,
  nextTask,
  type PlannerInput,
  type Task,
} from '#poll/planner.ts';

export const minute = 60_000;
export const startMs = Date.parse('2026-06-12T10:00:00.000Z');
/** 90 requests a minute. */
export const requestMs = 667;

/** So many of each status, one created every ten seconds, well mixed. */
export function inboxOf(counts: Readonly<Record<string, number>>) {
  const statuses = Object.entries(counts).flatMap(([status, count]) =>
    Array.from({ length: count }, (_, place) => ({ status, rank: place / count })),
  );
  const mixed = statuses.sort((a, b) => a.rank - b.rank);
  return createContactIndex(
    mixed.map(({ status }, place): Placed => {
      return { id: `contact-${place}`, createdAtMs: 1e12 + place * 10_000, status };
    }),
  );
}

const usual = { CLOSED: 900, OPEN: 60, INPROGRESS: 40 };

export function inputOf(changes: Partial<PlannerInput> = {}): PlannerInput {
  const index = changes.index ?? inboxOf(usual);
  const pageSize = changes.pageSize ?? 20;
  return {
    plan: arrangeLists(emptyPlan, index.counts(), mostInSlice(pageSize), startMs),
    index,
    missing: createMissingContacts(),
    pageSize,
    narrowed: () => undefined,
    listsBySight: false,
    listsByStatus: true,
    sweepIntervalMs: 10_000,
    verifiedInARow: 0,
    nowMs: startMs,
    ...changes,
  };
}

/** These are missing, the first for the longest; `isLookUp`: after two complete readings without them. */
export function areMissing(ids: readonly string[], isLookUp = false) {
  const missing = createMissingContacts();
  for (const id of ids) {
    missing.note(id, startMs);
    for (let times = 0; isLookUp && times < 2; times += 1)
      missing.noteReading(id, startMs - minute);
  }
  return { missing };
}

export interface Done {
  readonly task: Task;
  readonly atMs: number;
}

/** Reads on for so long as a poller would in which nothing ever changes. */
export function readFor(durationMs: number, changes: Partial<PlannerInput> = {}): Done[] {
  let input = inputOf(changes);
  const done: Done[] = [];
  while (input.nowMs < startMs + durationMs) {
    const task = nextTask(input);
    if (task !== null) done.push({ task, atMs: input.nowMs });
    const plan = task === null ? input.plan : advancePlan(input.plan, task, input.nowMs);
    const isAboutOne = task !== null && task.about !== null;
    const verifiedInARow = isAboutOne ? input.verifiedInARow + 1 : 0;
    input = { ...input, plan, verifiedInARow, nowMs: input.nowMs + requestMs };
  }
  return done;
}
