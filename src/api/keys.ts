import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { type ApiKey, type ApiKeyId, keyScopes } from '#domain/api-key.ts';
import { changedAt } from '#domain/changed-at.ts';
import { type ApiKeys, apiKeyId, type ListedKey } from '#store/api-keys.ts';
import { cutPage, pageOf, pageQuery } from './cursor.ts';
import {
  changedMeanwhile,
  createdAnswer,
  entityTag,
  ifMatch,
  precondition,
  taggedAnswer,
} from './entity-tag.ts';
import {
  type KeyChange,
  keyChangeSchema,
  keySchema,
  keyWithTextSchema,
  newKeySchema,
  principalSchema,
} from './key-schema.ts';
import { hashOfKey, makeKeyText } from './key-text.ts';
import { type InvalidField, invalid, unknown } from './problem.ts';
import { refusals } from './refusals.ts';
import { idParam, jsonAnswer, jsonBody, noQuery } from './route-parts.ts';
import { openTo } from './scopes.ts';

export interface KeyPorts {
  readonly apiKeys: ApiKeys;
  readonly now: () => number;
}

const common = { ...openTo(), tags: ['Keys'] };
const one = { params: idParam('key_…'), query: noQuery };

const createOne = createRoute({
  ...common,
  method: 'post',
  path: '/v1/keys',
  operationId: 'createKey',
  summary: 'Make an API key',
  description: 'Only its hash is kept: who loses a key makes another.',
  request: { query: noQuery, body: jsonBody(newKeySchema) },
  responses: {
    201: createdAnswer(keyWithTextSchema, 'The key, with its text this one time.'),
    ...refusals.post(),
  },
});

const list = createRoute({
  ...common,
  method: 'get',
  path: '/v1/keys',
  operationId: 'listKeys',
  summary: 'List API keys',
  description: 'All but the one of the environment, `ADMIN_API_KEY`.',
  request: { query: z.strictObject(pageQuery(z.string())) },
  responses: { 200: jsonAnswer(pageOf(keySchema), 'The oldest first.'), ...refusals.get() },
});

const getOne = createRoute({
  ...common,
  method: 'get',
  path: '/v1/keys/{id}',
  operationId: 'getKey',
  summary: 'Get one API key',
  description: 'What it may do and when it was last used.',
  request: one,
  responses: { 200: taggedAnswer(keySchema, 'The key, without its text.'), ...refusals.get(404) },
});

const changeOne = createRoute({
  ...common,
  method: 'patch',
  path: '/v1/keys/{id}',
  operationId: 'changeKey',
  summary: 'Change an API key',
  description: 'It holds from the next request on. For other scopes make another key.',
  request: { ...one, ...ifMatch, body: jsonBody(keyChangeSchema) },
  responses: { 200: taggedAnswer(keySchema, 'The key as it is now.'), ...refusals.patch(404, 412) },
});

const revokeOne = createRoute({
  ...common,
  method: 'delete',
  path: '/v1/keys/{id}',
  operationId: 'revokeKey',
  summary: 'Revoke an API key',
  description:
    'From the answer on it opens nothing. The subscriptions that it made go on, and only keys with the scope `admin` can change them.',
  request: { ...one, ...ifMatch },
  responses: { 204: { description: 'It is revoked.' }, ...refusals.delete(404, 412) },
});

const showMe = createRoute({
  ...openTo('read', 'subscriptions'),
  tags: ['Keys'],
  method: 'get',
  path: '/v1/me',
  operationId: 'getMe',
  summary: 'See whose key this is',
  description: 'For trying out a key: it changes nothing and every key may ask it.',
  request: { query: noQuery },
  responses: { 200: jsonAnswer(principalSchema, 'The key that asks.'), ...refusals.get() },
});

export function keyRoutes(app: OpenAPIHono, { apiKeys, now }: KeyPorts): void {
  app.openapi(createOne, async (c) => {
    const { scopes, ...chosen } = c.req.valid('json');
    const errors = endProblems(chosen.expiresAt, now());
    if (errors.length > 0) return invalid(c, errors);
    const text = makeKeyText(c.get('chance').randomBytes);
    const hash = hashOfKey(text);
    const createdAt = new Date(now()).toISOString();
    const key: ApiKey = {
      ...chosen,
      id: apiKeyId(hash),
      scopes: keyScopes.filter((scope) => scopes.includes(scope)),
      start: text.slice(0, 8),
      hash,
      createdAt,
      updatedAt: createdAt,
    };
    await apiKeys.create(key);
    // Where the same request made it before, that one stands.
    const made = (await apiKeys.get(key.id)) ?? { ...key, lastUsedAt: null };
    const shown = { ...viewKey(made), key: text };
    const location = `/v1/keys/${key.id}`;
    return c.json(shown, 201, { location, etag: entityTag(made) });
  });

  app.openapi(list, async (c) => {
    const { page, next } = cutPage(await apiKeys.list(), ageKey, c.req.valid('query'));
    return c.json({ data: page.map(viewKey), next }, 200);
  });

  app.openapi(getOne, async (c) => {
    const { id } = c.req.valid('param');
    const found = await apiKeys.get(id as ApiKeyId);
    if (found === null) return unknown(c, 'API key', id);
    return c.json(viewKey(found), 200, { etag: entityTag(found) });
  });

  app.openapi(changeOne, async (c) => {
    const { id } = c.req.valid('param');
    const change = c.req.valid('json');
    const errors = endProblems(change.expiresAt ?? null, now());
    if (errors.length > 0) return invalid(c, errors);
    const match = precondition(c.req.valid('header')['if-match']);
    const changed = await apiKeys.update(id as ApiKeyId, (before) =>
      match.holds(entityTag(before)) ? changeKey(before, change, now()) : before,
    );
    if (changed === null) return unknown(c, 'API key', id);
    if (match.failed) return changedMeanwhile(c);
    return c.json(viewKey(changed), 200, { etag: entityTag(changed) });
  });

  app.openapi(revokeOne, async (c) => {
    const { id } = c.req.valid('param');
    const match = precondition(c.req.valid('header')['if-match']);
    const revoked = await apiKeys.revoke(id as ApiKeyId, (key) => match.holds(entityTag(key)));
    if (match.failed) return changedMeanwhile(c);
    return revoked ? c.body(null, 204) : unknown(c, 'API key', id);
  });

  app.openapi(showMe, (c) => {
    const { keyId, name, scopes } = c.get('principal');
    return c.json({ id: keyId, name, scopes: [...scopes] }, 200);
  });
}

/** What is not named stays. */
function changeKey(before: ApiKey, change: KeyChange, nowMs: number): ApiKey {
  return {
    ...before,
    name: change.name ?? before.name,
    requestsPerMinute: change.requestsPerMinute ?? before.requestsPerMinute,
    expiresAt: change.expiresAt === undefined ? before.expiresAt : change.expiresAt,
    updatedAt: changedAt(before, nowMs),
  };
}

function endProblems(expiresAt: string | null, nowMs: number): InvalidField[] {
  if (expiresAt === null || Date.parse(expiresAt) > nowMs) return [];
  return [{ path: 'expiresAt', message: 'must lie in the future' }];
}

/** Named one by one, so that the hash is not shown by accident. */
function viewKey(key: ListedKey): z.input<typeof keySchema> {
  const { id, name, scopes, requestsPerMinute, start, lastUsedAt, expiresAt } = key;
  return {
    id,
    name,
    scopes: [...scopes],
    requestsPerMinute,
    start,
    createdAt: key.createdAt,
    updatedAt: key.updatedAt,
    lastUsedAt,
    expiresAt,
  };
}

function ageKey({ createdAt, id }: ListedKey): string {
  return `${createdAt} ${id}`;
}
