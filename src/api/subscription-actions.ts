import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { type ChangeEvent, serviceSourceId } from '#domain/change-event.ts';
import { changedAt } from '#domain/changed-at.ts';
import { refOf } from '#domain/delivery.ts';
import type { SubscriptionId } from '#domain/subscription.ts';
import type { EventLog } from '#store/event-log.ts';
import type { Lanes, LaneWake } from '#store/lanes.ts';
import type { Subscriptions } from '#store/subscriptions.ts';
import { createSecret } from '#webhook/signature.ts';
import { entityTag, taggedAnswer } from './entity-tag.ts';
import { invalid, problem, unknown } from './problem.ts';
import { refusals } from './refusals.ts';
import { idParam, jsonAnswer, noBody, noQuery } from './route-parts.ts';
import { openTo } from './scopes.ts';
import { type RotatedSecrets, rotateSecrets } from './secret-rotation.ts';
import { findSubscription } from './subscription-access.ts';
import {
  rotationSchema,
  subscriptionSchema,
  subscriptionWithSecretSchema,
  usualOverlapSeconds,
} from './subscription-schema.ts';
import { showSubscription } from './subscription-view.ts';

export interface SubscriptionActionPorts {
  readonly subscriptions: Subscriptions;
  readonly lanes: Lanes;
  readonly eventLog: EventLog;
  readonly wakeLanes: (lanes: readonly LaneWake[]) => Promise<void>;
  readonly now: () => number;
}

const common = {
  ...openTo('subscriptions'),
  tags: ['Subscriptions'],
  method: 'post' as const,
};
const one = { params: idParam('sub_…'), query: noQuery };

const pauseOne = createRoute({
  ...common,
  path: '/v1/subscriptions/{id}/pause',
  operationId: 'pauseSubscription',
  summary: 'Pause a subscription',
  description: 'Its events wait meanwhile.',
  request: { ...one, body: noBody },
  responses: {
    200: taggedAnswer(subscriptionSchema, 'The subscription, paused.'),
    ...refusals.post(404),
  },
});

const resumeSchema = z
  .strictObject({
    backlog: z.enum(['deliver', 'skip']).default('deliver').openapi({
      description: 'Whether what has waited is delivered, or kept as `skipped`.',
      example: 'skip',
    }),
  })
  .openapi('Resumption');

const resumeOne = createRoute({
  ...common,
  path: '/v1/subscriptions/{id}/resume',
  operationId: 'resumeSubscription',
  summary: 'Resume a subscription',
  description:
    'Also one that was disabled. A silence that it asked for with `Retry-After` holds on. The body may be left out.',
  request: { ...one, body: { content: { 'application/json': { schema: resumeSchema } } } },
  responses: {
    200: taggedAnswer(subscriptionSchema, 'The subscription, active.'),
    ...refusals.post(404),
  },
});

const testOne = createRoute({
  ...common,
  path: '/v1/subscriptions/{id}/test',
  operationId: 'testSubscription',
  summary: 'Send a test',
  description:
    'A signed `subscription.test` goes out the ordinary way, whatever `events` or a pause say; one that was disabled gets it after it is resumed, and one that asked for silence with `Retry-After` after that.',
  request: { ...one, body: noBody },
  responses: {
    202: jsonAnswer(z.object({ id: z.string() }), 'The id of the event that is on its way.'),
    ...refusals.post(404),
  },
});

const rotateOne = createRoute({
  ...common,
  path: '/v1/subscriptions/{id}/rotate-secret',
  operationId: 'rotateSecret',
  summary: 'Rotate the secret',
  description:
    'From the next attempt on the new secret signs, and the one before it signs beside it for `overlapSeconds`; one from an earlier rotation keeps the end that it has. At most 5 sign at one time. The body may be left out.',
  request: { ...one, body: { content: { 'application/json': { schema: rotationSchema } } } },
  responses: {
    200: taggedAnswer(
      subscriptionWithSecretSchema,
      'The subscription, with its new secret this one time.',
    ),
    ...refusals.post(404),
  },
});

export function subscriptionActionRoutes(app: OpenAPIHono, ports: SubscriptionActionPorts): void {
  const { subscriptions, lanes, eventLog, wakeLanes, now } = ports;
  const wake = (lane: SubscriptionId) => wakeLanes([{ lane, failing: false }]);

  app.openapi(pauseOne, async (c) => {
    const { id } = c.req.valid('param');
    const found = await findSubscription(c, subscriptions, id, 'change');
    if (found.kind === 'refused') return found.answer;
    const { subscription } = found;
    await lanes.pause(subscription.id);
    return c.json(await showSubscription(lanes, subscription), 200, {
      etag: entityTag(subscription),
    });
  });

  app.openapi(resumeOne, async (c) => {
    const { id } = c.req.valid('param');
    const { backlog = 'deliver' } = c.req.valid('json');
    const found = await findSubscription(c, subscriptions, id, 'change');
    if (found.kind === 'refused') return found.answer;
    const { subscription } = found;
    await lanes.resume(subscription.id, backlog, now());
    await wake(subscription.id);
    return c.json(await showSubscription(lanes, subscription), 200, {
      etag: entityTag(subscription),
    });
  });

  app.openapi(rotateOne, async (c) => {
    const { id } = c.req.valid('param');
    const wish = c.req.valid('json');
    const secret = wish.secret ?? createSecret(c.get('chance').randomBytes);
    const found = await findSubscription(c, subscriptions, id, 'change');
    if (found.kind === 'refused') return found.answer;
    const overlapMs = (wish.overlapSeconds ?? usualOverlapSeconds) * 1000;
    const at = now();
    let rotated = null as RotatedSecrets | null;
    const changed = await subscriptions.update(id as SubscriptionId, (before) => {
      rotated = rotateSecrets(before.secrets, secret, at, overlapMs);
      if (rotated.kind !== 'rotated') return before;
      return { ...before, secrets: rotated.secrets, updatedAt: changedAt(before, at) };
    });
    if (changed === null) return unknown(c, 'subscription', id);
    // One that was not brought can sign already only if the same request made it, and died before it answered.
    if (rotated?.kind === 'in_force_already' && wish.secret !== undefined) {
      const message = 'signs for this subscription already; bring another, or leave it out';
      return invalid(c, [{ path: 'secret', message }]);
    }
    if (rotated?.kind === 'too_many') {
      const detail = `As many secrets sign already as one request can carry. The first of them ends at ${rotated.nextEnd}; rotate again after that, or now with \`overlapSeconds\` 0, which ends the newest at once.`;
      return problem(c, 409, detail);
    }
    const etag = entityTag(changed);
    return c.json({ ...(await showSubscription(lanes, changed)), secret }, 200, { etag });
  });

  app.openapi(testOne, async (c) => {
    const { id } = c.req.valid('param');
    const found = await findSubscription(c, subscriptions, id, 'change');
    if (found.kind === 'refused') return found.answer;
    const { subscription } = found;
    const event: ChangeEvent = {
      id: `evt_${c.get('chance').newId()}`,
      type: 'subscription.test',
      timestamp: new Date(now()).toISOString(),
      data: { source: serviceSourceId, subscription: subscription.id },
    };
    const logId = await eventLog.append(serviceSourceId, event);
    await lanes.pushTest(subscription.id, refOf(serviceSourceId, logId, event));
    await wake(subscription.id);
    return c.json({ id: event.id }, 202);
  });
}
