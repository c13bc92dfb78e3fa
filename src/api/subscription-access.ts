import type { Context } from 'hono';
import { accessTo, type Principal } from '#domain/api-key.ts';
import type { Subscription, SubscriptionId } from '#domain/subscription.ts';
import type { Subscriptions } from '#store/subscriptions.ts';
import type { ApiEnv } from './auth.ts';
import { problem, unknown } from './problem.ts';

/** What a request is about to do with a subscription. */
type Deed = 'read' | 'change';

/** One that who asks may not see is not there for it; one that it may only see is refused when it is to change. */
export async function findSubscription(
  c: Context<ApiEnv>,
  subscriptions: Pick<Subscriptions, 'get'>,
  id: string,
  deed: Deed,
) {
  const found = await subscriptions.get(id as SubscriptionId);
  const access = found === null ? 'none' : accessTo(c.get('principal'), found);
  if (found === null || access === 'none') {
    return { kind: 'refused' as const, answer: unknown(c, 'subscription', id) };
  }
  if (deed === 'change' && access !== 'change') {
    return { kind: 'refused' as const, answer: notOwn(c) };
  }
  return { kind: 'found' as const, subscription: found };
}

/** Those of them that who asks may see. */
export function visibleTo(principal: Principal, all: readonly Subscription[]): Subscription[] {
  return all.filter((each) => accessTo(principal, each) !== 'none');
}

function notOwn(c: Context) {
  const detail =
    'Another API key made this subscription: that one may change it, or one with the scope `admin`.';
  return problem(c, 403, detail);
}
