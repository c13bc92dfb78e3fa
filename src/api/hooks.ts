import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Principal } from '#domain/api-key.ts';
import type { Subscription, SubscriptionId } from '#domain/subscription.ts';
import type { LaneWake } from '#store/lanes.ts';
import type { AddressGuard } from '#webhook/address-guard.ts';
import { createSecret } from '#webhook/signature.ts';
import type { Chance } from './chance.ts';
import { cutPage, pageOf, pageQuery } from './cursor.ts';
import { type HookSamplePorts, hookSampleRoutes } from './hook-samples.ts';
import {
  hookSchema,
  hookWithSecretSchema,
  newHookSchema,
  urlNameOf,
  wishOf,
} from './hook-schema.ts';
import { findTwin, viewHook } from './hook-view.ts';
import { invalid, unknown } from './problem.ts';
import { refusals } from './refusals.ts';
import { idParam, jsonAnswer, jsonBody, noQuery } from './route-parts.ts';
import { openTo } from './scopes.ts';
import { findSubscription, visibleTo } from './subscription-access.ts';
import {
  addSubscription,
  type LifecyclePorts,
  removeSubscription,
  urlProblems,
} from './subscription-lifecycle.ts';

export interface HookPorts extends LifecyclePorts, HookSamplePorts {
  readonly guard: AddressGuard;
  readonly wakeLanes: (lanes: readonly LaneWake[]) => Promise<void>;
  readonly now: () => number;
}

const common = { tags: ['Hooks'] };
const one = { params: idParam('sub_…'), query: noQuery };

const createOne = createRoute({
  ...common,
  ...openTo('subscriptions'),
  method: 'post',
  path: '/v1/hooks',
  operationId: 'createHook',
  summary: 'Subscribe, as automation platforms do',
  description:
    'A subscription that a 410 from its address removes. Whoever asks again for the same with the same key gets the same hook, secret included, and one that was disabled is active again: the first answer may have been lost.',
  request: { query: noQuery, body: jsonBody(newHookSchema) },
  responses: {
    201: {
      ...jsonAnswer(hookWithSecretSchema, 'The hook; its `id` is what it is ended by.'),
      headers: z.object({ location: z.string() }),
    },
    ...refusals.post(),
  },
});

const list = createRoute({
  ...common,
  ...openTo('read', 'subscriptions'),
  method: 'get',
  path: '/v1/hooks',
  operationId: 'listHooks',
  summary: 'List hooks',
  description: 'Those that the key may see. They stand among `/v1/subscriptions` too.',
  request: { query: z.strictObject(pageQuery(z.string())) },
  responses: { 200: jsonAnswer(pageOf(hookSchema), 'The oldest first.'), ...refusals.get() },
});

const getOne = createRoute({
  ...common,
  ...openTo('read', 'subscriptions'),
  method: 'get',
  path: '/v1/hooks/{id}',
  operationId: 'getHook',
  summary: 'Get one hook',
  description: 'Whether it is there still. One that answered 410 is not.',
  request: one,
  responses: { 200: jsonAnswer(hookSchema, 'The hook.'), ...refusals.get(404) },
});

const removeOne = createRoute({
  ...common,
  ...openTo('subscriptions'),
  method: 'delete',
  path: '/v1/hooks/{id}',
  operationId: 'deleteHook',
  summary: 'Unsubscribe',
  description:
    'With it goes all that waits for it. A 404 means that it had ended before, which is as good.',
  request: one,
  responses: { 204: { description: 'It has ended.' }, ...refusals.delete(404) },
});

/** A face of subscriptions in the conventions of Zapier, Make and n8n. */
export function hookRoutes(app: OpenAPIHono, ports: HookPorts): void {
  const { subscriptions } = ports;
  // Before what takes any id.
  hookSampleRoutes(app, ports);

  app.openapi(createOne, async (c) => {
    const body = c.req.valid('json');
    const wish = wishOf(body);
    const errors = urlProblems(ports.guard, wish.url, urlNameOf(body));
    if (errors.length > 0) return invalid(c, errors);
    const principal = c.get('principal');
    const twin = findTwin(await subscriptions.list(), principal, wish);
    const hook =
      (twin && (await revive(ports, twin.id))) ??
      (await addSubscription(ports, makeHook(wish, principal, c.get('chance'), ports.now())));
    const secret = hook.secrets[0]?.value ?? '';
    const location = `/v1/hooks/${hook.id}`;
    return c.json({ ...(await showHook(ports, hook)), secret }, 201, { location });
  });

  app.openapi(list, async (c) => {
    const all = visibleTo(c.get('principal'), await subscriptions.list());
    const hooks = all.filter(({ hook }) => hook === true);
    const { page, next } = cutPage(hooks, ageKey, c.req.valid('query'));
    return c.json(
      { data: await Promise.all(page.map((each) => showHook(ports, each))), next },
      200,
    );
  });

  app.openapi(getOne, async (c) => {
    const { id } = c.req.valid('param');
    const found = await findSubscription(c, subscriptions, id, 'read');
    if (found.kind === 'refused') return found.answer;
    if (found.subscription.hook !== true) return unknown(c, 'hook', id);
    return c.json(await showHook(ports, found.subscription), 200);
  });

  app.openapi(removeOne, async (c) => {
    const { id } = c.req.valid('param');
    const found = await findSubscription(c, subscriptions, id, 'change');
    if (found.kind === 'refused') return found.answer;
    const isHook = found.subscription.hook === true;
    const removed = isHook && (await removeSubscription(ports, id as SubscriptionId));
    return removed ? c.body(null, 204) : unknown(c, 'hook', id);
  });
}

async function showHook({ lanes }: HookPorts, hook: Subscription) {
  const [summary] = await lanes.summarize([hook.id]);
  if (summary === undefined) throw new TypeError('Every lane that is asked for has a summary.');
  return viewHook(hook, summary);
}

function makeHook(
  wish: ReturnType<typeof wishOf>,
  { keyId: createdBy }: Principal,
  { newId, randomBytes }: Chance,
  nowMs: number,
): Subscription {
  const createdAt = new Date(nowMs).toISOString();
  return {
    ...wish,
    id: `sub_${newId()}`,
    hook: true,
    headers: {},
    ordering: 'none',
    maxInFlight: 8,
    secrets: [{ value: createSecret(randomBytes), until: null }],
    createdBy,
    createdAt,
    updatedAt: createdAt,
  };
}

/**
 * Who subscribes again says that its address works; one that somebody paused stays so. Null where it is gone: its 410 may be
 * announced, and the hook removed, at this very moment.
 */
async function revive(ports: HookPorts, id: SubscriptionId): Promise<Subscription | null> {
  const { lanes, subscriptions, wakeLanes, now } = ports;
  const [summary] = await lanes.summarize([id]);
  if (summary?.status === 'disabled') {
    await lanes.resume(id, 'deliver', now());
    await wakeLanes([{ lane: id, failing: false }]);
  }
  return subscriptions.get(id);
}

function ageKey({ createdAt, id }: Subscription): string {
  return `${createdAt} ${id}`;
}
