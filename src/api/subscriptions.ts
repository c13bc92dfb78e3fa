import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { hasScope } from '#domain/api-key.ts';
import type { Subscription, SubscriptionId } from '#domain/subscription.ts';
import type { Lanes, LaneWake } from '#store/lanes.ts';
import type { Subscriptions } from '#store/subscriptions.ts';
import type { AddressGuard } from '#webhook/address-guard.ts';
import { formatProblem } from '#webhook/render.ts';
import { createSecret } from '#webhook/signature.ts';
import { cutPage, pageOf, pageQuery } from './cursor.ts';
import { type InvalidField, invalid, unknown } from './problem.ts';
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
import {
  newSubscriptionSchema,
  subscriptionChangeSchema,
  subscriptionSchema,
  subscriptionWithSecretSchema,
} from './subscription-schema.ts';
import {
  changeSubscription,
  showSubscription,
  unique,
  viewSubscription,
} from './subscription-view.ts';

export interface SubscriptionPorts extends LifecyclePorts {
  readonly subscriptions: Subscriptions;
  readonly lanes: Lanes;
  readonly guard: AddressGuard;
  readonly wakeLanes: (lanes: readonly LaneWake[]) => Promise<void>;
  readonly now: () => number;
  readonly newId: () => string;
  readonly randomBytes: (count: number) => Buffer;
}

const common = { tags: ['Subscriptions'] };
const one = { params: idParam('sub_…'), query: noQuery };

const createOne = createRoute({
  ...common,
  ...openTo('subscriptions'),
  method: 'post',
  path: '/v1/subscriptions',
  operationId: 'createSubscription',
  summary: 'Subscribe',
  description: 'It receives every event that is committed after this answer.',
  request: { query: noQuery, body: jsonBody(newSubscriptionSchema) },
  responses: {
    201: {
      ...jsonAnswer(
        subscriptionWithSecretSchema,
        'The subscription, with its secret this one time.',
      ),
      headers: z.object({ location: z.string() }),
    },
    ...refusals.post(),
  },
});

const list = createRoute({
  ...common,
  ...openTo('read', 'subscriptions'),
  method: 'get',
  path: '/v1/subscriptions',
  operationId: 'listSubscriptions',
  summary: 'List subscriptions',
  description:
    'Each with its health and its counts. A key that sees only what it made lists only that.',
  request: { query: z.strictObject(pageQuery(z.string())) },
  responses: {
    200: jsonAnswer(pageOf(subscriptionSchema), 'The oldest first.'),
    ...refusals.get(),
  },
});

const getOne = createRoute({
  ...common,
  ...openTo('read', 'subscriptions'),
  method: 'get',
  path: '/v1/subscriptions/{id}',
  operationId: 'getSubscription',
  summary: 'Get one subscription',
  description: 'With its health and its counts.',
  request: one,
  responses: {
    200: jsonAnswer(subscriptionSchema, 'The subscription.'),
    ...refusals.get(404),
  },
});

const changeOne = createRoute({
  ...common,
  ...openTo('subscriptions'),
  method: 'patch',
  path: '/v1/subscriptions/{id}',
  operationId: 'changeSubscription',
  summary: 'Change a subscription',
  description:
    'It holds for every event that is committed after this answer. With another `url`, what failed at the one before is forgotten, and what waits is tried at once.',
  request: { ...one, body: jsonBody(subscriptionChangeSchema) },
  responses: {
    200: jsonAnswer(subscriptionSchema, 'The subscription as it is now.'),
    ...refusals.patch(404),
  },
});

const removeOne = createRoute({
  ...common,
  ...openTo('subscriptions'),
  method: 'delete',
  path: '/v1/subscriptions/{id}',
  operationId: 'deleteSubscription',
  summary: 'Delete a subscription',
  description: 'With it goes all that waits for it.',
  request: one,
  responses: { 204: { description: 'It is gone.' }, ...refusals.delete(404) },
});

export function subscriptionRoutes(app: OpenAPIHono, ports: SubscriptionPorts): void {
  const { subscriptions, lanes, guard, now } = ports;

  app.openapi(createOne, async (c) => {
    const { secret = createSecret(ports.randomBytes), ...chosen } = c.req.valid('json');
    const createdAt = new Date(now()).toISOString();
    const subscription: Subscription = {
      ...chosen,
      events: unique(chosen.events),
      id: `sub_${ports.newId()}`,
      secrets: [{ value: secret, until: null }],
      createdBy: c.get('principal').keyId,
      createdAt,
      updatedAt: createdAt,
    };
    const errors = [...urlProblems(guard, chosen.url), ...formatProblem(subscription)];
    if (errors.length > 0) return invalid(c, errors);
    await addSubscription(ports, subscription);
    const shown = await showSubscription(lanes, subscription);
    return c.json({ ...shown, secret }, 201, { location: `/v1/subscriptions/${subscription.id}` });
  });

  app.openapi(list, async (c) => {
    const all = visibleTo(c.get('principal'), await subscriptions.list());
    const { page, next } = cutPage(all, ageKey, c.req.valid('query'));
    const summaries = await lanes.summarize(page.map(({ id }) => id));
    const data = page.flatMap((subscription, index) => {
      const summary = summaries[index];
      return summary === undefined ? [] : [viewSubscription(subscription, summary)];
    });
    return c.json({ data, next }, 200);
  });

  app.openapi(getOne, async (c) => {
    const { id } = c.req.valid('param');
    const found = await findSubscription(c, subscriptions, id, 'read');
    if (found.kind === 'refused') return found.answer;
    return c.json(await showSubscription(lanes, found.subscription), 200);
  });

  app.openapi(changeOne, async (c) => {
    const { id } = c.req.valid('param');
    const change = c.req.valid('json');
    const found = await findSubscription(c, subscriptions, id, 'change');
    if (found.kind === 'refused') return found.answer;
    const refused = change.url === undefined ? [] : urlProblems(guard, change.url);
    const updatedAt = new Date(now()).toISOString();
    let errors: InvalidField[] = [];
    // Judged as it is when it is written: what another change made of it meanwhile may not fit this one.
    let isReaddressed = false;
    const changed = await subscriptions.update(id as SubscriptionId, (before) => {
      const after = changeSubscription(before, change, updatedAt);
      errors = [...refused, ...formatProblem(after)];
      isReaddressed = after.url !== before.url;
      return errors.length === 0 ? after : before;
    });
    if (changed === null) return unknown(c, 'subscription', id);
    if (errors.length > 0) return invalid(c, errors);
    if (isReaddressed) {
      await lanes.readdress(changed.id);
      await ports.wakeLanes([{ lane: changed.id, failing: false }]);
    }
    return c.json(await showSubscription(lanes, changed), 200);
  });

  app.openapi(removeOne, async (c) => {
    const { id } = c.req.valid('param');
    // An admin may also remove one that cannot be opened here.
    if (!hasScope(c.get('principal'), ['admin'])) {
      const found = await findSubscription(c, subscriptions, id, 'change');
      if (found.kind === 'refused') return found.answer;
    }
    const removed = await removeSubscription(ports, id as SubscriptionId);
    return removed ? c.body(null, 204) : unknown(c, 'subscription', id);
  });
}

function ageKey({ createdAt, id }: Subscription): string {
  return `${createdAt} ${id}`;
}
