import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { changedAt } from '#domain/changed-at.ts';
import type { Sources } from '#store/sources.ts';
import { entityTag, taggedAnswer } from './entity-tag.ts';
import { unknown } from './problem.ts';
import { refusals } from './refusals.ts';
import { idParam, jsonAnswer, noBody, noQuery } from './route-parts.ts';
import { openTo } from './scopes.ts';
import { type ShowPorts, showSource, sourceSchema } from './source-view.ts';

/** A poll as soon as the budget allows, or after `delayMs`; one that is under way finishes soon. */
export type WakePoll = (sourceId: string, delayMs?: number) => Promise<void>;

export interface SourceActionPorts extends ShowPorts {
  readonly sources: Sources;
  readonly wakePoll: WakePoll;
}

const common = {
  ...openTo(),
  tags: ['Sources'],
  method: 'post' as const,
  request: { params: idParam('default'), query: noQuery, body: noBody },
};
const refused = refusals.post(404);

const pollOne = createRoute({
  ...common,
  path: '/v1/sources/{id}/poll',
  operationId: 'pollSource',
  summary: 'Poll now',
  description: 'What the inbox has seen lately is read at once, then what was read longest ago.',
  responses: {
    202: jsonAnswer(z.object({ id: z.string() }), 'A poll begins as soon as the budget allows.'),
    ...refused,
  },
});

const pauseOne = createRoute({
  ...common,
  path: '/v1/sources/{id}/pause',
  operationId: 'pauseSource',
  summary: 'Pause a source',
  description: 'Its inbox is not asked meanwhile; what is known of it stays.',
  responses: { 200: taggedAnswer(sourceSchema, 'The source, paused.'), ...refused },
});

const resumeOne = createRoute({
  ...common,
  path: '/v1/sources/{id}/resume',
  operationId: 'resumeSource',
  summary: 'Resume a source',
  description: 'What happened meanwhile is read over, as far as the inbox still shows it.',
  responses: { 200: taggedAnswer(sourceSchema, 'The source as it is now.'), ...refused },
});

export function sourceActionRoutes(app: OpenAPIHono, ports: SourceActionPorts): void {
  const { sources, wakePoll, now } = ports;

  app.openapi(pollOne, async (c) => {
    const { id } = c.req.valid('param');
    const found = await sources.get(id);
    if (found === null) return unknown(c, 'source', id);
    await wakePoll(found.id);
    return c.json({ id: found.id }, 202);
  });

  const setPaused = async (id: string, paused: boolean) => {
    const changed = await sources.update(id, (found) =>
      found.paused === paused ? found : { ...found, paused, updatedAt: changedAt(found, now()) },
    );
    // Also when it pauses: a poll that is under way hears of it and ends.
    if (changed !== null) await wakePoll(id);
    return changed;
  };

  app.openapi(pauseOne, async (c) => {
    const { id } = c.req.valid('param');
    const changed = await setPaused(id, true);
    if (changed === null) return unknown(c, 'source', id);
    return c.json(await showSource(ports, c, changed), 200, { etag: entityTag(changed) });
  });

  app.openapi(resumeOne, async (c) => {
    const { id } = c.req.valid('param');
    const changed = await setPaused(id, false);
    if (changed === null) return unknown(c, 'source', id);
    return c.json(await showSource(ports, c, changed), 200, { etag: entityTag(changed) });
  });
}
