import type { Logger } from 'pino';
import type { Source } from '#domain/source.ts';
import type { SourceRuntime } from '#store/source-state.ts';
import { describeBaseline, forecastBaseline } from './baseline-forecast.ts';

const everyMs = 10_000;

/** Tells operators how far the first reading of each inbox is: with its first page, and then every ten seconds. */
export function createBaselineLog(
  log: Logger,
  now: () => number,
): (source: Source, state: SourceRuntime) => void {
  const toldAtMs = new Map<string, number>();
  return ({ id, requestsPerMinute }, state) => {
    const nowMs = now();
    if (nowMs - (toldAtMs.get(id) ?? Number.NEGATIVE_INFINITY) < everyMs) return;
    toldAtMs.set(id, nowMs);
    const contacts = state.contacts ?? 0;
    const forecast = forecastBaseline(state, requestsPerMinute);
    log.info(
      {
        source_id: id,
        contacts,
        contacts_expected: forecast.expectedContacts,
        seconds_left: forecast.secondsLeft,
        progress: `${describeBaseline(contacts, forecast)}.`,
      },
      'baseline.progressed',
    );
  };
}
