import { freshnessOf } from '#api/source-freshness.ts';
import type { PollJob } from '#poll/poll-job.ts';
import type { FreshnessHistory } from '#store/freshness-history.ts';
import { minuteOf } from '#store/pulse.ts';
import type { SourceRuntime } from '#store/source-state.ts';
import type { Log } from './log.ts';

export interface FreshnessPorts {
  readonly freshness: Pick<FreshnessHistory, 'note'>;
  readonly readSourceState: (sourceId: string) => Promise<SourceRuntime>;
  readonly now: () => number;
  readonly log: Pick<Log, 'warn'>;
}

/** The same poll, after which it is noted once a minute how fresh its source is: a plot wants the past. */
export function noteFreshness(poll: PollJob, ports: FreshnessPorts): PollJob {
  const { freshness, readSourceState, now, log } = ports;
  const noted = new Map<string, number>();
  const note = async (sourceId: string, atMs: number) => {
    const { hotSeconds, tiers } = freshnessOf(await readSourceState(sourceId), now());
    await freshness.note(sourceId, {
      atMs,
      hotSeconds,
      activeSeconds: tiers.active.oldestUnverifiedSeconds,
      coldSeconds: tiers.cold.oldestUnverifiedSeconds,
    });
  };
  return async (sourceId, signal) => {
    const outcome = await poll(sourceId, signal);
    const minute = minuteOf(now());
    if (outcome.kind === 'skipped' || noted.get(sourceId) === minute) return outcome;
    noted.set(sourceId, minute);
    await note(sourceId, minute).catch((error: unknown) => {
      log.warn({ source_id: sourceId, err: error }, 'freshness.not_noted');
    });
    return outcome;
  };
}
