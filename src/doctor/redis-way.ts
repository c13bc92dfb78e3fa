import type { RedisTarget } from '#store/connection.ts';
import type { RedisWay } from './judge-redis.ts';

/** How `REDIS_URL` reaches Redis, without what is secret in it. */
export function redisWay(target: RedisTarget): RedisWay {
  if (target.kind !== 'single') {
    const { nodes } = target;
    return {
      where: nodes.map(({ host, port }) => `${host}:${port}`).join(', '),
      hasPassword: target.password !== undefined,
      isLocal: nodes.every(({ host }) => isLocal(host)),
    };
  }
  const { hostname, port, password } = new URL(target.url);
  return {
    where: `${hostname || 'localhost'}:${port || 6379}`,
    hasPassword: password !== '',
    isLocal: isLocal(hostname),
  };
}

function isLocal(host: string): boolean {
  return /^(localhost|127\.[\d.]+|\[?::1\]?|)$/i.test(host);
}
