import { z } from '@hono/zod-openapi';
import { isFailing, providers, type Source, type SourceState } from '#domain/source.ts';
import type { SourceRuntime } from '#store/source-state.ts';

const seconds = z.number().nullable();

export const sourceSchema = z
  .object({
    id: z.string(),
    provider: z.enum(providers),
    baseUrl: z.string(),
    requestsPerMinute: z.int(),
    state: z.enum(['baselining', 'watching', 'paused', 'failing']),
    error: z
      .object({ kind: z.string(), message: z.string(), since: z.iso.datetime() })
      .optional()
      .openapi({ description: 'What the inbox last said, while it does not answer as it should.' }),
    baseline: z
      .object({
        contacts: z.int(),
        requests: z.int(),
        startedAt: z.iso.datetime().nullable(),
        completedAt: z.iso.datetime().nullable(),
      })
      .openapi({ description: 'The first, silent reading of the whole inbox.' }),
    freshness: z
      .object({
        hotSeconds: seconds.openapi({ description: 'Age of what is known of lately seen people.' }),
        oldestUnverifiedSeconds: seconds.openapi({
          description:
            'Everyone was read within this time; null until the whole inbox was read once.',
        }),
      })
      .openapi({ description: 'How old what is known can be at most.' }),
    budget: z.object({ usedLastMinute: z.int(), limit: z.int() }),
    contacts: z.int(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .openapi('Source');

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
  runtime: SourceRuntime,
  usedLastMinute: number,
  nowMs: number,
): z.input<typeof sourceSchema> {
  const { id, provider, baseUrl, requestsPerMinute, createdAt, updatedAt } = source;
  const { error, contacts = 0, baselineRequests = 0, hotReadAtMs, verifiedFromMs } = runtime;
  return {
    id,
    provider,
    baseUrl,
    requestsPerMinute,
    state: sourceState(source, runtime, nowMs),
    ...(error
      ? { error: { kind: error.kind, message: error.message, since: toIso(error.sinceMs) } }
      : {}),
    baseline: {
      contacts: runtime.baselineContacts ?? contacts,
      requests: baselineRequests,
      startedAt: toIsoOrNull(runtime.baselineStartedAtMs),
      completedAt: toIsoOrNull(runtime.baselineCompletedAtMs),
    },
    freshness: {
      hotSeconds: hotReadAtMs === undefined ? null : ageSeconds(hotReadAtMs, nowMs),
      oldestUnverifiedSeconds:
        verifiedFromMs === undefined ? null : ageSeconds(verifiedFromMs, nowMs),
    },
    budget: { usedLastMinute, limit: requestsPerMinute },
    contacts,
    createdAt,
    updatedAt,
  };
}

/** Another process's clock may be ahead of ours. */
function ageSeconds(atMs: number, nowMs: number): number {
  return Math.max(0, (nowMs - atMs) / 1000);
}

function toIso(ms: number): string {
  return new Date(ms).toISOString();
}

function toIsoOrNull(ms: number | undefined): string | null {
  return ms === undefined ? null : toIso(ms);
}
