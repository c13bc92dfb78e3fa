import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import type { Subscription } from '#domain/subscription.ts';
import type { Lanes } from '#store/lanes.ts';
import type { Subscriptions } from '#store/subscriptions.ts';
import type { AddressGuard } from '#webhook/address-guard.ts';
import { formatProblem } from '#webhook/render.ts';
import { createSecret } from '#webhook/signature.ts';
import { cutPage, pageOf } from './cursor.ts';
import { createdAnswer, entityTag, taggedAnswer } from './entity-tag.ts';
import { invalid } from './problem.ts';
import { refusals } from './refusals.ts';
import { idParam, jsonAnswer, jsonBody, noQuery } from './route-parts.ts';
import { openTo } from './scopes.ts';
import { findSubscription, visibleTo } from './subscription-access.ts';
import { addSubscription, type LifecyclePorts, urlProblems } from './subscription-lifecycle.ts';
import { findListed, isOfOrder, listingQuery } from './subscription-listing.ts';
import {
  newSubscriptionSchema,
  subscriptionSchema,
  subscriptionWithSecretSchema,
} from './subscription-schema.ts';
import { showSubscription, unique, viewSubscription } from './subscription-view.ts';

export interface SubscriptionPorts extends LifecyclePorts {
  readonly subscriptions: Subscriptions;
  readonly lanes: Lanes;
  readonly guard: AddressGuard;
  readonly now: () => number;
}

/** What the list answers. */
export const subscriptionPageSchema = pageOf(subscriptionSchema);

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
    201: createdAnswer(
      subscriptionWithSecretSchema,
      'The subscription, with its secret this one time.',
    ),
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
  request: { query: listingQuery },
  responses: {
    200: jsonAnswer(subscriptionPageSchema, 'The oldest first, or as `order` says.'),
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
    200: taggedAnswer(subscriptionSchema, 'The subscription.'),
    ...refusals.get(404),
  },
});

export function subscriptionRoutes(app: OpenAPIHono, ports: SubscriptionPorts): void {
  const { subscriptions, lanes, guard, now } = ports;

  app.openapi(createOne, async (c) => {
    const { newId, randomBytes } = c.get('chance');
    const { secret = createSecret(randomBytes), ...chosen } = c.req.valid('json');
    const subscription: Subscription = {
      ...chosen,
      events: unique(chosen.events),
      id: `sub_${newId()}`,
      secrets: [{ value: secret, until: null }],
      createdBy: c.get('principal').keyId,
      ...madeAt(now()),
    };
    const errors = [...urlProblems(guard, chosen.url), ...formatProblem(subscription)];
    if (errors.length > 0) return invalid(c, errors);
    const made = await addSubscription(ports, subscription);
    const shown = await showSubscription(lanes, made);
    const location = `/v1/subscriptions/${made.id}`;
    return c.json({ ...shown, secret }, 201, { location, etag: entityTag(made) });
  });

  app.openapi(list, async (c) => {
    const query = c.req.valid('query');
    if (!isOfOrder(query)) {
      return invalid(c, [{ path: 'cursor', message: 'belongs to a list in another `order`' }]);
    }
    const visible = visibleTo(c.get('principal'), await subscriptions.list());
    const listed = await findListed(lanes, visible, query);
    const cut = cutPage(listed, ({ key }) => key, query);
    const { next } = cut;
    const page = cut.page.map(({ subscription }) => subscription);
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
    const etag = entityTag(found.subscription);
    return c.json(await showSubscription(lanes, found.subscription), 200, { etag });
  });
}

function madeAt(nowMs: number): Pick<Subscription, 'createdAt' | 'updatedAt'> {
  const at = new Date(nowMs).toISOString();
  return { createdAt: at, updatedAt: at };
}
