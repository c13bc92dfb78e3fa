import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { LaneTotals } from '#store/lane-totals.ts';
import type { Metrics } from './metrics.ts';
import { problem, problems } from './problem.ts';
import { jsonAnswer } from './route-parts.ts';
import type { QueueCounts } from './service-gauges.ts';
import { shareForAWhile, shareInFlight } from './share-in-flight.ts';
import type { SourceView } from './source-view.ts';

export interface HealthPorts {
  /** Whether Redis answers. */
  readonly isReady: () => Promise<boolean>;
  readonly version: string;
  readonly metrics: Metrics;
  /** Every source as it is now; none while Redis does not answer. */
  readonly viewSources: () => Promise<readonly SourceView[]>;
  /** All lanes together as they are now; null while Redis does not answer. */
  readonly readLanes: () => Promise<LaneTotals | null>;
  /** The queues as they are now; null while Redis does not answer. */
  readonly countJobs: () => Promise<QueueCounts | null>;
  readonly now: () => number;
}

const tags = ['Operation'];

const live = createRoute({
  tags,
  method: 'get',
  path: '/healthz',
  operationId: 'getLiveness',
  summary: 'Whether the process lives',
  description: 'For a liveness probe: it asks nothing of Redis.',
  responses: {
    200: jsonAnswer(z.object({ status: z.literal('ok'), version: z.string() }), 'It lives.'),
  },
});

const ready = createRoute({
  tags,
  method: 'get',
  path: '/readyz',
  operationId: 'getReadiness',
  summary: 'Whether it can work',
  description: 'For a readiness probe: Redis answers and takes writes.',
  responses: {
    200: jsonAnswer(z.object({ status: z.literal('ready') }), 'Redis answers.'),
    ...problems(503),
  },
});

const scrape = createRoute({
  tags,
  method: 'get',
  path: '/metrics',
  operationId: 'getMetrics',
  summary: 'Metrics for Prometheus',
  description: 'In the text format that Prometheus reads.',
  responses: {
    200: { description: 'Prometheus text.', content: { 'text/plain': { schema: z.string() } } },
  },
});

export function healthRoutes(app: OpenAPIHono, ports: HealthPorts): void {
  const { isReady, version, metrics } = ports;
  // Anybody may ask, as often as they like: that must not keep Redis or this process from deliveries.
  const look = shareForAWhile(ports.now, () => lookUp(ports));
  const scrapeText = shareInFlight(() => readMetrics(ports, look));

  app.openapi(live, (c) => c.json({ status: 'ok' as const, version }, 200));

  app.openapi(ready, async (c) => {
    if (await isReady()) return c.json({ status: 'ready' as const }, 200);
    return problem(c, 503, 'Redis does not answer, or takes no writes.');
  });

  app.openapi(scrape, async (c) => {
    return c.text(await scrapeText(), 200, { 'content-type': metrics.contentType });
  });
}

async function readMetrics(
  { isReady, metrics, now }: HealthPorts,
  look: () => ReturnType<typeof lookUp>,
): Promise<string> {
  const [isUp, [sources, lanes, queues]] = await Promise.all([isReady(), look()]);
  const found = isUp ? { sources, lanes, queues } : { sources: [], lanes: null, queues: null };
  return metrics.text({ isReady: isUp, ...found, nowMs: now() });
}

function lookUp({ viewSources, readLanes, countJobs }: HealthPorts) {
  return Promise.all([viewSources(), readLanes(), countJobs()]);
}
