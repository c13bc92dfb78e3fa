import { createHmac, timingSafeEqual } from 'node:crypto';
import type { HonoRequest, MiddlewareHandler } from 'hono';
import type { DashboardEnv } from './env.ts';
import { forbidden } from './refusal.ts';

/** Belongs to one session and needs not be kept anywhere; whoever knows it cannot tell the session's token. */
export function csrfTokenOf(sessionToken: string): string {
  return createHmac('sha256', sessionToken).update('csrf').digest('base64url');
}

/** Refuses what another site has a browser send here. Every browser tells where a form comes from, by one of two headers. */
export function requireSameOrigin(): MiddlewareHandler<DashboardEnv> {
  return async (c, next) => {
    if (c.req.method === 'GET' || c.req.method === 'HEAD') return next();
    if (isForeign(c.req)) throw forbidden('This form was sent from another site.');
    await next();
  };
}

/**
 * A browser that says how near the sender is compares whole origins itself, whatever names proxies put in between. For the
 * others hosts are compared: a proxy in front may speak https where this process speaks http.
 */
function isForeign(request: HonoRequest): boolean {
  const site = request.header('sec-fetch-site');
  if (site !== undefined) return site !== 'same-origin';
  const origin = request.header('origin');
  if (origin === undefined) return false;
  const hosts = [request.header('x-forwarded-host'), request.header('host')];
  return !URL.canParse(origin) || !hosts.includes(new URL(origin).host);
}

/** Every form carries its session's token. */
export function requireCsrfToken(): MiddlewareHandler<DashboardEnv> {
  return async (c, next) => {
    if (c.req.method === 'GET' || c.req.method === 'HEAD') return next();
    const { csrf } = await c.req.parseBody();
    const expected = Buffer.from(c.get('signedIn').csrfToken);
    const shown = Buffer.from(typeof csrf === 'string' ? csrf : '');
    if (shown.length !== expected.length || !timingSafeEqual(shown, expected)) {
      throw forbidden('This form is older than your session. Open the page again and repeat it.');
    }
    await next();
  };
}
