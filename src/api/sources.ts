import { isDeepStrictEqual } from 'node:util';
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { changedAt } from '#domain/changed-at.ts';
import { providers } from '#inbox/providers.ts';
import type { RemovedSources } from '#store/forgetting.ts';
import type { Sources, StoredSource } from '#store/sources.ts';
import type { Chance } from './chance.ts';
import { cutPage, pageOf, pageQuery } from './cursor.ts';
import {
  changedMeanwhile,
  createdAnswer,
  entityTag,
  ifMatch,
  precondition,
  taggedAnswer,
} from './entity-tag.ts';
import { problem, unknown } from './problem.ts';
import { refusals } from './refusals.ts';
import { idParam, jsonAnswer, jsonBody, noQuery } from './route-parts.ts';
import { openTo } from './scopes.ts';
import type { WakePoll } from './source-actions.ts';
import { newSourceSchema, sourceChangeSchema } from './source-schema.ts';
import { type ShowPorts, showSource, sourceSchema } from './source-view.ts';

export interface SourcePorts extends ShowPorts {
  readonly sources: Sources;
  readonly removedSources: Pick<RemovedSources, 'forget'>;
  readonly schedules: {
    add(sourceId: string): Promise<void>;
    remove(sourceId: string): Promise<void>;
  };
  readonly wakePoll: WakePoll;
  readonly requestsPerMinute: number;
  readonly newId: () => string;
}

const common = { tags: ['Sources'] };
const one = { params: idParam('default'), query: noQuery };

const createOne = createRoute({
  ...common,
  ...openTo(),
  method: 'post',
  path: '/v1/sources',
  operationId: 'createSource',
  summary: 'Connect an inbox',
  description: 'It begins with a silent reading of the whole inbox, the baseline.',
  request: { query: noQuery, body: jsonBody(newSourceSchema) },
  responses: {
    201: createdAnswer(sourceSchema, 'The source, which is polled from now on.'),
    ...refusals.post(),
  },
});

const list = createRoute({
  ...common,
  ...openTo('read'),
  method: 'get',
  path: '/v1/sources',
  operationId: 'listSources',
  summary: 'List sources',
  description: 'All inboxes that are watched, or paused.',
  request: { query: z.strictObject(pageQuery(z.string())) },
  responses: {
    200: jsonAnswer(pageOf(sourceSchema), 'By id.'),
    ...refusals.get(),
  },
});

const getOne = createRoute({
  ...common,
  ...openTo('read'),
  method: 'get',
  path: '/v1/sources/{id}',
  operationId: 'getSource',
  summary: 'Get one source',
  description: 'How fresh it is, what it may ask and what was learned of its inbox.',
  request: one,
  responses: {
    200: taggedAnswer(sourceSchema, 'The source.'),
    ...refusals.get(404),
  },
});

const changeOne = createRoute({
  ...common,
  ...openTo(),
  method: 'patch',
  path: '/v1/sources/{id}',
  operationId: 'changeSource',
  summary: 'Change a source',
  description:
    'Another `baseUrl` or `scope` makes it another inbox: it starts with a silent baseline. A new token or rate goes on where the old one stopped.',
  request: { ...one, ...ifMatch, body: jsonBody(sourceChangeSchema) },
  responses: {
    200: taggedAnswer(sourceSchema, 'The source as it is now.'),
    ...refusals.patch(404, 412),
  },
});

const removeOne = createRoute({
  ...common,
  ...openTo(),
  method: 'delete',
  path: '/v1/sources/{id}',
  operationId: 'deleteSource',
  summary: 'Disconnect an inbox',
  description:
    'What is known of its contacts is forgotten. Its events stay for the retention, and those that wait are delivered. `default` comes back at the next start as long as INBOX_API_TOKEN is set.',
  request: { ...one, ...ifMatch },
  responses: { 204: { description: 'It is gone.' }, ...refusals.delete(404, 412) },
});

export function sourceRoutes(app: OpenAPIHono, ports: SourcePorts): void {
  const { sources, removedSources, schedules, wakePoll, now } = ports;

  app.openapi(createOne, async (c) => {
    const wanted = makeSource(ports, c.get('chance'), c.req.valid('json'));
    const source = (await sources.create(wanted)) ? wanted : await sources.get(wanted.id);
    // With the same inbox id it is what the same request made before, without having answered.
    if (source === null || source.inboxId !== wanted.inboxId) {
      return problem(c, 409, `There is a source ${wanted.id} already.`);
    }
    // Should this process die here, every process looks for missing schedules every few seconds.
    await schedules.add(source.id);
    await wakePoll(source.id);
    const location = `/v1/sources/${source.id}`;
    const etag = entityTag(source);
    return c.json(await showSource(ports, c, source), 201, { location, etag });
  });

  app.openapi(list, async (c) => {
    const { page, next } = cutPage(await sources.ids(), (id) => id, c.req.valid('query'));
    const found = await sources.getMany(page);
    const data = await Promise.all(found.map((source) => showSource(ports, c, source)));
    return c.json({ data, next }, 200);
  });

  app.openapi(getOne, async (c) => {
    const { id } = c.req.valid('param');
    const found = await sources.get(id);
    if (found === null) return unknown(c, 'source', id);
    return c.json(await showSource(ports, c, found), 200, { etag: entityTag(found) });
  });

  app.openapi(changeOne, async (c) => {
    const { id } = c.req.valid('param');
    const change = c.req.valid('json');
    const match = precondition(c.req.valid('header')['if-match']);
    const changed = await sources.update(id, (found) => {
      if (!match.holds(entityTag(found))) return found;
      return {
        ...changeSource(found, change, ports.newId),
        updatedAt: changedAt(found, now()),
      };
    });
    if (changed === null) return unknown(c, 'source', id);
    if (match.failed) return changedMeanwhile(c);
    await wakePoll(id);
    return c.json(await showSource(ports, c, changed), 200, { etag: entityTag(changed) });
  });

  app.openapi(removeOne, async (c) => {
    const { id } = c.req.valid('param');
    const match = precondition(c.req.valid('header')['if-match']);
    const removed = await sources.remove(id, (found) => match.holds(entityTag(found)));
    if (match.failed) return changedMeanwhile(c);
    if (!removed) return unknown(c, 'source', id);
    await schedules.remove(id);
    await removedSources.forget(id);
    return c.body(null, 204);
  });
}

function makeSource(
  { requestsPerMinute, now }: SourcePorts,
  { newId, randomBytes }: Chance,
  body: z.output<typeof newSourceSchema>,
): StoredSource {
  const { id, provider, baseUrl, token } = body;
  const at = new Date(now()).toISOString();
  return {
    id: id ?? `source-${randomBytes(8).toString('hex')}`,
    inboxId: newId(),
    provider,
    baseUrl: baseUrl ?? providers[provider].baseUrl,
    token,
    hintSecret: newId(),
    requestsPerMinute: body.requestsPerMinute ?? requestsPerMinute,
    ...withScope(body.scope),
    paused: false,
    createdAt: at,
    updatedAt: at,
  };
}

function changeSource(
  found: StoredSource,
  change: z.output<typeof sourceChangeSchema>,
  newId: () => string,
): StoredSource {
  const { scope: before, ...rest } = found;
  const { baseUrl = found.baseUrl, token = found.token } = change;
  const { requestsPerMinute = found.requestsPerMinute } = change;
  const scope = withScope(change.scope === undefined ? before : change.scope);
  const isSame = baseUrl === found.baseUrl && isDeepStrictEqual(scope, withScope(before));
  const inboxId = isSame ? found.inboxId : newId();
  return { ...rest, inboxId, baseUrl, token, requestsPerMinute, ...scope };
}

/** Without any filter there is no scope. */
function withScope(scope: StoredSource['scope'] | null): Pick<StoredSource, 'scope'> {
  const isEmpty = !scope || Object.keys(scope).length === 0;
  return isEmpty ? {} : { scope };
}
