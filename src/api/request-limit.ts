import type { MiddlewareHandler } from 'hono';
import type { ApiKeys } from '#store/api-keys.ts';
import type { ApiEnv } from './auth.ts';
import { problem } from './problem.ts';

/**
 * Counts what a key asks, in all processes together, and says in every answer what is left, as the draft
 * `draft-ietf-httpapi-ratelimit-headers` has it. Who asks from inside the process is not counted.
 */
export function limitRequests({ admit }: Pick<ApiKeys, 'admit'>): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const perMinute = c.get('requestsPerMinute');
    if (perMinute === undefined) return next();
    const admission = await admit(c.get('principal').keyId, perMinute);
    const seconds = Math.ceil(admission.waitMs / 1000);
    c.header('RateLimit-Policy', `"key";q=${perMinute};w=60`);
    c.header('RateLimit', `"key";r=${admission.remaining};t=${seconds}`);
    if (admission.kind === 'admitted') return next();
    const detail = `This API key may ask ${perMinute} times a minute; ask again in ${seconds} s.`;
    return problem(c, 429, detail, { headers: { 'retry-after': String(seconds) } });
  };
}
