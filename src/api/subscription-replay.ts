import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { eventTypes } from '#domain/change-event.ts';
import type { Subscription } from '#domain/subscription.ts';
import type { Replays, ReplayWish } from '#relay/replay.ts';
import type { Subscriptions } from '#store/subscriptions.ts';
import { type InvalidField, invalid } from './problem.ts';
import { refusals } from './refusals.ts';
import { idParam, jsonAnswer, jsonBody, noQuery } from './route-parts.ts';
import { openTo } from './scopes.ts';
import { findSubscription } from './subscription-access.ts';

export interface SubscriptionReplayPorts {
  readonly subscriptions: Subscriptions;
  readonly replays: Replays;
}

/** A replay may have a million events to look through, so it may take longer than other answers. */
export const replayAddress = /^\/v1\/subscriptions\/[^/]+\/replay$/;

const either = 'name either `status`, for what has failed, or `since`, for a span of time';

const replaySchema = z
  .strictObject({
    status: z.literal('failed').optional().openapi({
      description: 'All deliveries that have failed and whose events are still there.',
    }),
    since: z.iso.datetime().optional().openapi({
      description: "Or all events that were committed from this moment on, by the log's own time.",
      example: '2026-06-12T10:00:00.000Z',
    }),
    until: z.iso.datetime().optional().openapi({ description: 'To this moment; now if left out.' }),
    types: z.array(z.enum(eventTypes)).min(1).max(100).optional().openapi({
      description: 'Of these types alone; of all that the subscription wants if left out.',
    }),
    dryRun: z.boolean().default(false).openapi({
      description: 'Counts, and changes nothing.',
      example: true,
    }),
  })
  .superRefine((body, context) => {
    const say = (name: string, message: string) =>
      context.addIssue({ code: 'custom', path: name === '' ? [] : [name], message });
    const { status, since, until } = body;
    if ((status === undefined) === (since === undefined)) say('', either);
    else if (since === undefined) {
      for (const name of ['until', 'types'] as const) {
        if (body[name] !== undefined) say(name, 'goes with `since`; leave it out with `status`');
      }
    } else if (until !== undefined && Date.parse(until) < Date.parse(since)) {
      say('until', 'must not be before `since`');
    }
  })
  .openapi('ReplayWish');
type ReplayBody = z.output<typeof replaySchema>;

const replayOne = createRoute({
  ...openTo('subscriptions'),
  tags: ['Subscriptions'],
  method: 'post',
  path: '/v1/subscriptions/{id}/replay',
  operationId: 'replayDeliveries',
  summary: 'Replay deliveries',
  description:
    'Opens deliveries again, each with the same `webhook-id` and a schedule of its own, behind what waits. Those that are still waiting or being retried are left alone, and not counted. By time, events from before the subscription was made come too, and what it wants now decides; tests are never among them. While it is paused or disabled they wait. Much to look through takes its time; should the answer be lost, ask again: nothing is queued twice.',
  request: {
    params: idParam('sub_…'),
    query: noQuery,
    body: jsonBody(replaySchema),
  },
  responses: {
    202: jsonAnswer(
      z.object({ count: z.int().min(0) }),
      'How many deliveries were opened again, or would be.',
    ),
    ...refusals.post(404),
  },
});

export function subscriptionReplayRoutes(
  app: OpenAPIHono,
  { subscriptions, replays }: SubscriptionReplayPorts,
): void {
  app.openapi(replayOne, async (c) => {
    const { id } = c.req.valid('param');
    const body = c.req.valid('json');
    const found = await findSubscription(c, subscriptions, id, 'change');
    if (found.kind === 'refused') return found.answer;
    const { subscription } = found;
    const errors = unwantedTypes(subscription, body);
    if (errors.length > 0) return invalid(c, errors);
    const { signal } = c.req.raw;
    const count = await replays.replay(subscription, toWish(body), { dryRun: body.dryRun, signal });
    return c.json({ count }, 202);
  });
}

function unwantedTypes({ events }: Subscription, { types = [] }: ReplayBody): InvalidField[] {
  return types.flatMap((type, index) =>
    events.includes(type)
      ? []
      : [{ path: `types.${index}`, message: `is not among the subscription's \`events\`` }],
  );
}

function toWish({ since, until, types }: ReplayBody): ReplayWish {
  if (since === undefined) return { kind: 'failed' };
  const untilMs = until === undefined ? null : Date.parse(until);
  return { kind: 'committed', sinceMs: Date.parse(since), untilMs, types: types ?? null };
}
