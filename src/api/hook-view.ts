import { isDeepStrictEqual } from 'node:util';
import type { z } from '@hono/zod-openapi';
import type { Principal } from '#domain/api-key.ts';
import type { Subscription } from '#domain/subscription.ts';
import type { LaneSummary } from '#store/lanes.ts';
import type { hookSchema, wishOf } from './hook-schema.ts';

/** A hook in the words of automation platforms, without its secret. */
export function viewHook(
  { id, url, events, sources, filter, format, createdAt }: Subscription,
  { status, disabledReason }: LaneSummary,
): z.input<typeof hookSchema> {
  return {
    id,
    targetUrl: url,
    events: [...events],
    sources: sources && [...sources],
    filter: filter && { ...filter },
    format,
    status,
    ...(status === 'disabled' && disabledReason !== null ? { disabledReason } : {}),
    createdAt,
  };
}

/** The hook that the same key made of the same wish before: its answer may have been lost, and it asks again. */
export function findTwin(
  all: readonly Subscription[],
  { keyId }: Principal,
  wish: ReturnType<typeof wishOf>,
): Subscription | undefined {
  const wanted = comparable(wish);
  return all.find(
    (each) =>
      each.hook === true && each.createdBy === keyId && isDeepStrictEqual(comparable(each), wanted),
  );
}

function comparable({
  url,
  events,
  sources,
  filter,
  format,
}: Pick<Subscription, 'url' | 'events' | 'sources' | 'filter' | 'format'>) {
  return [url, events.toSorted(), sources?.toSorted(), filter, format];
}
