import { timingSafeEqual } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import { bootstrapKeyId, type Principal } from '#domain/api-key.ts';
import type { ApiKeys } from '#store/api-keys.ts';
import type { Chance } from './chance.ts';
import { hashOfKey, looksLikeKey } from './key-text.ts';
import { problem } from './problem.ts';
import { answersWithin, redisAway } from './readiness.ts';

/** What travels with a request: who asks. A caller inside the process hands it in, with `api.fetch(request, { principal })`. */
export interface ApiEnv {
  Bindings: { principal?: Principal };
  /** Who asks from inside has no limit. `chance` is where what a request makes gets its ids and secrets from. */
  Variables: { principal: Principal; requestsPerMinute?: number; chance: Chance };
}

/** Who asks, and how often it may. */
export interface Caller extends Principal {
  readonly requestsPerMinute: number;
}

/** Says whose a key is; null for one that is unknown, revoked or past its end. Throws a 503 where Redis would have to say and is away. */
export interface Authentication {
  authenticate(key: string): Promise<Caller | null>;
  /** By the key's SHA-256 in hex, for who keeps that instead of the key. */
  authenticateHash(hash: string): Promise<Caller | null>;
}

export interface AuthenticationPorts {
  readonly adminKey: string;
  readonly apiKeys: Pick<ApiKeys, 'use'>;
  /** Whether Redis answers. */
  readonly isReady: () => Promise<boolean>;
  readonly now: () => number;
}

/** It is in the operator's own hands: this holds only what has run away. */
const bootstrapPerMinute = 60_000;
const readyWithinMs = 1000;
const hashShape = /^[0-9a-f]{64}$/;

/** The key of the environment is known without Redis; every other is asked for there, so that a revoked one ends at once. */
export function createAuthentication(ports: AuthenticationPorts): Authentication {
  const { adminKey, apiKeys, now } = ports;
  const isReady = answersWithin(readyWithinMs, ports.isReady);
  const bootstrapHash = hashOfKey(adminKey);
  const bootstrap: Caller = {
    keyId: bootstrapKeyId,
    name: 'ADMIN_API_KEY',
    scopes: ['admin'],
    requestsPerMinute: bootstrapPerMinute,
  };

  async function findStored(hash: string): Promise<Caller | null> {
    if (!(await isReady())) throw redisAway();
    const found = await apiKeys.use(hash);
    if (found === null) return null;
    const { id, name, scopes, requestsPerMinute, expiresAt } = found;
    if (expiresAt !== null && Date.parse(expiresAt) <= now()) return null;
    return { keyId: id, name, scopes, requestsPerMinute };
  }

  return {
    async authenticate(key) {
      const hash = hashOfKey(key);
      if (isSame(hash, bootstrapHash)) return bootstrap;
      return looksLikeKey(key) ? findStored(hash) : null;
    },
    async authenticateHash(hash) {
      if (!hashShape.test(hash)) return null;
      return isSame(hash, bootstrapHash) ? bootstrap : findStored(hash);
    },
  };
}

/** Hashes have one length, so that comparing takes the same time whatever was shown. */
function isSame(left: string, right: string): boolean {
  return timingSafeEqual(Buffer.from(left), Buffer.from(right));
}

/** Lets in who shows a key as a bearer token (RFC 6750), or who was let in before, inside this process. */
export function requireKey({ authenticate }: Authentication): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    // In a test `env` may be absent; over HTTP it holds what the server puts there.
    const principal = c.env?.principal ?? null;
    if (principal !== null) {
      c.set('principal', principal);
      return next();
    }
    const [, shown] = /^Bearer +(\S+) *$/i.exec(c.req.header('authorization') ?? '') ?? [];
    const caller = shown === undefined ? null : await authenticate(shown);
    if (caller !== null) {
      c.set('principal', caller);
      c.set('requestsPerMinute', caller.requestsPerMinute);
      return next();
    }
    const detail =
      shown === undefined
        ? 'Show the API key as `Authorization: Bearer KEY`.'
        : 'This API key is not valid.';
    const challenge = shown === undefined ? 'Bearer' : 'Bearer error="invalid_token"';
    return problem(c, 401, detail, { headers: { 'www-authenticate': challenge } });
  };
}
