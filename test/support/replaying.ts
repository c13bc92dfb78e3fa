import type { ChangeEvent } from '#domain/change-event.ts';
import { type DeliveryRef, refOf } from '#domain/delivery.ts';
import type { Subscription, SubscriptionId } from '#domain/subscription.ts';
import { createRelay } from '#relay/relay-log.ts';
import { createReplays, type ReplayPorts, type ReplayWish } from '#relay/replay.ts';
import { laneKeys, sourceKeys } from '#store/keys.ts';
import type { LaneWake } from '#store/lanes.ts';
import type { Reopen } from '#store/reopening.ts';
import { makeEvent, makeSubscription, openConnection, openStore, silentLog } from './stage.ts';

const connection = await openConnection();
const store = openStore(connection);
export const { redis } = connection;
export const { eventLog } = store;
const { lanes } = store;
let stages = 0;
let numbers = 0;

/** Nobody aborts. */
const always = new AbortController().signal;
export const everything: ReplayWish & { readonly kind: 'committed' } = {
  kind: 'committed',
  sinceMs: 0,
  untilMs: null,
  types: null,
};
export const failedOnes: ReplayWish = { kind: 'failed' };

/** Two logs of their own, and replays over them. */
export function setUp() {
  stages += 1;
  const sources = [`east-${stages}`, `west-${stages}`] as const;
  const [east, west] = sources;
  const woken: LaneWake[] = [];
  const wake = async (wakes: readonly LaneWake[]) => {
    woken.push(...wakes);
  };
  const relay = createRelay({ ...store, wake: async () => {}, log: silentLog });
  const replays = (changes: Partial<ReplayPorts> = {}) =>
    createReplays({
      ...store,
      relay,
      logIds: async () => sources,
      wake,
      now: () => 1000,
      log: silentLog,
      ...changes,
    });
  const waiting = async (id: SubscriptionId) => redis.lrange(laneKeys(id).waiting, 0, -1);
  return {
    east,
    west,
    woken,
    relay,
    replays,
    waiting,
    replay: (
      subscription: Subscription,
      wish: ReplayWish,
      { dryRun = false, signal = always, changes = {} as Partial<ReplayPorts> } = {},
    ) => replays(changes).replay(subscription, wish, { dryRun, signal }),
    /** It begins where the logs end, as the API makes it. */
    async subscribe(name: string, changes: Partial<Subscription> = {}): Promise<Subscription> {
      const id: SubscriptionId = `sub_${stages}-${name}`;
      const positions = sources.map(
        async (source) => [source, await eventLog.position(source, '0-0')] as const,
      );
      await lanes.create(id, new Map(await Promise.all(positions)));
      const subscription = makeSubscription(id, { sources: [...sources], ...changes });
      await store.subscriptions.create(subscription);
      return subscription;
    },
    async commit(
      source: string,
      count: number,
      changes: Partial<ChangeEvent> = {},
    ): Promise<DeliveryRef[]> {
      const refs: DeliveryRef[] = [];
      for (let made = 0; made < count; made += 1) {
        numbers += 1;
        const event = { ...makeEvent(numbers, source), ...changes };
        refs.push(refOf(source, await eventLog.append(source, event), event));
      }
      return refs;
    },
    /** As though all that waits had been delivered. */
    async empty({ id }: Subscription): Promise<void> {
      await redis.del(laneKeys(id).waiting);
    },
    async fail({ id }: Subscription, refs: readonly DeliveryRef[]): Promise<void> {
      await redis.del(laneKeys(id).waiting);
      for (const [at, ref] of refs.entries()) await redis.zadd(laneKeys(id).failed, at, ref);
    },
  };
}

/** A place in a log whose time is another than that of what was appended just now. */
export async function appendAt(source: string, logId: string): Promise<DeliveryRef> {
  numbers += 1;
  const event = makeEvent(numbers, source);
  const fields = ['id', event.id, 'type', event.type, 'contact', `contact-${numbers}`];
  await redis.xadd(sourceKeys(source).log, logId, ...fields, 'body', JSON.stringify(event));
  await redis.hset(sourceKeys(source).ids, event.id, logId);
  return refOf(source, logId, event);
}

/** Stands between a replay and what it reopens. */
export function reopeningBy(
  step: (reopen: Reopen, refs: readonly DeliveryRef[]) => Promise<number>,
): Partial<ReplayPorts> {
  const reopening: ReplayPorts['lanes']['reopening'] = (id, options) => {
    const reopen = lanes.reopening(id, options);
    return (refs) => step(reopen, refs);
  };
  return { lanes: { ...lanes, reopening } };
}
