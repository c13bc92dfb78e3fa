import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import type { Subscription } from '#domain/subscription.ts';
import type { ReadLaneTotals, TroubledLane } from '#store/lane-totals.ts';
import type { LaneSummary, Lanes } from '#store/lanes.ts';
import type { Minute, Pulse } from '#store/pulse.ts';
import type { Subscriptions } from '#store/subscriptions.ts';
import { type Concern, type Overview, overviewSchema } from './overview-schema.ts';
import { refusals } from './refusals.ts';
import { jsonAnswer, noQuery } from './route-parts.ts';
import { openTo } from './scopes.ts';
import { shareForAWhile } from './share-in-flight.ts';
import { type ShowPorts, type SourceView, viewSources } from './source-view.ts';
import type { SourcePorts } from './sources.ts';

export interface OverviewPorts extends ShowPorts {
  readonly sources: SourcePorts['sources'];
  readonly subscriptions: Subscriptions;
  readonly lanes: Lanes;
  readonly laneTotals: ReadLaneTotals;
  readonly pulse: Pick<Pulse, 'read'>;
}

const shownMinutes = 60;
const mostConcerns = 10;

const getOverview = createRoute({
  ...openTo('read'),
  tags: ['Operation'],
  method: 'get',
  path: '/v1/overview',
  operationId: 'getOverview',
  summary: 'The service at a glance',
  description:
    'Whether everything is seen and delivered, how fresh and how late, and what needs somebody. It costs the same however many contacts and events there are, and may be a second old.',
  request: { query: noQuery },
  responses: {
    200: jsonAnswer(overviewSchema, 'How it stands now.'),
    ...refusals.get(),
  },
});

export function overviewRoutes(app: OpenAPIHono, ports: OverviewPorts): void {
  const read = shareForAWhile(ports.now, () => readOverview(ports));
  app.openapi(getOverview, async (c) => c.json(await read(), 200));
}

async function readOverview(ports: OverviewPorts): Promise<Overview> {
  const { subscriptions, laneTotals, pulse, now } = ports;
  const nowMs = now();
  const [sources, totals, minutes] = await Promise.all([
    viewSources(ports),
    subscriptions.ids().then(laneTotals),
    pulse.read(nowMs, shownMinutes),
  ]);
  const { waiting, held, retrying, failed, expired, skipped } = totals.deliveries;
  const ofSources = sources.flatMap(sourceConcern).slice(0, mostConcerns);
  const worst = totals.troubled.slice(0, mostConcerns - ofSources.length);
  return {
    at: toIso(nowMs),
    sources: addUpSources(sources),
    subscriptions: totals.subscriptions,
    deliveries: { waiting, held, retrying, failed, expired, skipped },
    oldestWaitingAt: totals.oldestWaitingAtMs === null ? null : toIso(totals.oldestWaitingAtMs),
    concerns: [...ofSources, ...(await subscriptionConcerns(ports, worst))],
    minutes: minutes.map(viewMinute),
  };
}

function addUpSources(sources: readonly SourceView[]): Overview['sources'] {
  const states = { baselining: 0, watching: 0, paused: 0, failing: 0 };
  for (const { state } of sources) states[state] += 1;
  // What a paused source does not see is meant so.
  const read = sources.filter(({ state }) => state !== 'paused');
  return {
    ...states,
    contacts: sources.reduce((sum, { contacts }) => sum + contacts, 0),
    hotSeconds: oldest(read.map(({ freshness }) => freshness.hotSeconds)),
    oldestUnverifiedSeconds: oldest(read.map(({ freshness }) => freshness.oldestUnverifiedSeconds)),
  };
}

/** Unknown as soon as one is. */
function oldest(ages: readonly (number | null)[]): number | null {
  if (ages.length === 0 || ages.includes(null)) return null;
  return Math.max(...ages.map(Number));
}

function sourceConcern({ id, state, error, baseUrl, baseline }: SourceView): Concern[] {
  const common = { id, name: baseUrl, waiting: 0 };
  if (state === 'failing') {
    const detail = error?.message ?? 'The inbox does not answer as it should.';
    return [{ ...common, kind: 'source.failing', since: error?.since ?? null, detail }];
  }
  if (state !== 'baselining') return [];
  const { contacts, expectedContacts, startedAt } = baseline;
  const detail = `The inbox is read for the first time: ${contacts} contacts${expectedContacts === null ? '' : ` of about ${expectedContacts}`} so far.`;
  return [{ ...common, kind: 'source.baselining', since: startedAt, detail }];
}

async function subscriptionConcerns(
  { subscriptions, lanes }: OverviewPorts,
  troubled: readonly TroubledLane[],
): Promise<Concern[]> {
  const ids = troubled.map(({ id }) => id);
  const [found, summaries] = await Promise.all([
    Promise.all(ids.map((id) => subscriptions.get(id))),
    lanes.summarize(ids),
  ]);
  return found.flatMap((subscription, at) => {
    const summary = summaries[at];
    // Deleted since the lanes were counted.
    if (subscription === null || summary === undefined) return [];
    return [subscriptionConcern(subscription, summary)];
  });
}

const disabledBecause = {
  gone: 'The subscriber answered 410, so nothing more is sent until it is resumed.',
  failing:
    'It failed for five days without one success, so nothing more is sent until it is resumed.',
};

function subscriptionConcern(
  { id, description, url }: Subscription,
  { status, disabledReason, failing, counts }: LaneSummary,
): Concern {
  const isDisabled = status === 'disabled';
  const failures = failing?.failures ?? 0;
  return {
    kind: isDisabled ? 'subscription.disabled' : 'subscription.failing',
    id,
    name: description ?? new URL(url).origin,
    since: failing === null ? null : toIso(failing.sinceMs),
    detail: isDisabled
      ? disabledBecause[disabledReason ?? 'failing']
      : `${failures === 1 ? 'The last attempt' : `The last ${failures} attempts`} failed; it is tried again.`,
    waiting: counts.pending + counts.retrying,
  };
}

function viewMinute({ atMs, events, delivered, refused, lateMs }: Minute) {
  const meanSeconds = delivered === 0 ? null : Math.round(lateMs / delivered) / 1000;
  return { at: toIso(atMs), events, delivered, refused, meanSeconds };
}

function toIso(ms: number): string {
  return new Date(ms).toISOString();
}
