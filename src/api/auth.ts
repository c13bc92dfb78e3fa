import { createHash, timingSafeEqual } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import { problem } from './problem.ts';

/** Lets in who shows the key as a bearer token (RFC 6750). */
export function requireKey(adminKey: string): MiddlewareHandler {
  const expected = digest(adminKey);
  return async (c, next) => {
    const [, shown] = /^Bearer +(\S+) *$/i.exec(c.req.header('authorization') ?? '') ?? [];
    // Digests have one length, so that comparing takes the same time whatever was shown.
    if (shown !== undefined && timingSafeEqual(digest(shown), expected)) return next();
    const detail =
      shown === undefined
        ? 'Show the API key as `Authorization: Bearer KEY`.'
        : 'This API key is not valid.';
    const challenge = shown === undefined ? 'Bearer' : 'Bearer error="invalid_token"';
    return problem(c, 401, detail, { headers: { 'www-authenticate': challenge } });
  };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
