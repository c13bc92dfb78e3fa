import { serviceSourceId } from '#domain/change-event.ts';
import type { Subscription, SubscriptionId } from '#domain/subscription.ts';
import type { EventLog } from '#store/event-log.ts';
import type { Lanes, LogEnd } from '#store/lanes.ts';
import { logStart } from '#store/log-id.ts';
import type { Sources } from '#store/sources.ts';
import type { Stamp, Subscriptions } from '#store/subscriptions.ts';
import type { AddressGuard } from '#webhook/address-guard.ts';
import { subscriberUrlProblem } from '#webhook/subscriber-url.ts';
import type { InvalidField } from './problem.ts';

export interface LifecyclePorts {
  readonly subscriptions: Subscriptions;
  readonly lanes: Lanes;
  readonly eventLog: EventLog;
  readonly sources: Sources;
}

/**
 * The lane is there, with its marks, before anything can match: a crash in between leaves an empty lane that nobody names,
 * never a subscription that misses events. Answers what stands: where the same request made it before, that one.
 */
export async function addSubscription(
  ports: LifecyclePorts,
  subscription: Subscription,
): Promise<Subscription> {
  const standing = await ports.subscriptions.get(subscription.id);
  if (standing !== null) return standing;
  await ports.lanes.create(subscription.id, await readLogEnds(ports));
  if (await ports.subscriptions.create(subscription)) return subscription;
  return (await ports.subscriptions.get(subscription.id)) ?? subscription;
}

/** With it goes all that waits for it; false when it is not there, or may not go. */
export async function removeSubscription(
  { subscriptions, lanes }: LifecyclePorts,
  id: SubscriptionId,
  mayGo?: (found: Stamp) => boolean,
): Promise<boolean> {
  const removed = await subscriptions.remove(id, mayGo);
  if (!removed) return false;
  await lanes.remove(id);
  await subscriptions.left(id);
  return true;
}

/** What is wrong with an address that events are to go to, under the name that the caller knows it by. */
export function urlProblems(guard: AddressGuard, url: string, path = 'url'): InvalidField[] {
  const message = subscriberUrlProblem(url, guard);
  return message === null ? [] : [{ path, message }];
}

/** Where every log ends now: what lies before was committed before the subscription was there. */
async function readLogEnds({ sources, eventLog }: LifecyclePorts) {
  const ids = [...(await sources.logIds()), serviceSourceId];
  const positions = await Promise.all(ids.map((id) => eventLog.position(id, logStart)));
  return new Map<string, LogEnd>(
    ids.flatMap((id, index) => {
      const position = positions[index];
      return position === undefined ? [] : [[id, position] as const];
    }),
  );
}
