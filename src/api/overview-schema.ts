import { z } from '@hono/zod-openapi';

const count = z.int().min(0);
const seconds = z.number().nullable();
const moment = z.iso.datetime();

const minuteSchema = z.object({
  at: moment.openapi({ description: 'When the minute began.' }),
  events: count.openapi({ description: 'Changes noticed.' }),
  delivered: count,
  refused: count.openapi({ description: 'Attempts that did not deliver.' }),
  meanSeconds: seconds.openapi({
    description: 'From noticed to delivered, on average; null where nothing was delivered.',
  }),
});

const concernSchema = z
  .object({
    kind: z.enum([
      'source.failing',
      'source.baselining',
      'subscription.disabled',
      'subscription.failing',
    ]),
    id: z.string(),
    name: z.string().openapi({ description: 'Its description, or where it leads.' }),
    since: moment.nullable(),
    detail: z.string().openapi({ description: 'What is wrong, in a sentence.' }),
    waiting: count.openapi({ description: 'Deliveries that wait or are retried.' }),
  })
  .openapi('Concern');

/** The service at a glance. */
export const overviewSchema = z
  .object({
    at: moment,
    sources: z.object({
      baselining: count,
      watching: count,
      paused: count,
      failing: count,
      contacts: count,
      hotSeconds: seconds.openapi({
        description:
          'Age of what is known of lately seen people, in the source where it is oldest.',
      }),
      oldestUnverifiedSeconds: seconds.openapi({
        description:
          'Everyone in every inbox that is watched was read within this time; null until each was read once.',
      }),
    }),
    subscriptions: z
      .object({ active: count, failing: count, paused: count, disabled: count })
      .openapi({ description: 'Each counts once; `failing` are active too.' }),
    deliveries: z
      .object({
        waiting: count,
        held: count,
        retrying: count,
        failed: count,
        expired: count,
        skipped: count,
      })
      .openapi({
        description: 'As far as they are kept; `held` wait for an earlier one of their contact.',
      }),
    oldestWaitingAt: moment.nullable().openapi({
      description:
        'When the oldest event was noticed that is first in line for an active subscription.',
    }),
    concerns: z.array(concernSchema).openapi({
      description: 'What needs somebody, the worst first, at most 10.',
    }),
    minutes: z.array(minuteSchema).openapi({
      description:
        'The last 60 minutes, the oldest first. Counted to be looked at: some seconds late, and a crash loses some.',
    }),
  })
  .openapi('Overview');

export type Overview = z.output<typeof overviewSchema>;
export type Concern = z.output<typeof concernSchema>;
