import { z } from 'zod';
import type { Connection } from './connection.ts';
import { sourceKeys } from './keys.ts';

/** How old what was known of a source could be at most, by tier; null where nothing was known yet. */
export interface FreshnessThen {
  /** The minute's beginning; epoch ms. */
  readonly atMs: number;
  readonly hotSeconds: number | null;
  readonly activeSeconds: number | null;
  readonly coldSeconds: number | null;
}

/** The last hour of each source, minute by minute: for looking at. */
export interface FreshnessHistory {
  note(sourceId: string, then: FreshnessThen): Promise<void>;
  /** Those minutes of the hour before `nowMs` that were noted, the oldest first. */
  read(sourceId: string, nowMs: number): Promise<FreshnessThen[]>;
}

const minuteMs = 60_000;
const keptMinutes = 60;

const age = z.number().nullable();
const entrySchema = z.tuple([z.number(), age, age, age]);

export function createFreshnessHistory({ redis }: Pick<Connection, 'redis'>): FreshnessHistory {
  return {
    async note(sourceId, { atMs, hotSeconds, activeSeconds, coldSeconds }) {
      const key = sourceKeys(sourceId).freshness;
      // Each minute of the hour has its place, where it is written over an hour later.
      const place = (atMs / minuteMs) % keptMinutes;
      const entry = JSON.stringify([atMs, hotSeconds, activeSeconds, coldSeconds]);
      await Promise.all([redis.hset(key, place, entry), redis.expire(key, 2 * keptMinutes * 60)]);
    },
    async read(sourceId, nowMs) {
      const entries = Object.values(await redis.hgetall(sourceKeys(sourceId).freshness));
      return entries
        .map((entry) => entrySchema.parse(JSON.parse(entry)))
        .filter(([atMs]) => atMs > nowMs - keptMinutes * minuteMs && atMs <= nowMs)
        .sort(([left], [right]) => left - right)
        .map(([atMs, hotSeconds, activeSeconds, coldSeconds]) => ({
          atMs,
          hotSeconds,
          activeSeconds,
          coldSeconds,
        }));
    },
  };
}
