import type { SimulatorOptions } from '#simulator/settings.ts';
import type { Transition } from '#simulator/world.ts';
import { createVirtualClock, type VirtualClock } from '../support/virtual-clock.ts';
import { judge, type Trial, type Verdict } from './detection-judge.ts';
import { collectNews } from './detection-news.ts';
import { hotIntervalMs, openWatch, requestsPerMinute, type Watch } from './detection-wiring.ts';

export interface Cell {
  readonly contacts: number;
  readonly pageSize: number;
  /** Share of contacts that are not closed; null for all statuses alike. */
  readonly activeShare: number | null;
  readonly seed: number;
  /** How long changes are made that are timed, in hours of the virtual clock. */
  readonly hours: number;
  /** How long the reading goes on behind them, so that the last of them can be found. */
  readonly hoursAfter: number;
  /** What else the inbox does, or does not. */
  readonly inbox: SimulatorOptions;
}

export interface Findings extends Verdict {
  readonly cell: Cell;
  readonly trial: Trial;
  readonly outOfSequence: number;
  readonly baseline: { readonly requests: number; readonly minutes: number };
  readonly busiestMinute: number;
  readonly limited: number;
  readonly requests: number;
  readonly requestsByTier: Readonly<Record<Tier, number>>;
  /** Complete readings of everyone. */
  readonly readings: readonly Reading[];
  /** Contacts outside the globally commonest status, over the time in which changes were timed. */
  readonly meanMinority: number;
  /** The least mean delay of agents' changes, ms: `M/(2Bp)`. */
  readonly boundMs: number;
  /** Real time that it took. */
  readonly tookMs: number;
}

interface Reading {
  readonly fromMs: number;
  readonly toMs: number;
}

const hourMs = 3_600_000;
/** A baseline longer than this will not end. */
const longestBaselineMs = 100 * hourMs;

/** Hours of one inbox in seconds: the baseline, then changes that are timed, then the time to find the last of them. */
export async function runCell(cell: Cell): Promise<Findings> {
  const tookFromMs = performance.now();
  const clock = createVirtualClock(Date.parse('2026-06-12T10:00:00.250Z'));
  const startMs = clock.now();
  const options = simulatorOptions(cell);
  const clockOffsetMs = options.clockOffsetMs ?? 0;
  const news = collectNews(clock.now, clockOffsetMs);
  const watch = openWatch(options, clock, news.onCommit);
  const { population, requests } = watch.simulator;
  const statuses = countStatuses(watch, cell);
  const readings = watchReadings();
  const pollNext = pollAtTicks(watch, clock);

  while ((await watch.state()).baselineCompletedAtMs === undefined) {
    if (clock.now() > startMs + longestBaselineMs) throw new Error('The baseline does not end.');
    await pollNext();
  }
  const baseline = {
    requests: requests.received.length,
    minutes: (clock.now() - startMs) / 60_000,
  };
  const fromMs = clock.now();
  const toMs = fromMs + cell.hours * hourMs;
  const endMs = toMs + cell.hoursAfter * hourMs;
  let minority = 0;
  let samples = 0;
  while (clock.now() < endMs) {
    await pollNext();
    readings.note((await watch.state()).verifiedFromMs, clock.now());
    statuses.catchUp(population.truth);
    if (clock.now() >= toMs) continue;
    minority += statuses.minority();
    samples += 1;
  }
  const meanMinority = minority / samples;
  const trial: Trial = {
    ...news.upTo(population.truth),
    fromMs,
    toMs,
    endMs: clock.now(),
    // Stamps may be cut to the second, and a replica does not tell how far it is behind.
    toleranceMs: 1000 + watch.simulator.settings.lies.staleMs,
    hasPersisted: readings.hasPersisted,
  };
  return {
    ...judge(trial),
    trial,
    cell,
    outOfSequence: news.outOfSequence(),
    baseline,
    busiestMinute: requests.busiestMinute(),
    limited: requests.received.filter(({ status }) => status === 429).length,
    requests: requests.received.length - baseline.requests,
    requestsByTier: countTiers(requests.received.slice(baseline.requests)),
    readings: readings.all,
    meanMinority,
    boundMs: meanMinority / (2 * (requestsPerMinute / 60_000) * cell.pageSize),
    tookMs: performance.now() - tookFromMs,
  };
}

function simulatorOptions({
  contacts,
  pageSize,
  activeShare,
  seed,
  inbox,
}: Cell): SimulatorOptions {
  return {
    contacts,
    pageSize,
    seed,
    statusShares: statusShares(activeShare),
    ...inbox,
    activityPerMinute: { newContacts: 1, ...inbox.activityPerMinute },
  };
}

/** Skewed as real ones are, or all alike. */
function statusShares(activeShare: number | null): Record<string, number> {
  const open = { OPEN: 1.8, INPROGRESS: 1.4, ONHOLD: 0.8, REVIEW: 0.6, DEPENDANCY: 0.4 };
  const names = Object.keys(open);
  if (activeShare === null)
    return Object.fromEntries([...names, 'CLOSED'].map((name) => [name, 1]));
  if (activeShare === 1) return open;
  const openSum = Object.values(open).reduce((sum, share) => sum + share, 0);
  return { CLOSED: (openSum * (1 - activeShare)) / activeShare, ...open };
}

/**
 * The service polls at every whole interval. A tick that comes while the last poll still runs knocks, and that poll is
 * followed by the next one at once.
 */
function pollAtTicks(watch: Watch, clock: VirtualClock): () => Promise<void> {
  let dueMs = clock.now();
  return async () => {
    clock.passUntil(dueMs);
    dueMs = (Math.floor(clock.now() / hotIntervalMs) + 1) * hotIntervalMs;
    await watch.poll();
  };
}

/** Knows at any time how many contacts have each status. */
function countStatuses({ simulator }: Watch, { contacts }: Cell) {
  const counts = new Map<string, number>();
  const add = (status: string | undefined, count: number) => {
    if (status !== undefined) counts.set(status, (counts.get(status) ?? 0) + count);
  };
  const initial = simulator.population.listed();
  if (initial.length !== contacts) throw new Error('Something has happened already.');
  for (const { status } of initial) add(status, 1);
  let read = 0;
  return {
    catchUp(truth: readonly Transition[]) {
      for (; read < truth.length; read += 1) {
        const { kind, from, to } = truth[read] as Transition;
        if (kind === 'created' || kind === 'imported') add(to, 1);
        if (kind === 'deleted') add(from, -1);
        if (kind !== 'status_changed') continue;
        add(from, -1);
        add(to, 1);
      }
    },
    minority() {
      const all = [...counts.values()];
      return all.reduce((sum, count) => sum + count, 0) - Math.max(...all);
    },
  };
}

/** Complete readings of everyone, as the service itself tells of them. */
function watchReadings() {
  const readings: Reading[] = [];
  return {
    note(verifiedFromMs: number | undefined, nowMs: number) {
      if (verifiedFromMs === undefined || verifiedFromMs === readings.at(-1)?.fromMs) return;
      readings.push({ fromMs: verifiedFromMs, toMs: nowMs });
    },
    all: readings,
    /** Two readings, one after the other, lie within this time. */
    hasPersisted(fromMs: number, untilMs: number): boolean {
      const first = readings.find((reading) => reading.fromMs >= fromMs);
      if (first === undefined) return false;
      const second = readings.find((reading) => reading.fromMs >= first.toMs);
      return second !== undefined && second.toMs <= untilMs;
    },
  };
}

type Tier = 'hot' | 'active' | 'slices' | 'pages';

function countTiers(received: readonly { readonly filters: object }[]): Record<Tier, number> {
  const counts = { hot: 0, active: 0, slices: 0, pages: 0 };
  for (const { filters } of received) counts[tierOf(filters)] += 1;
  return counts;
}

function tierOf(filters: object): Tier {
  if ('lastSeenAt' in filters) return 'hot';
  if ('status' in filters) return 'active';
  return 'createdAt' in filters ? 'slices' : 'pages';
}
