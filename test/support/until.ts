import { setTimeout as wait } from 'node:timers/promises';

const lookEveryMs = 25;

/**
 * Looks again and again until there is something to see, for what announces itself in no other way (an endpoint, a log).
 * What fails on the way is the reason given when time is up.
 */
export async function until<T>(
  what: string,
  look: () => T | Promise<T>,
  withinMs = 30_000,
): Promise<Exclude<T, false | null | undefined>> {
  const lateAtMs = Date.now() + withinMs;
  let cause: unknown;
  for (;;) {
    try {
      const seen = await look();
      if (seen) return seen as Exclude<T, false | null | undefined>;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    if (Date.now() > lateAtMs) throw new Error(`Not within ${withinMs} ms: ${what}`, { cause });
    await wait(lookEveryMs);
  }
}

/** Fails when `promise` takes longer: for what has to happen in time. */
export async function within<T>(limitMs: number, what: string, promise: Promise<T>): Promise<T> {
  const given = new AbortController();
  const late = wait(limitMs, undefined, { signal: given.signal }).then(() => {
    throw new Error(`Not within ${limitMs} ms: ${what}`);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    given.abort();
    late.catch(() => {});
  }
}
