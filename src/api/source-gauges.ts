import type { Gauge } from 'prom-client';
import type { Meter } from './meter.ts';
import type { SourceView } from './source-view.ts';

/** Sources as Prometheus sees them at a scrape. Whoever asks several processes gets the same answer from each. */
export interface SourceGauges {
  /** What is not among these is no longer shown. */
  set(views: readonly SourceView[]): void;
}

const honoured = { honoured: 1, ignored: 0 } as const;

/** Labels hold ids of sources and fixed words, never anything that an inbox says. */
export function createSourceGauges(make: Meter): SourceGauges {
  const gauges: { reset(): void }[] = [];
  const gauge = <L extends string = never>(name: string, help: string, ...labels: L[]) => {
    const made = make.gauge<'source' | L>(`source_${name}`, help, ['source', ...labels]);
    gauges.push(made);
    return made;
  };
  const state = gauge('state', '1 for the state that a source is in.', 'state');
  const contacts = gauge('contacts', 'Contacts known of a source.');
  const hot = gauge('hot_age_seconds', 'Age of what is known of lately seen people.');
  const oldest = gauge(
    'oldest_unverified_age_seconds',
    'Everyone was read within this time (`all`), and so for each tier of the reading.',
    'tier',
  );
  const used = gauge(
    'budget_used_requests',
    'Requests of the last minute, of all sources with this token.',
  );
  const limit = gauge('budget_limit_requests', 'Requests allowed in a minute.');
  const inForce = gauge(
    'budget_in_force_requests',
    'Requests allowed in a minute just now: below the limit for some minutes after a 429.',
  );
  const baselineRequests = gauge('baseline_requests', 'Requests that the baseline took so far.');
  const baselineLeft = gauge(
    'baseline_remaining_seconds',
    'What the baseline will take yet; 0 once done.',
  );
  const covered = gauge(
    'covered_until_timestamp_seconds',
    'Everyone whom the inbox saw before this moment of its time was read since.',
  );
  const filter = gauge('filter_honoured', '1 where the inbox does as a filter says.', 'filter');

  const setOne = (view: SourceView) => {
    const source = view.id;
    const { hotSeconds, oldestUnverifiedSeconds, tiers } = view.freshness;
    state.set({ source, state: view.state }, 1);
    contacts.set({ source }, view.contacts);
    used.set({ source }, view.budget.usedLastMinute);
    limit.set({ source }, view.budget.limit);
    inForce.set({ source }, view.budget.limitInForce);
    baselineRequests.set({ source }, view.baseline.requests);
    const { secondsLeft } = view.baseline;
    setKnown(baselineLeft, source, secondsLeft);
    const { coveredUntil } = view.freshness;
    setKnown(covered, source, coveredUntil === null ? null : Date.parse(coveredUntil) / 1000);
    setKnown(hot, source, hotSeconds);
    const ages = { all: { oldestUnverifiedSeconds }, ...tiers };
    for (const [tier, age] of Object.entries(ages)) {
      if (age.oldestUnverifiedSeconds !== null) {
        oldest.set({ source, tier }, age.oldestUnverifiedSeconds);
      }
    }
    for (const [name, { verdict }] of Object.entries(view.inbox?.filters ?? {})) {
      if (verdict !== 'unknown') filter.set({ source, filter: name }, honoured[verdict]);
    }
  };

  return {
    set(views) {
      for (const each of gauges) each.reset();
      for (const view of views) setOne(view);
    },
  };
}

/** What is not known yet is left out. */
function setKnown(gauge: Gauge<'source'>, source: string, value: number | null): void {
  if (value !== null) gauge.set({ source }, value);
}
