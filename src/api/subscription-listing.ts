import { z } from '@hono/zod-openapi';
import type { Subscription } from '#domain/subscription.ts';
import type { LaneStanding, Lanes } from '#store/lanes.ts';
import { pageQuery } from './cursor.ts';

/** Each subscription is in one of these, the worst first. */
const standings = ['disabled', 'failing', 'paused', 'active'] as const;
type Standing = (typeof standings)[number];

export const listingQuery = z.strictObject({
  status: z.enum(standings).optional().openapi({
    description:
      'Only those that stand like this. `failing` are active too, but their last attempt failed; `active` are then only those without that.',
  }),
  search: z.string().min(1).max(200).optional().openapi({
    description: 'Only those whose id, URL or description contains this, in whatever case.',
  }),
  order: z.enum(['age', 'trouble']).default('age').openapi({
    description:
      '`age`: the oldest first. `trouble`: those that are disabled, that fail or are paused before the others.',
  }),
  ...pageQuery(z.string()),
});
type ListingQuery = z.output<typeof listingQuery>;

interface Listed {
  readonly subscription: Subscription;
  /** By which the list is ordered. */
  readonly key: string;
}

/** Those that are asked for. Of very many only the standing is read, and only when it matters. */
export async function findListed(
  lanes: Pick<Lanes, 'standings'>,
  all: readonly Subscription[],
  { status, search, order }: ListingQuery,
): Promise<Listed[]> {
  const wanted = search?.toLowerCase();
  const found = wanted === undefined ? all : all.filter((each) => mentions(each, wanted));
  if (status === undefined && order === 'age') {
    return found.map((subscription) => ({ subscription, key: ageKey(subscription) }));
  }
  const stands = await lanes.standings(found.map(({ id }) => id));
  return found.flatMap((subscription, at) => {
    const lane = stands[at];
    if (lane === undefined || (status !== undefined && standingOf(lane) !== status)) return [];
    const key = order === 'age' ? ageKey(subscription) : troubleKey(subscription, lane);
    return [{ subscription, key }];
  });
}

/** Whether the cursor, if there is one, comes from a list in this order. */
export function isOfOrder({ cursor, order }: ListingQuery): boolean {
  return cursor === undefined || cursor.startsWith('trouble ') === (order === 'trouble');
}

function mentions({ id, url, description = '' }: Subscription, wanted: string): boolean {
  return [id, url, description].some((text) => text.toLowerCase().includes(wanted));
}

function standingOf({ status, failures }: LaneStanding): Standing {
  return status === 'active' && failures > 0 ? 'failing' : status;
}

function ageKey({ createdAt, id }: Subscription): string {
  return `${createdAt} ${id}`;
}

const mostFailures = 999_999;

/** More failures come before fewer. */
function troubleKey(subscription: Subscription, lane: LaneStanding): string {
  const fewer = mostFailures - Math.min(lane.failures, mostFailures);
  const rank = standings.indexOf(standingOf(lane));
  return `trouble ${rank} ${String(fewer).padStart(6, '0')} ${ageKey(subscription)}`;
}
