import { createHmac, timingSafeEqual } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import type { DashboardEnv } from './env.ts';
import { forbidden } from './refusal.ts';

/** Belongs to one session and needs not be kept anywhere; whoever knows it cannot tell the session's token. */
export function csrfTokenOf(sessionToken: string): string {
  return createHmac('sha256', sessionToken).update('csrf').digest('base64url');
}

/**
 * Refuses what another site has a browser send here. Every browser tells where a form comes from, by one of two headers; a
 * form that comes from nowhere is refused where `isAnonymous` does not allow it.
 */
export function requireSameOrigin(): MiddlewareHandler<DashboardEnv> {
  return async (c, next) => {
    if (c.req.method === 'GET' || c.req.method === 'HEAD') return next();
    const site = c.req.header('sec-fetch-site');
    const origin = c.req.header('origin');
    const isForeign =
      (site !== undefined && site !== 'same-origin') ||
      (origin !== undefined && !isOwn(origin, c.req.header('host') ?? new URL(c.req.url).host));
    if (isForeign) throw forbidden('This form was sent from another site.');
    await next();
  };
}

/** A proxy in front may speak https where this process speaks http, so only hosts are compared. */
function isOwn(origin: string, host: string): boolean {
  return URL.canParse(origin) && new URL(origin).host === host;
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
