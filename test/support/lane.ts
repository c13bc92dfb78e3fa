import { createDrainLane } from '#deliver/drain-lane.ts';
import type { DrainPorts } from '#deliver/drain-ports.ts';
import { refOf } from '#domain/delivery.ts';
import type { Subscription, SubscriptionId } from '#domain/subscription.ts';
import type { Store } from '#store/open-store.ts';
import { createAddressGuard } from '#webhook/address-guard.ts';
import { createSender } from '#webhook/send.ts';
import { makeEvent, makeSubscription, silentLog, subscribe } from './stage.ts';

const guard = createAddressGuard(['127.0.0.0/8']);
let lanes = 0;

/** A lane with so many events waiting, and a drain of it whose clock stands still until it is moved. */
export async function setUpLane(
  store: Store,
  options: {
    events?: number;
    url?: string;
    maxInFlight?: number;
    schedule?: number[];
    /** How many contacts the events are about, in turn; else each is about another. */
    contacts?: number;
    subscription?: Partial<Subscription>;
    wrap?: Partial<DrainPorts>;
  } = {},
) {
  lanes += 1;
  const id: SubscriptionId = `sub_${lanes}`;
  const {
    events = 1,
    url = 'http://127.0.0.1:9/',
    maxInFlight = 8,
    schedule = [1000, 1000],
    contacts = events,
  } = options;
  await subscribe(store, makeSubscription(id, { url, maxInFlight, ...options.subscription }));
  const clock = { nowMs: Date.parse('2026-06-12T10:00:00Z') };
  const source = `source-${lanes}`;
  const pushed = [];
  for (let number = 1; number <= events; number += 1) {
    const made = makeEvent(lanes * 1000 + number, source);
    const contact = { ...made.data.contact, _id: `contact-${number % contacts}` };
    const event = { ...made, data: { ...made.data, contact } };
    const logId = await store.eventLog.append(source, event);
    pushed.push({ logId, ref: refOf(source, logId, event), event });
  }
  await store.lanes.push(source, 0, [{ lane: id, events: pushed }]);
  const now = () => clock.nowMs;
  const sender = createSender({ guard, timeoutMs: 2000, now: Date.now, userAgent: 'test' });
  const drainLane = createDrainLane({
    ...store,
    work: store.laneWork,
    sender,
    retryScheduleMs: schedule,
    now,
    random: () => 0.5,
    onAttempt: () => {},
    onExpired: () => {},
    relaySoon: () => {},
    onSubscriptionEvent: () => {},
    log: silentLog,
    ...options.wrap,
  });
  const never = new AbortController().signal;
  const drain = (mode: 'drain' | 'probe' = 'drain', signals = { stopping: never, abort: never }) =>
    drainLane(id, mode, signals);
  const list = async () => (await store.deliveries.list(id, null, null, 200)).deliveries;
  const summary = async () => (await store.lanes.summarize([id]))[0];
  return { id, clock, pushed, drain, list, summary, sender };
}
