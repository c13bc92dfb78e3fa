import type { ChangeEvent } from '#domain/change-event.ts';
import { refOf } from '#domain/delivery.ts';
import type { Subscription, SubscriptionId } from '#domain/subscription.ts';
import { createRelay, type RelayPorts } from '#relay/relay-log.ts';
import { laneKeys } from '#store/keys.ts';
import type { LaneWake } from '#store/lanes.ts';
import { makeEvent, makeSubscription, openConnection, openStore, silentLog } from './stage.ts';

export const connection = await openConnection();
export const store = openStore(connection);
const { eventLog, lanes } = store;
let stages = 0;
let numbers = 0;

/** A source with its log, subscriptions to it alone, and a relay. */
export function relaying() {
  stages += 1;
  const source = `source-${stages}`;
  const woken: LaneWake[] = [];
  const ports = (changes: Partial<RelayPorts> = {}): RelayPorts => ({
    ...store,
    wake: async (wakes) => {
      woken.push(...wakes);
    },
    log: silentLog,
    ...changes,
  });
  const waiting = async (id: SubscriptionId) =>
    connection.redis.lrange(laneKeys(id).waiting, 0, -1);
  return {
    source,
    woken,
    ports,
    waiting,
    relay: (changes?: Partial<RelayPorts>) => createRelay(ports(changes))(source),
    /** As the API subscribes: the lane begins where the log ends. */
    async subscribe(name: string, changes: Partial<Subscription> = {}): Promise<SubscriptionId> {
      const id: SubscriptionId = `sub_${source}-${name}`;
      await lanes.create(id, new Map([[source, await eventLog.position(source, '0-0')]]));
      await store.subscriptions.create(makeSubscription(id, { sources: [source], ...changes }));
      return id;
    },
    async commit(count: number, changes: Partial<ChangeEvent> = {}): Promise<string[]> {
      const refs: string[] = [];
      for (let made = 0; made < count; made += 1) {
        numbers += 1;
        const event = { ...makeEvent(numbers, source), ...changes };
        const logId = await eventLog.append(source, event);
        refs.push(refOf(source, logId, event));
      }
      return refs;
    },
  };
}
