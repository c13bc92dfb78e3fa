import type { MiddlewareHandler } from 'hono';
import { hasScope, type KeyScope } from '#domain/api-key.ts';
import type { ApiEnv } from './auth.ts';
import { problem } from './problem.ts';

/**
 * Stands in every route under `/v1`: which scopes open it, `admin` always among them, in the document as in fact.
 * OpenAPI 3.1 has scopes of a bearer token stand in `security`; one of its entries is enough.
 */
export function openTo(...scopes: Exclude<KeyScope, 'admin'>[]) {
  const opening: KeyScope[] = ['admin', ...scopes];
  return {
    security: opening.map((scope) => ({ key: [scope] })),
    middleware: requireScope(opening),
  };
}

function requireScope(opening: readonly KeyScope[]): MiddlewareHandler<ApiEnv> {
  const wanted = opening.map((scope) => `\`${scope}\``).join(' or ');
  // RFC 6750, section 3.1.
  const challenge = `Bearer error="insufficient_scope", scope="${opening.join(' ')}"`;
  return async (c, next) => {
    if (hasScope(c.get('principal'), opening)) return next();
    const detail = `This API key may not do that: it takes one with the scope ${wanted}.`;
    return problem(c, 403, detail, { headers: { 'www-authenticate': challenge } });
  };
}
