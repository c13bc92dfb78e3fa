import type { Context, MiddlewareHandler } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import type { Principal } from '#domain/api-key.ts';
import type { Sessions } from '#store/sessions.ts';
import { type ApiClient, createApiClient, RefusalError, type ServeApi } from './api-client.ts';
import { csrfTokenOf } from './csrf.ts';
import type { DashboardContext, DashboardEnv, SignedIn } from './env.ts';

export interface SessionPorts {
  readonly sessions: Sessions;
  /** Whose a key is, by its SHA-256 in hex; null for one that was revoked. */
  readonly authenticateHash: (hash: string) => Promise<Principal | null>;
  readonly serveApi: ServeApi;
  /** Whether Redis answers; every question to one that is away would wait until it is back. */
  readonly isReady: () => Promise<boolean>;
}

const cookieName = 'inbox-notifier-session';

/** Lets in who is signed in; a browser that is not is led to the sign-in, and from there back here. */
export function requireSession(ports: SessionPorts): MiddlewareHandler<DashboardEnv> {
  return async (c, next) => {
    if (!(await ports.isReady())) throw redisAway();
    const token = readSessionCookie(c);
    const signedIn = token === null ? null : await findSignedIn(ports, token, { renew: true });
    if (signedIn === null) return leadToSignIn(c);
    c.set('signedIn', signedIn);
    c.set('api', apiFor(ports, c, signedIn.principal));
    await next();
  };
}

/** Asked anew for every page and every live figure, so that a revoked key sees nothing more. */
export async function findSignedIn(
  { sessions, authenticateHash }: Pick<SessionPorts, 'sessions' | 'authenticateHash'>,
  token: string,
  { renew }: { readonly renew: boolean },
): Promise<SignedIn | null> {
  const keyHash = await sessions.find(token, { renew });
  const principal = keyHash === null ? null : await authenticateHash(keyHash);
  return principal === null ? null : { principal, csrfToken: csrfTokenOf(token), token };
}

function leadToSignIn(c: DashboardContext): Response {
  if (c.req.path.startsWith('/live/')) return c.body(null, 401);
  const { pathname, search } = new URL(c.req.url);
  const isPage = c.req.method === 'GET' && pathname !== '/';
  const to = isPage ? `?to=${encodeURIComponent(`${pathname}${search}`)}` : '';
  return c.redirect(`/sign-in${to}`, 303);
}

/** By these the API knows the address that it was asked at, as proxies in between tell it. */
const addressHeaders = ['x-forwarded-proto', 'x-forwarded-host'];

function apiFor({ serveApi }: SessionPorts, c: DashboardContext, principal: Principal): ApiClient {
  const headers = new Headers();
  for (const name of addressHeaders) {
    const value = c.req.header(name);
    if (value !== undefined) headers.set(name, value);
  }
  return createApiClient(serveApi, principal, { origin: new URL(c.req.url).origin, headers });
}

export function redisAway(): RefusalError {
  const detail =
    'The service cannot read or write now, because its Redis is away or takes no writes.';
  return new RefusalError({ status: 503, title: 'Service Unavailable', detail, errors: [] });
}

export function readSessionCookie(c: Context): string | null {
  const token = isHttps(c) ? getCookie(c, cookieName, 'host') : getCookie(c, cookieName);
  return token === undefined || token === '' ? null : token;
}

export function writeSessionCookie(c: Context, token: string): void {
  const strict = { path: '/', httpOnly: true, sameSite: 'Strict' } as const;
  if (isHttps(c)) setCookie(c, cookieName, token, { ...strict, secure: true, prefix: 'host' });
  else setCookie(c, cookieName, token, strict);
}

export function clearSessionCookie(c: Context): void {
  if (isHttps(c)) deleteCookie(c, cookieName, { path: '/', secure: true, prefix: 'host' });
  else deleteCookie(c, cookieName, { path: '/' });
}

/** A proxy in front may speak https with the browser. Whoever lies here only gets another cookie. */
function isHttps(c: Context): boolean {
  const forwarded = c.req.header('x-forwarded-proto')?.split(',')[0]?.trim();
  return (forwarded ?? new URL(c.req.url).protocol.slice(0, -1)) === 'https';
}
