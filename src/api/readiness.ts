import type { Context, MiddlewareHandler } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { timeout } from 'hono/timeout';

const away =
  'Redis does not answer or takes no writes, so this cannot be served now; try again in a few seconds.';

/** What is thrown where Redis has to be asked and does not answer. */
export function redisAway(): HTTPException {
  return new HTTPException(503, { message: away });
}

/** Whether Redis answers, decided within `withinMs`: a question to a Redis that is away would wait until it is back. */
export function answersWithin(withinMs: number, isReady: () => Promise<boolean>) {
  return () => within(withinMs, isReady(), false);
}

/** What `asked` resolves to; `otherwise` when it rejects or takes longer. */
export async function within<T>(withinMs: number, asked: Promise<T>, otherwise: T): Promise<T> {
  const { promise, resolve } = Promise.withResolvers<T>();
  const timer = setTimeout(() => resolve(otherwise), withinMs);
  asked.then(resolve, () => resolve(otherwise));
  const answer = await promise;
  clearTimeout(timer);
  return answer;
}

/**
 * Answers 503 at once while Redis is away, before any command is sent: those would be carried out once it is back, long
 * after the client was told that they failed. A command that hangs nevertheless is given up after `withinMs`, but for
 * requests that `mayTakeLong`.
 */
export function requireRedis(
  isReady: () => Promise<boolean>,
  withinMs: number,
  mayTakeLong: (c: Context) => boolean = () => false,
): MiddlewareHandler[] {
  const onlyWhenReady: MiddlewareHandler = async (_, next) => {
    if (!(await isReady())) throw redisAway();
    await next();
  };
  const inTime = timeout(withinMs, redisAway);
  return [onlyWhenReady, (c, next) => (mayTakeLong(c) ? next() : inTime(c, next))];
}
