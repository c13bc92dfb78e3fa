import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { SourceRuntime } from '#store/source-state.ts';
import type { Sources } from '#store/sources.ts';
import { problem, problems } from './problem.ts';
import { noQuery } from './route-parts.ts';
import type { WakePoll } from './source-actions.ts';

export interface HintPorts {
  readonly sources: Sources;
  readonly readSourceState: (sourceId: string) => Promise<SourceRuntime>;
  readonly wakePoll: WakePoll;
  readonly now: () => number;
}

const takeHint = createRoute({
  tags: ['Hints'],
  method: 'post',
  path: '/hints/{secret}',
  operationId: 'giveHint',
  summary: 'Hint that something happened',
  description:
    'For the inbox’s own hooks: the source is polled now. Who knows the address needs no key, and its body, whatever it is, is not read.',
  request: {
    params: z.object({
      secret: z.string().openapi({ param: { name: 'secret', in: 'path' }, example: 'SECRET' }),
    }),
    query: noQuery.catchall(z.string()),
  },
  responses: {
    202: { description: 'The source is polled as soon as the budget allows, unless it is paused.' },
    ...problems(400, 404, 413, 500, 503),
  },
});

/**
 * This much time lies behind a hot window before a hint has the next one read, but for one that is asked for while it is
 * read: so that the rest of the inbox is not forgotten over a busy chat.
 */
const leastRequestsBetween = 6;
const minuteMs = 60_000;

export function hintRoutes(app: OpenAPIHono, ports: HintPorts): void {
  app.openapi(takeHint, async (c) => {
    const found = await ports.sources.findByHint(c.req.valid('param').secret);
    if (found === null) return problem(c, 404, 'There is nothing at this address.');
    if (!found.paused) {
      const { hotReadAtMs } = await ports.readSourceState(found.id);
      await ports.wakePoll(found.id, hintDelayMs(found, hotReadAtMs ?? 0, ports.now()));
    }
    return c.body(null, 202);
  });
}

/** How long a hint waits, so that hints do not use up the budget. */
export function hintDelayMs(
  { requestsPerMinute }: { readonly requestsPerMinute: number },
  hotReadAtMs: number,
  nowMs: number,
): number {
  const spacingMs = (leastRequestsBetween * minuteMs) / requestsPerMinute;
  // Another process's clock may be ahead of ours.
  const passedMs = Math.max(0, nowMs - hotReadAtMs);
  return Math.max(0, Math.ceil(spacingMs - passedMs));
}
