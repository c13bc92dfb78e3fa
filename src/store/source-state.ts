import { z } from 'zod';
import type { Connection } from './connection.ts';
import { sourceKeys } from './keys.ts';
import type { HeldLease, LeaseGrant, Leases } from './leases.ts';

const number = z.coerce.number();
const json = z.string().transform((text) => JSON.parse(text) as unknown);

/** Where a complete, page-by-page reading of an inbox stands. */
const readingSchema = z.object({
  /** The page to read next, null when the reading is complete. */
  nextPage: z.number().nullable(),
  startedAtMs: z.number(),
  /** The first id of the last page read, to notice an inbox that repeats a page for ever. */
  lastFirstId: z.string().nullable(),
  /** How many pages in a row looked like the end. */
  endSigns: z.number(),
  /** Records on its pages so far. */
  records: z.number().default(0),
  /** When the latest complete readings began, newest first. */
  completedStartsMs: z.array(z.number()).default([]),
});
export type Reading = z.infer<typeof readingSchema>;

/** Whether the inbox does what a filter says: shown by its answers, and judged anew by each of them. */
const filterSchema = z.object({
  verdict: z.enum(['unknown', 'honoured', 'ignored']),
  /** When it was last found so, by our clock. */
  atMs: z.number(),
});

/** What the inbox's own answers have shown of it. */
const learnedSchema = z.object({
  /** The longest page seen twice; null until then. */
  pageSize: z.number().nullable(),
  /** By which stamp a plain listing comes, newest first; null while unknown. */
  order: z.enum(['lastSeenAt', 'createdAt', 'updatedAt', 'none']).nullable(),
  lastSeenAt: filterSchema,
  createdAt: filterSchema,
  status: filterSchema,
  /** What lies past the last page. */
  pastEnd: z.enum(['empty', 'repeated']).nullable(),
  /** Pages came short although more followed, so only an empty page is the end. */
  shortPages: z.boolean(),
  /** About how many pages a plain listing of everyone has; null where nobody looked. */
  expectedPages: z.number().nullable(),
});
export type Learned = z.infer<typeof learnedSchema>;

/** Where a tier's reading stands that goes through the inbox by `createdAt`, over and over. Times are our clock's. */
const cycleSchema = z.object({
  /** Everyone created before this has been read in this round; null where it is still to begin. */
  cursorMs: z.number().nullable(),
  startedAtMs: z.number(),
  /** When the last complete round asked for its first and for its last part; null until there was one. */
  last: z.object({ startedAtMs: z.number(), endedAtMs: z.number() }).nullable(),
});
export type Cycle = z.infer<typeof cycleSchema>;

const listSchema = z.object({
  statuses: z.array(z.string()),
  cycle: cycleSchema,
  /** Changes that touched these statuses, fading with time. */
  found: z.number(),
  /** When its round began, in rounds of an ordinary list: whichever is furthest behind is read next. */
  turn: z.number().default(0),
});
export type PlannedList = z.infer<typeof listSchema>;

/** What the planner keeps between two polls. */
const planSchema = z.object({
  /** The active tier: every status but the commonest is in one of these lists. */
  lists: z.array(listSchema),
  arrangedAtMs: z.number(),
  /** Slices of everyone. */
  cold: cycleSchema,
  /** Requests that the cold tier is owed; less than nothing while others do its work. */
  coldCredit: z.number(),
  /** When it last had one, or began to wait for one, by our clock. */
  coldAtMs: z.number().nullable().default(null),
  /** Until when `found` of the lists has faded. */
  fadedAtMs: z.number(),
});
export type Plan = z.infer<typeof planSchema>;

const errorSchema = z.object({
  kind: z.string(),
  message: z.string(),
  sinceMs: z.number(),
  announced: z.boolean().optional(),
});

/** What is known of a source beyond its settings; every field is absent until something wrote it. */
const stateSchema = z.object({
  /** What of the source's inboxes all of this is about. */
  inboxId: z.string().optional(),
  baselineId: z.string().optional(),
  /** The inbox's time at the first answer, cut to the second: who was created later is news. */
  baselineStartedAtMs: number.optional(),
  baselineCompletedAtMs: number.optional(),
  /** Set once everyone seen lately before the source was connected is known. */
  activatedAtMs: number.optional(),
  baselineRequests: number.optional(),
  /** How many there were when the baseline was complete. */
  baselineContacts: number.optional(),
  /** When the last complete reading began, by our clock: everyone has been read since. */
  verifiedFromMs: number.optional(),
  contacts: number.optional(),
  reading: json.pipe(readingSchema).optional(),
  /** Everyone seen before this moment of the inbox's time has been read. */
  coveredUntilMs: number.optional(),
  /** When the last hot window that was read completely was asked for, by our clock. */
  hotReadAtMs: number.optional(),
  /** The inbox's clock minus ours, at the last answer. */
  clockOffsetMs: number.optional(),
  error: json.pipe(errorSchema.nullable()).optional(),
  learned: json.pipe(learnedSchema).optional(),
  plan: json.pipe(planSchema).optional(),
  /** Counts up whenever a commit adds or moves a contact, so that a process knows whether what it remembers still holds. */
  revision: number.optional(),
  /** Records seen late that are older than the baseline and therefore not announced. */
  lateSeeds: number.optional(),
});
export type SourceRuntime = z.infer<typeof stateSchema>;

/** State fields as the commit writes them. */
export type StateFields = Readonly<Record<string, string | number>>;

export async function readSourceState(
  connection: Connection,
  sourceId: string,
): Promise<SourceRuntime> {
  return parseSourceState(await connection.redis.hgetall(sourceKeys(sourceId).state));
}

/** Makes whoever polls this source finish soon, and poll again. */
export async function knockSource(connection: Connection, sourceId: string): Promise<void> {
  await connection.run('knock', { keys: [sourceKeys(sourceId).state], args: [] });
}

/** `fields` as a commit wrote them, wherever they were kept. */
export function parseSourceState(fields: Readonly<Record<string, string>>): SourceRuntime {
  return stateSchema.parse(fields);
}

/** Who may write to a source is decided by a lease on its state. */
export function createSourceLeases(leases: Leases): SourceLeases {
  return {
    acquire: (sourceId) => leases.acquire(sourceKeys(sourceId).state),
    hold: (sourceId, epoch, signal) => leases.hold(sourceKeys(sourceId).state, epoch, signal),
    release: (sourceId, epoch) => leases.release(sourceKeys(sourceId).state, epoch),
  };
}

export interface SourceLeases {
  acquire(sourceId: string): Promise<LeaseGrant>;
  hold(sourceId: string, epoch: string, signal: AbortSignal): HeldLease;
  release(sourceId: string, epoch: string): Promise<boolean>;
}
