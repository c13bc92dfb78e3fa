import type { ChangeEvent } from '#domain/change-event.ts';
import type { Subscription } from '#domain/subscription.ts';
import { compileFilter, type FilterTest } from './filter-query.ts';

/** What a subscription says of the events that it wants. */
export type Wish = Pick<Subscription, 'events' | 'sources' | 'filter'>;

/** Whether a subscription wants an event. A test goes only to the subscription it was asked for, never by matching. */
export function wants({ events, sources, filter }: Wish, event: ChangeEvent): boolean {
  if (event.type === 'subscription.test') return false;
  if (!events.includes(event.type)) return false;
  if (sources?.includes(event.data.source) === false) return false;
  return filter === undefined || passes(filter, event);
}

type Filter = NonNullable<Subscription['filter']>;

/** Subscriptions stay the same objects until one is changed, so each filter is compiled once. */
const tests = new WeakMap<Filter, FilterTest>();

/**
 * A filter that cannot be asked lets nothing through, and stops nobody else's events: only another version of this
 * service can have written it, and what it misses can be replayed, while what was sent too much cannot be taken back.
 */
function passes(filter: Filter, event: ChangeEvent): boolean {
  try {
    const test = tests.get(filter) ?? compileFilter(filter);
    tests.set(filter, test);
    return test(event.data);
  } catch {
    return false;
  }
}
