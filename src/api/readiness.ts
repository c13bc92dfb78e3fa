import type { MiddlewareHandler } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { timeout } from 'hono/timeout';

const away = 'Redis does not answer, so this cannot be served now; try again in a few seconds.';

/** Whether Redis answers, decided within `withinMs`: a question to a Redis that is away would wait until it is back. */
export function answersWithin(withinMs: number, isReady: () => Promise<boolean>) {
  return async (): Promise<boolean> => {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const timer = setTimeout(() => resolve(false), withinMs);
    isReady().then(resolve, () => resolve(false));
    const ready = await promise;
    clearTimeout(timer);
    return ready;
  };
}

/**
 * Answers 503 at once while Redis is away, before any command is sent: those would be carried out once it is back, long
 * after the client was told that they failed. A command that hangs nevertheless is given up after `withinMs`.
 */
export function requireRedis(
  isReady: () => Promise<boolean>,
  withinMs: number,
): MiddlewareHandler[] {
  const gaveUp = () => new HTTPException(503, { message: away });
  const onlyWhenReady: MiddlewareHandler = async (_, next) => {
    if (!(await isReady())) throw gaveUp();
    await next();
  };
  return [onlyWhenReady, timeout(withinMs, gaveUp)];
}
