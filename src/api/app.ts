import { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { methodNotAllowed } from 'hono/method-not-allowed';
import type { LaneTotals } from '#store/lane-totals.ts';
import { type AnswerOncePorts, answerOnce } from './answer-once.ts';
import { type Authentication, requireKey } from './auth.ts';
import { limitBody } from './body-limit.ts';
import { type DeliveryPorts, deliveryRoutes } from './deliveries.ts';
import { type EventDeliveryPorts, eventDeliveryRoutes } from './event-deliveries.ts';
import { type EventPorts, eventRoutes } from './events.ts';
import { type FilterTestPorts, filterTestRoutes } from './filter-test.ts';
import { type HealthPorts, healthRoutes } from './health.ts';
import { type HintPorts, hintRoutes } from './hints.ts';
import { type HookPorts, hookRoutes } from './hooks.ts';
import { type KeyPorts, keyRoutes } from './keys.ts';
import { documentRoutes } from './openapi.ts';
import { type OverviewPorts, overviewRoutes } from './overview.ts';
import { problem, refuseInvalid, translateErrors } from './problem.ts';
import { answersWithin, requireRedis, within } from './readiness.ts';
import { limitRequests } from './request-limit.ts';
import { logRequests, type RequestLogPorts } from './request-log.ts';
import type { QueueCounts } from './service-gauges.ts';
import { type SourceActionPorts, sourceActionRoutes } from './source-actions.ts';
import { type SourceHistoryPorts, sourceHistoryRoutes } from './source-history.ts';
import { type SourceView, viewSources } from './source-view.ts';
import { type SourcePorts, sourceRoutes } from './sources.ts';
import { type SubscriptionActionPorts, subscriptionActionRoutes } from './subscription-actions.ts';
import { type SubscriptionChangePorts, subscriptionChangeRoutes } from './subscription-changes.ts';
import {
  replayAddress,
  type SubscriptionReplayPorts,
  subscriptionReplayRoutes,
} from './subscription-replay.ts';
import { type SubscriptionPorts, subscriptionRoutes } from './subscriptions.ts';

/** All that is alive behind the API, and who knows whose a key is. */
export interface ApiPorts
  extends Omit<HealthPorts, 'viewSources' | 'readLanes' | 'countJobs'>,
    RequestLogPorts,
    SubscriptionPorts,
    SubscriptionChangePorts,
    SubscriptionActionPorts,
    SubscriptionReplayPorts,
    DeliveryPorts,
    FilterTestPorts,
    SourcePorts,
    SourceActionPorts,
    SourceHistoryPorts,
    HintPorts,
    HookPorts,
    EventPorts,
    EventDeliveryPorts,
    OverviewPorts,
    KeyPorts,
    AnswerOncePorts {
  readonly authentication: Authentication;
  readonly countJobs: () => Promise<QueueCounts>;
}

/** How long Redis may take to show that it is there, and a whole answer to be made. */
const patience = { readyWithinMs: 1000, answerWithinMs: 2000 };

/** The HTTP API (contract section 3); `fetch` of what is returned serves it. */
export function createApi(
  ports: ApiPorts,
  { readyWithinMs, answerWithinMs } = patience,
): OpenAPIHono {
  const isReady = answersWithin(readyWithinMs, ports.isReady);
  const app = new OpenAPIHono({ defaultHook: refuseInvalid });
  app.onError(translateErrors(ports.log, ports.newId));
  app.notFound((c) => problem(c, 404, 'There is nothing at this address.'));

  app.use(logRequests(ports));
  app.use(
    methodNotAllowed({
      app,
      onMethodNotAllowed: (c, allowed) =>
        problem(c, 405, `This address knows ${allowed.join(', ')}.`, {
          headers: { allow: allowed.join(', ') },
        }),
    }),
  );
  app.use(async (c, next) => {
    if (isWellEncoded(c.req.url)) return next();
    return problem(c, 400, 'The address holds a broken percent-encoding.');
  });

  // Answers hold secrets and live counts: no cache is to keep one, or to ask with the tag that is for changes.
  app.use('/v1/*', async (c, next) => {
    await next();
    c.res.headers.set('cache-control', 'no-store');
  });
  app.use('/v1/*', requireKey(ports.authentication), limitBody());
  app.use('/hints/*', limitBody());
  for (const path of ['/v1/*', '/hints/*']) {
    const mayTakeLong = ({ req }: Context) => replayAddress.test(req.path);
    app.use(path, ...requireRedis(isReady, answerWithinMs, mayTakeLong));
  }
  app.use('/v1/*', limitRequests(ports.apiKeys), answerOnce(ports));
  subscriptionRoutes(app, ports);
  subscriptionChangeRoutes(app, ports);
  subscriptionActionRoutes(app, ports);
  subscriptionReplayRoutes(app, ports);
  filterTestRoutes(app, ports);
  deliveryRoutes(app, ports);
  sourceRoutes(app, ports);
  sourceActionRoutes(app, ports);
  sourceHistoryRoutes(app, ports);
  hintRoutes(app, ports);
  hookRoutes(app, ports);
  eventRoutes(app, ports);
  eventDeliveryRoutes(app, ports);
  overviewRoutes(app, ports);
  keyRoutes(app, ports);
  healthRoutes(app, {
    ...ports,
    isReady,
    viewSources: async () =>
      (await isReady())
        ? within<readonly SourceView[]>(answerWithinMs, viewSources(ports), [])
        : [],
    readLanes: async () =>
      (await isReady()) ? within(answerWithinMs, readLanes(ports), null) : null,
    countJobs: async () =>
      (await isReady()) ? within(answerWithinMs, ports.countJobs(), null) : null,
  });
  documentRoutes(app, ports.version);
  return app;
}

async function readLanes({ subscriptions, laneTotals }: ApiPorts): Promise<LaneTotals | null> {
  return laneTotals(await subscriptions.ids());
}

function isWellEncoded(url: string): boolean {
  try {
    decodeURIComponent(url);
    return true;
  } catch {
    return false;
  }
}
