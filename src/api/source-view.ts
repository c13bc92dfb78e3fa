import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { readingOf } from '#domain/reading.ts';
import { isFailing, providers, type Source, type SourceState } from '#domain/source.ts';
import { forecastBaseline } from '#poll/baseline-forecast.ts';
import type { Budget, BudgetUsage } from '#store/budget.ts';
import type { SourceRuntime } from '#store/source-state.ts';
import type { Sources, StoredSource } from '#store/sources.ts';
import { hintUrl } from './hint-url.ts';
import { freshnessOf } from './source-freshness.ts';
import { sourceWarnings } from './source-warnings.ts';

const seconds = z.number().nullable();
const tier = z.object({ oldestUnverifiedSeconds: seconds });
const filter = z.object({
  verdict: z.enum(['unknown', 'honoured', 'ignored']),
  since: z.iso.datetime().openapi({ description: 'When it was last found so.' }),
});

const inboxSchema = z.object({
  pageSize: z.int().nullable(),
  order: z.enum(['lastSeenAt', 'createdAt', 'updatedAt', 'none']).nullable(),
  filters: z.object({ lastSeenAt: filter, createdAt: filter, status: filter }),
  pastEnd: z
    .enum(['empty', 'repeated'])
    .nullable()
    .openapi({ description: 'What lies past the last page.' }),
  shortPages: z.boolean(),
  reading: z.enum(['lists', 'slices', 'pages']).openapi({
    description:
      'How it is read beside the hot window: by status and age (`lists`), by age (`slices`), or page after page (`pages`).',
  }),
});

export const sourceSchema = z
  .object({
    id: z.string(),
    provider: z.enum(providers),
    baseUrl: z.string(),
    requestsPerMinute: z.int(),
    scope: z.record(z.string(), z.unknown()).optional(),
    hintUrl: z.string().optional().openapi({
      description:
        'For the inbox’s own hooks: a POST there makes the source be polled at once. Keep it to yourself. Its host is the one that you asked.',
    }),
    state: z.enum(['baselining', 'watching', 'paused', 'failing']),
    error: z
      .object({ kind: z.string(), message: z.string(), since: z.iso.datetime() })
      .optional()
      .openapi({ description: 'What the inbox last said, while it does not answer as it should.' }),
    warnings: z
      .array(z.string())
      .openapi({ description: 'What makes it slower than it could be, a sentence each.' }),
    baseline: z
      .object({
        contacts: z.int(),
        expectedContacts: z.int().nullable(),
        requests: z.int(),
        secondsLeft: seconds,
        startedAt: z.iso.datetime().nullable(),
        completedAt: z.iso.datetime().nullable(),
      })
      .openapi({ description: 'The first, silent reading of the whole inbox.' }),
    freshness: z
      .object({
        hotSeconds: seconds.openapi({ description: 'Age of what is known of lately seen people.' }),
        coveredUntil: z.iso.datetime().nullable().openapi({
          description: 'Everyone whom the inbox saw before this moment of its time was read since.',
        }),
        oldestUnverifiedSeconds: seconds.openapi({
          description:
            'Everyone was read within this time; null until the whole inbox was read once.',
        }),
        tiers: z.object({ active: tier, cold: tier }).openapi({
          description:
            'The same for those outside the commonest status (`active`), and for everyone again (`cold`).',
        }),
      })
      .openapi({ description: 'How old what is known can be at most.' }),
    budget: z.object({
      usedLastMinute: z.int(),
      limit: z.int(),
      limitInForce: z
        .number()
        .openapi({ description: 'Below `limit` for some minutes after a 429.' }),
    }),
    inbox: inboxSchema
      .optional()
      .openapi({ description: 'What its answers have shown of the inbox.' }),
    contacts: z.int(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .openapi('Source');

export interface ShowPorts {
  readonly readSourceState: (sourceId: string) => Promise<SourceRuntime>;
  readonly budget: Pick<Budget, 'usage'>;
  readonly now: () => number;
}

export type SourceView = z.input<typeof sourceSchema>;

/** All of them. The questions to Redis are on their way together. */
export async function viewSources(
  ports: ShowPorts & { readonly sources: Pick<Sources, 'list'> },
): Promise<SourceView[]> {
  return Promise.all((await ports.sources.list()).map((source) => readView(ports, source)));
}

export async function showSource(ports: ShowPorts, c: Context, source: StoredSource) {
  const view = await readView(ports, source);
  const { hintSecret } = source;
  return hintSecret === undefined ? view : { ...view, hintUrl: hintUrl(c, hintSecret) };
}

async function readView({ readSourceState, budget, now }: ShowPorts, source: Source) {
  const [runtime, usage] = await Promise.all([
    readSourceState(source.id),
    budget.usage(source.token, source.requestsPerMinute),
  ]);
  return viewSource(source, runtime, usage, now());
}

export function sourceState(
  source: Pick<Source, 'paused'>,
  { error, baselineCompletedAtMs }: SourceRuntime,
  nowMs: number,
): SourceState {
  if (source.paused) return 'paused';
  if (error && isFailing(error, nowMs)) return 'failing';
  return baselineCompletedAtMs === undefined ? 'baselining' : 'watching';
}

/** A source as the API shows it; the token stays inside. */
export function viewSource(
  source: Source,
  found: SourceRuntime,
  usage: BudgetUsage,
  nowMs: number,
): SourceView {
  // Nobody has polled since the source was given another inbox: what is known is of the old one.
  const runtime = found.inboxId === source.inboxId ? found : {};
  const { id, provider, baseUrl, requestsPerMinute, scope, createdAt, updatedAt } = source;
  const { error, contacts = 0, baselineRequests = 0, learned } = runtime;
  const { usedLastMinute, limit, limitInForce } = usage;
  return {
    id,
    provider,
    baseUrl,
    requestsPerMinute,
    ...(scope === undefined ? {} : { scope }),
    state: sourceState(source, runtime, nowMs),
    ...(error
      ? { error: { kind: error.kind, message: error.message, since: toIso(error.sinceMs) } }
      : {}),
    warnings: sourceWarnings(runtime, usage),
    baseline: {
      contacts: runtime.baselineContacts ?? contacts,
      requests: baselineRequests,
      ...forecastBaseline(runtime, limitInForce),
      startedAt: toIsoOrNull(runtime.baselineStartedAtMs),
      completedAt: toIsoOrNull(runtime.baselineCompletedAtMs),
    },
    freshness: freshnessOf(runtime, nowMs),
    budget: { usedLastMinute, limit, limitInForce },
    ...(learned === undefined ? {} : { inbox: viewInbox(learned) }),
    contacts,
    createdAt,
    updatedAt,
  };
}

function viewInbox(learned: NonNullable<SourceRuntime['learned']>): z.input<typeof inboxSchema> {
  const { pageSize, order, pastEnd, shortPages, lastSeenAt, createdAt, status } = learned;
  const shown = ({ verdict, atMs }: typeof status) => ({ verdict, since: toIso(atMs) });
  return {
    pageSize,
    order,
    filters: {
      lastSeenAt: shown(lastSeenAt),
      createdAt: shown(createdAt),
      status: shown(status),
    },
    pastEnd,
    shortPages,
    reading: readingOf({ createdAt: createdAt.verdict, status: status.verdict }),
  };
}

function toIso(ms: number): string {
  return new Date(ms).toISOString();
}

function toIsoOrNull(ms: number | undefined): string | null {
  return ms === undefined ? null : toIso(ms);
}
