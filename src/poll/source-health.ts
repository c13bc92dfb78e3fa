import { type ChangeEvent, deriveEventId } from '#domain/change-event.ts';
import { isFailing, type SourceError } from '#domain/source.ts';

/** What a poll has shown of the inbox. */
export type PollShown =
  | { readonly kind: 'answered' }
  /** It was only kept waiting, or broken off. */
  | { readonly kind: 'nothing' }
  | { readonly kind: 'failed'; readonly errorKind: string; readonly message: string };

export interface HealthJudgement {
  /** The source's error from now on; undefined where it stays as it is. */
  readonly error?: SourceError | null;
  /** To be committed together with `error`, so that each is announced once. */
  readonly event: ChangeEvent | null;
}

export interface JudgedSource {
  readonly sourceId: string;
  readonly baselineId: string | undefined;
  readonly error: SourceError | null | undefined;
}

/**
 * What a poll says of a source's health. The first failure begins a spell, and the next good answer ends it; a spell is
 * announced once when the source counts as failing, and its end if it was announced itself.
 */
export function judgeHealth(
  source: JudgedSource,
  shown: PollShown,
  nowMs: number,
): HealthJudgement {
  const { error: before = null } = source;
  if (shown.kind === 'answered') {
    if (before === null) return { event: null };
    return { error: null, event: before.announced ? recovered(source, before, nowMs) : null };
  }
  const error = shown.kind === 'failed' ? errorAfter(before, shown, nowMs) : before;
  if (error === null) return { event: null };
  if (error.announced || !isFailing(error, nowMs)) {
    return shown.kind === 'failed' ? { error, event: null } : { event: null };
  }
  return { error: { ...error, announced: true }, event: failing(source, error, nowMs) };
}

/** The moment of the first failure stays, unless the clock has been set back behind it since. */
function errorAfter(
  before: SourceError | null,
  { errorKind, message }: Extract<PollShown, { kind: 'failed' }>,
  nowMs: number,
): SourceError {
  const sinceMs = Math.min(before?.sinceMs ?? nowMs, nowMs);
  return { ...before, kind: errorKind, message, sinceMs };
}

function failing(source: JudgedSource, error: SourceError, nowMs: number): ChangeEvent {
  const { kind, message, sinceMs } = error;
  return healthEvent(source, 'source.failing', sinceMs, nowMs, {
    error: { kind, message, since: toIso(sinceMs) },
  });
}

function recovered(source: JudgedSource, error: SourceError, nowMs: number): ChangeEvent {
  const failingSince = toIso(error.sinceMs);
  return healthEvent(source, 'source.recovered', error.sinceMs, nowMs, { failingSince });
}

function healthEvent(
  { sourceId, baselineId }: JudgedSource,
  type: 'source.failing' | 'source.recovered',
  sinceMs: number,
  nowMs: number,
  detail: Readonly<Record<string, unknown>>,
): ChangeEvent {
  const id = deriveEventId({
    source: sourceId,
    baseline: baselineId ?? '',
    contact: '',
    type,
    sequence: sinceMs,
    newValues: [],
  });
  return { id, type, timestamp: toIso(nowMs), data: { source: sourceId, ...detail } };
}

function toIso(ms: number): string {
  return new Date(ms).toISOString();
}
