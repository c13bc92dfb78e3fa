import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { hasScope } from '#domain/api-key.ts';
import { changedAt } from '#domain/changed-at.ts';
import type { SubscriptionId } from '#domain/subscription.ts';
import type { LaneWake } from '#store/lanes.ts';
import type { Stamp } from '#store/subscriptions.ts';
import type { AddressGuard } from '#webhook/address-guard.ts';
import { formatProblem } from '#webhook/render.ts';
import { changedMeanwhile, entityTag, ifMatch, precondition, taggedAnswer } from './entity-tag.ts';
import { type InvalidField, invalid, unknown } from './problem.ts';
import { refusals } from './refusals.ts';
import { idParam, jsonBody, noQuery } from './route-parts.ts';
import { openTo } from './scopes.ts';
import { findSubscription } from './subscription-access.ts';
import { type LifecyclePorts, removeSubscription, urlProblems } from './subscription-lifecycle.ts';
import { subscriptionChangeSchema, subscriptionSchema } from './subscription-schema.ts';
import { changeSubscription, showSubscription } from './subscription-view.ts';

export interface SubscriptionChangePorts extends LifecyclePorts {
  readonly guard: AddressGuard;
  readonly wakeLanes: (lanes: readonly LaneWake[]) => Promise<void>;
  readonly now: () => number;
}

const common = { ...openTo('subscriptions'), tags: ['Subscriptions'] };
const request = { params: idParam('sub_…'), query: noQuery, ...ifMatch };

const changeOne = createRoute({
  ...common,
  method: 'patch',
  path: '/v1/subscriptions/{id}',
  operationId: 'changeSubscription',
  summary: 'Change a subscription',
  description:
    'It holds for every event that is committed after this answer. With another `url`, what failed at the one before is forgotten, and what waits is tried at once.',
  request: { ...request, body: jsonBody(subscriptionChangeSchema) },
  responses: {
    200: taggedAnswer(subscriptionSchema, 'The subscription as it is now.'),
    ...refusals.patch(404, 412),
  },
});

const removeOne = createRoute({
  ...common,
  method: 'delete',
  path: '/v1/subscriptions/{id}',
  operationId: 'deleteSubscription',
  summary: 'Delete a subscription',
  description: 'With it goes all that waits for it.',
  request,
  responses: { 204: { description: 'It is gone.' }, ...refusals.delete(404, 412) },
});

export function subscriptionChangeRoutes(app: OpenAPIHono, ports: SubscriptionChangePorts): void {
  const { subscriptions, lanes, guard, now } = ports;

  app.openapi(changeOne, async (c) => {
    const { id } = c.req.valid('param');
    const change = c.req.valid('json');
    const found = await findSubscription(c, subscriptions, id, 'change');
    if (found.kind === 'refused') return found.answer;
    const refused = change.url === undefined ? [] : urlProblems(guard, change.url);
    const match = precondition(c.req.valid('header')['if-match']);
    let errors: InvalidField[] = [];
    // Judged as it is when it is written: what another change made of it meanwhile may not fit this one.
    let isReaddressed = false;
    const changed = await subscriptions.update(id as SubscriptionId, (before) => {
      if (!match.holds(entityTag(before))) return before;
      const after = changeSubscription(before, change, changedAt(before, now()));
      errors = [...refused, ...formatProblem(after)];
      isReaddressed = after.url !== before.url;
      return errors.length === 0 ? after : before;
    });
    if (changed === null) return unknown(c, 'subscription', id);
    if (match.failed) return changedMeanwhile(c);
    if (errors.length > 0) return invalid(c, errors);
    if (isReaddressed) {
      await lanes.readdress(changed.id);
      await ports.wakeLanes([{ lane: changed.id, failing: false }]);
    }
    return c.json(await showSubscription(lanes, changed), 200, { etag: entityTag(changed) });
  });

  app.openapi(removeOne, async (c) => {
    const { id } = c.req.valid('param');
    // An admin may also remove one that cannot be opened here.
    if (!hasScope(c.get('principal'), ['admin'])) {
      const found = await findSubscription(c, subscriptions, id, 'change');
      if (found.kind === 'refused') return found.answer;
    }
    const match = precondition(c.req.valid('header')['if-match']);
    const mayGo = (stamp: Stamp) => match.holds(entityTag(stamp));
    const removed = await removeSubscription(ports, id as SubscriptionId, mayGo);
    if (match.failed) return changedMeanwhile(c);
    return removed ? c.body(null, 204) : unknown(c, 'subscription', id);
  });
}
