import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { LaneTotals } from '#store/lane-totals.ts';
import type { Metrics } from './metrics.ts';
import { problem, problems } from './problem.ts';
import { jsonAnswer } from './route-parts.ts';
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
  readonly now: () => number;
}

const tags = ['Operation'];

const live = createRoute({
  tags,
  method: 'get',
  path: '/healthz',
  summary: 'Whether the process lives',
  responses: {
    200: jsonAnswer(z.object({ status: z.literal('ok'), version: z.string() }), 'It lives.'),
  },
});

const ready = createRoute({
  tags,
  method: 'get',
  path: '/readyz',
  summary: 'Whether it can work',
  responses: {
    200: jsonAnswer(z.object({ status: z.literal('ready') }), 'Redis answers.'),
    ...problems(503),
  },
});

const scrape = createRoute({
  tags,
  method: 'get',
  path: '/metrics',
  summary: 'Metrics for Prometheus',
  responses: {
    200: { description: 'Prometheus text.', content: { 'text/plain': { schema: z.string() } } },
  },
});

export function healthRoutes(app: OpenAPIHono, ports: HealthPorts): void {
  const { isReady, version, metrics, viewSources, readLanes, now } = ports;

  app.openapi(live, (c) => c.json({ status: 'ok' as const, version }, 200));

  app.openapi(ready, async (c) => {
    if (await isReady()) return c.json({ status: 'ready' as const }, 200);
    return problem(c, 503, 'Redis does not answer, or takes no writes.');
  });

  app.openapi(scrape, async (c) => {
    const [sources, lanes] = await Promise.all([viewSources(), readLanes()]);
    const text = await metrics.text(sources, lanes, now());
    return c.text(text, 200, { 'content-type': metrics.contentType });
  });
}
