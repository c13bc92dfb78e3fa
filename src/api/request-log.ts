import type { MiddlewareHandler } from 'hono';
import { matchedRoutes } from 'hono/route';
import type { Logger } from 'pino';
import type { Principal } from '#domain/api-key.ts';
import type { ApiEnv } from './auth.ts';
import type { Metrics } from './metrics.ts';

export interface RequestLogPorts {
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly now: () => number;
}

/** Routes that machines ask every few seconds. */
const quietRoutes: ReadonlySet<string | null> = new Set(['/healthz', '/readyz', '/metrics']);

/** One line per request, by the route's pattern: paths hold ids, queries hold cursors. */
export function logRequests({ log, metrics, now }: RequestLogPorts): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const startedAtMs = now();
    await next();
    const { method } = c.req;
    const { status } = c.res;
    const route = matchedRoutes(c).findLast((each) => each.method !== 'ALL')?.path ?? null;
    const durationMs = now() - startedAtMs;
    metrics.onRequest({ method, route, status, durationMs });
    // A page of the dashboard asks several questions, and asks them again while somebody looks.
    const isLook = method === 'GET' && c.env?.principal !== undefined;
    const level = isLook || quietRoutes.has(route) ? 'debug' : 'info';
    // Whom nobody let in has none.
    const principal: Principal | undefined = c.get('principal');
    const line = { method, route, status, duration_ms: durationMs, key_id: principal?.keyId };
    log[level](line, 'request.completed');
  };
}
