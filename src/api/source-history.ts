import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { FreshnessHistory } from '#store/freshness-history.ts';
import type { Sources } from '#store/sources.ts';
import { unknown } from './problem.ts';
import { refusals } from './refusals.ts';
import { idParam, jsonAnswer, noQuery } from './route-parts.ts';
import { openTo } from './scopes.ts';

export interface SourceHistoryPorts {
  readonly sources: Sources;
  readonly freshness: Pick<FreshnessHistory, 'read'>;
  readonly now: () => number;
}

const seconds = z.number().nullable();

export const freshnessHistorySchema = z
  .object({
    minutes: z.array(
      z.object({
        at: z.iso.datetime(),
        hotSeconds: seconds,
        activeSeconds: seconds,
        coldSeconds: seconds,
      }),
    ),
  })
  .openapi('FreshnessHistory', {
    description: 'As `freshness` of the source was in each minute; null where nothing was known.',
  });

const getHistory = createRoute({
  ...openTo('read'),
  tags: ['Sources'],
  method: 'get',
  path: '/v1/sources/{id}/freshness',
  operationId: 'getSourceFreshness',
  summary: 'Get how fresh a source was',
  description:
    'The last hour, a minute each, the oldest first. Minutes in which it was not polled are left out.',
  request: { params: idParam('default'), query: noQuery },
  responses: {
    200: jsonAnswer(freshnessHistorySchema, 'The last hour.'),
    ...refusals.get(404),
  },
});

export function sourceHistoryRoutes(app: OpenAPIHono, ports: SourceHistoryPorts): void {
  const { sources, freshness, now } = ports;
  app.openapi(getHistory, async (c) => {
    const { id } = c.req.valid('param');
    if ((await sources.get(id)) === null) return unknown(c, 'source', id);
    const found = await freshness.read(id, now());
    const minutes = found.map(({ atMs, ...ages }) => ({
      at: new Date(atMs).toISOString(),
      ...ages,
    }));
    return c.json({ minutes }, 200);
  });
}
