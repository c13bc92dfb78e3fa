import { adviseOnRedis } from '#store/redis-trouble.ts';
import type { Log } from './log.ts';

/** What a line tells of trouble with Redis: in plain words where these are known, else the error as it is. */
export function describeTrouble(error: unknown): Readonly<Record<string, unknown>> {
  const advice = adviseOnRedis(error);
  if (advice === null || !(error instanceof Error)) return { err: error };
  // A stack would only hide the reason.
  return { error_message: error.message, advice };
}

const everyMs = 3000;

/**
 * Hears of every error of every connection, and says what each is once in a while: while Redis is away a dozen connections
 * try again several times a second.
 */
export function createOutageLog(log: Log, now: () => number): (error: Error) => void {
  const saidAtMs = new Map<string, number>();
  return (error) => {
    const line = describeTrouble(error);
    const key = String(line.advice ?? error);
    const nowMs = now();
    if (nowMs - (saidAtMs.get(key) ?? Number.NEGATIVE_INFINITY) < everyMs) return;
    // Only what was said lately is needed to know what is said again.
    for (const [said, atMs] of saidAtMs) if (nowMs - atMs >= everyMs) saidAtMs.delete(said);
    saidAtMs.set(key, nowMs);
    log.warn(line, 'redis.failed');
  };
}
