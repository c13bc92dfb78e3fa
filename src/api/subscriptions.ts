import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { serviceSourceId } from '#domain/change-event.ts';
import type { Subscription, SubscriptionId } from '#domain/subscription.ts';
import type { EventLog } from '#store/event-log.ts';
import type { Lanes, LaneWake, LogEnd } from '#store/lanes.ts';
import { logStart } from '#store/log-id.ts';
import type { Sources } from '#store/sources.ts';
import type { Subscriptions } from '#store/subscriptions.ts';
import type { AddressGuard } from '#webhook/address-guard.ts';
import { formatProblem } from '#webhook/render.ts';
import { createSecret } from '#webhook/signature.ts';
import { subscriberUrlProblem } from '#webhook/subscriber-url.ts';
import { cutPage, pageOf, pageQuery } from './cursor.ts';
import { type InvalidField, invalid, problems, unknown } from './problem.ts';
import { idParam, jsonAnswer, jsonBody, noQuery, v1 } from './route-parts.ts';
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

export interface SubscriptionPorts {
  readonly subscriptions: Subscriptions;
  readonly lanes: Lanes;
  readonly eventLog: EventLog;
  readonly sources: Sources;
  readonly guard: AddressGuard;
  readonly wakeLanes: (lanes: readonly LaneWake[]) => Promise<void>;
  readonly now: () => number;
  readonly newId: () => string;
  readonly randomBytes: (count: number) => Buffer;
}

const common = { ...v1, tags: ['Subscriptions'] };
const one = { params: idParam('sub_…'), query: noQuery };

const createOne = createRoute({
  ...common,
  method: 'post',
  path: '/v1/subscriptions',
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
    ...problems(400, 401, 413, 415, 503),
  },
});

const list = createRoute({
  ...common,
  method: 'get',
  path: '/v1/subscriptions',
  summary: 'List subscriptions',
  request: { query: z.strictObject(pageQuery(z.string())) },
  responses: {
    200: jsonAnswer(pageOf(subscriptionSchema), 'The oldest first.'),
    ...problems(400, 401, 503),
  },
});

const getOne = createRoute({
  ...common,
  method: 'get',
  path: '/v1/subscriptions/{id}',
  summary: 'Get one subscription',
  request: one,
  responses: {
    200: jsonAnswer(subscriptionSchema, 'The subscription.'),
    ...problems(400, 401, 404, 503),
  },
});

const changeOne = createRoute({
  ...common,
  method: 'patch',
  path: '/v1/subscriptions/{id}',
  summary: 'Change a subscription',
  description:
    'It holds for every event that is committed after this answer. With another `url`, what failed at the one before is forgotten, and what waits is tried at once.',
  request: { ...one, body: jsonBody(subscriptionChangeSchema) },
  responses: {
    200: jsonAnswer(subscriptionSchema, 'The subscription as it is now.'),
    ...problems(400, 401, 404, 413, 415, 503),
  },
});

const removeOne = createRoute({
  ...common,
  method: 'delete',
  path: '/v1/subscriptions/{id}',
  summary: 'Delete a subscription',
  description: 'With it goes all that waits for it.',
  request: one,
  responses: { 204: { description: 'It is gone.' }, ...problems(400, 401, 404, 503) },
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
      createdAt,
      updatedAt: createdAt,
    };
    const errors = [...urlProblems(guard, chosen.url), ...formatProblem(subscription)];
    if (errors.length > 0) return invalid(c, errors);
    // The lane is there, with its marks, before anything can match: a crash in between leaves an empty lane that nobody
    // names, never a subscription that misses events.
    await lanes.create(subscription.id, await readLogEnds(ports));
    await subscriptions.create(subscription);
    const shown = await showSubscription(lanes, subscription);
    return c.json({ ...shown, secret }, 201, { location: `/v1/subscriptions/${subscription.id}` });
  });

  app.openapi(list, async (c) => {
    const all = await subscriptions.list();
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
    const found = await subscriptions.get(id as SubscriptionId);
    if (found === null) return unknown(c, 'subscription', id);
    return c.json(await showSubscription(lanes, found), 200);
  });

  app.openapi(changeOne, async (c) => {
    const { id } = c.req.valid('param');
    const change = c.req.valid('json');
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
    const removed = await subscriptions.remove(id as SubscriptionId);
    if (!removed) return unknown(c, 'subscription', id);
    await lanes.remove(id as SubscriptionId);
    await subscriptions.left(id as SubscriptionId);
    return c.body(null, 204);
  });
}

function urlProblems(guard: AddressGuard, url: string): InvalidField[] {
  const message = subscriberUrlProblem(url, guard);
  return message === null ? [] : [{ path: 'url', message }];
}

/** Where every log ends now: what lies before was committed before the subscription was there. */
async function readLogEnds({ sources, eventLog }: SubscriptionPorts) {
  const ids = [...(await sources.logIds()), serviceSourceId];
  const positions = await Promise.all(ids.map((id) => eventLog.position(id, logStart)));
  return new Map<string, LogEnd>(
    ids.flatMap((id, index) => {
      const position = positions[index];
      return position === undefined ? [] : [[id, position] as const];
    }),
  );
}

function ageKey({ createdAt, id }: Subscription): string {
  return `${createdAt} ${id}`;
}
