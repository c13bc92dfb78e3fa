import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Source } from '#domain/source.ts';
import type { Budget } from '#store/budget.ts';
import type { SourceRuntime } from '#store/source-state.ts';
import type { Sources } from '#store/sources.ts';
import { cutPage, pageOf, pageQuery } from './cursor.ts';
import { problems, unknown } from './problem.ts';
import { idParam, jsonAnswer, jsonBody, noBody, noQuery, v1 } from './route-parts.ts';
import { sourceSchema, viewSource } from './source-view.ts';

export interface SourcePorts {
  readonly sources: Sources;
  readonly readSourceState: (sourceId: string) => Promise<SourceRuntime>;
  readonly budget: Pick<Budget, 'usage'>;
  readonly wakePoll: (sourceId: string) => Promise<void>;
  readonly now: () => number;
}

const sourceChangeSchema = z
  .strictObject({
    token: z
      .string()
      .min(1)
      .max(4096)
      .regex(/^[\x21-\x7e]*$/, 'must be printable ASCII without spaces, to fit in a header')
      .openapi({
        description: 'The API token of the inbox. It goes in, and never out.',
        example: 'TOKEN',
      }),
    requestsPerMinute: z.int().min(1).max(1_000_000).openapi({
      description: 'Most requests over any sliding 60 s, all processes together.',
    }),
  })
  .partial()
  .openapi('SourceChange');

const common = { ...v1, tags: ['Sources'] };
const one = { params: idParam('default'), query: noQuery };

const list = createRoute({
  ...common,
  method: 'get',
  path: '/v1/sources',
  summary: 'List sources',
  request: { query: z.strictObject(pageQuery(z.string())) },
  responses: {
    200: jsonAnswer(pageOf(sourceSchema), 'By id.'),
    ...problems(400, 401, 503),
  },
});

const getOne = createRoute({
  ...common,
  method: 'get',
  path: '/v1/sources/{id}',
  summary: 'Get one source',
  request: one,
  responses: {
    200: jsonAnswer(sourceSchema, 'The source.'),
    ...problems(400, 401, 404, 503),
  },
});

const changeOne = createRoute({
  ...common,
  method: 'patch',
  path: '/v1/sources/{id}',
  summary: 'Change a source',
  description: 'A new token goes on where the old one stopped, without a new baseline.',
  request: { ...one, body: jsonBody(sourceChangeSchema) },
  responses: {
    200: jsonAnswer(sourceSchema, 'The source as it is now.'),
    ...problems(400, 401, 404, 413, 415, 503),
  },
});

const pollOne = createRoute({
  ...common,
  method: 'post',
  path: '/v1/sources/{id}/poll',
  summary: 'Poll now',
  request: { ...one, body: noBody },
  responses: {
    202: jsonAnswer(z.object({ id: z.string() }), 'A poll begins as soon as the budget allows.'),
    ...problems(400, 401, 404, 413, 415, 503),
  },
});

export function sourceRoutes(app: OpenAPIHono, ports: SourcePorts): void {
  const { sources, wakePoll, now } = ports;

  app.openapi(list, async (c) => {
    const { page, next } = cutPage(await sources.list(), ({ id }) => id, c.req.valid('query'));
    const data = await Promise.all(page.map((source) => show(ports, source)));
    return c.json({ data, next }, 200);
  });

  app.openapi(getOne, async (c) => {
    const { id } = c.req.valid('param');
    const found = await sources.get(id);
    if (found === null) return unknown(c, 'source', id);
    return c.json(await show(ports, found), 200);
  });

  app.openapi(changeOne, async (c) => {
    const { id } = c.req.valid('param');
    const { token, requestsPerMinute } = c.req.valid('json');
    const changed = await sources.update(id, (found) => ({
      ...found,
      token: token ?? found.token,
      requestsPerMinute: requestsPerMinute ?? found.requestsPerMinute,
      updatedAt: new Date(now()).toISOString(),
    }));
    if (changed === null) return unknown(c, 'source', id);
    return c.json(await show(ports, changed), 200);
  });

  app.openapi(pollOne, async (c) => {
    const { id } = c.req.valid('param');
    const found = await sources.get(id);
    if (found === null) return unknown(c, 'source', id);
    await wakePoll(found.id);
    return c.json({ id: found.id }, 202);
  });
}

async function show({ readSourceState, budget, now }: SourcePorts, source: Source) {
  const [runtime, { usedLastMinute }] = await Promise.all([
    readSourceState(source.id),
    budget.usage(source.token, source.requestsPerMinute),
  ]);
  return viewSource(source, runtime, usedLastMinute, now());
}
