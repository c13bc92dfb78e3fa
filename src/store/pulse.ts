import type { Connection } from './connection.ts';
import { pulseKey } from './keys.ts';

/** What is counted in each minute, over all processes. */
const counted = ['events', 'delivered', 'refused', 'lateMs'] as const;
export type Counted = (typeof counted)[number];

/** `refused`: attempts that did not deliver. `lateMs`: from seen to delivered, of all `delivered` together. */
export type MinuteCounts = Readonly<Record<Counted, number>>;

export interface Minute extends MinuteCounts {
  /** When it began; epoch ms. */
  readonly atMs: number;
}

/** What happened in each of the last minutes: for looking at, not for accounting. */
export interface Pulse {
  add(minuteMs: number, counts: Partial<MinuteCounts>): Promise<void>;
  /** The oldest first, the last one being that of `nowMs`. */
  read(nowMs: number, minutes: number): Promise<Minute[]>;
}

const minuteMs = 60_000;
export const keptMinutes = 180;

/** The minute that a moment lies in, by its beginning. */
export function minuteOf(ms: number): number {
  return Math.floor(ms / minuteMs) * minuteMs;
}

export function createPulse({ redis }: Pick<Connection, 'redis'>): Pulse {
  return {
    async add(atMs, counts) {
      const key = pulseKey(atMs / minuteMs);
      const changes = counted.flatMap((name) => {
        const count = counts[name] ?? 0;
        return count === 0 ? [] : [redis.hincrby(key, name, count)];
      });
      await Promise.all([...changes, redis.expire(key, keptMinutes * 60)]);
    },
    async read(nowMs, minutes) {
      const last = minuteOf(nowMs);
      const wanted = Array.from(
        { length: minutes },
        (_, at) => last - (minutes - 1 - at) * minuteMs,
      );
      return Promise.all(
        wanted.map(async (atMs) => toMinute(atMs, await redis.hgetall(pulseKey(atMs / minuteMs)))),
      );
    },
  };
}

function toMinute(atMs: number, found: Readonly<Record<string, string>>): Minute {
  const count = (name: Counted) => Number(found[name] ?? 0);
  return {
    atMs,
    events: count('events'),
    delivered: count('delivered'),
    refused: count('refused'),
    lateMs: count('lateMs'),
  };
}
