import type { Logger } from 'pino';
import { refOf } from '#domain/delivery.ts';
import type { Subscription, SubscriptionId } from '#domain/subscription.ts';
import type { EventLog, LoggedEvent, RelayPosition } from '#store/event-log.ts';
import type { LanePush, Lanes, LaneWake, PushedLane } from '#store/lanes.ts';
import { compareLogIds, type LogId, logStart, msOfLogId } from '#store/log-id.ts';
import { wants } from './matching.ts';

export interface RelayPorts {
  readonly eventLog: Pick<EventLog, 'position' | 'readAfter' | 'markRelayed'>;
  readonly lanes: Pick<Lanes, 'push'>;
  readonly subscriptions: { list(): Promise<readonly Subscription[]> };
  readonly wake: (lanes: readonly LaneWake[]) => Promise<void>;
  /** Called once a batch lies on the lanes, with when the oldest of its events was committed. */
  readonly onRelayed?: (events: number, committedAtMs: number) => void;
  /**
   * Drains a lane at once, in this process, if it can: asked for right behind a push, so that its first claim finds what was
   * pushed without waiting for the push to be answered. Answers whether it does.
   */
  readonly drainNow?: (lane: SubscriptionId) => boolean;
  /** What is asked of Redis first is answered first. */
  readonly answersInOrder: boolean;
  readonly log: Logger;
}

/** Relays one source's log from its mark to its end; returns how many events it passed. */
export type RelayLog = (sourceId: string) => Promise<number>;

const batchSize = 100;

/**
 * Puts every event of a log onto the lane of each subscription that wants it, then moves the mark. Any number of relays
 * may do this at once, and one may die anywhere: lanes leave out what they have taken, and the mark moves last.
 */
export function createRelay(ports: RelayPorts): RelayLog {
  /** Where this process left each log; another may have moved its mark since. */
  const left = new Map<string, LogId>();
  /** Lanes that the last push of this process woke among the healthy. */
  const awake = new Set<SubscriptionId>();
  return async (sourceId) => {
    let relayed = 0;
    let { position, ahead } = await look(ports, sourceId, left.get(sourceId));
    while (compareLogIds(position.relayedUpTo, position.end) < 0) {
      const batch = ahead ?? (await read(ports, sourceId, position.relayedUpTo));
      ahead = null;
      const last = batch.events.at(-1);
      if (last === undefined) break;
      const pushed = await pushBatch(ports, awake, sourceId, position, batch);
      const checked = await recheck(ports, sourceId, position, pushed);
      if (checked.generation !== position.generation) {
        position = checked;
        continue;
      }
      await ports.eventLog.markRelayed(sourceId, last.logId);
      relayed += batch.events.length;
      ports.onRelayed?.(batch.events.length, msOfLogId(batch.events[0]?.logId ?? last.logId));
      left.set(sourceId, last.logId);
      position = { ...checked, relayedUpTo: last.logId };
    }
    if (relayed > 0) ports.log.info({ source_id: sourceId, events: relayed }, 'log.relayed');
    return relayed;
  };
}

/** What lies in a log, and all subscriptions as they were after it was read. */
interface Batch {
  readonly events: readonly LoggedEvent[];
  readonly subscriptions: readonly Subscription[];
}

/** The mark and what comes behind it are asked for at once: a round trip less before the first delivery. */
async function look(
  ports: RelayPorts,
  sourceId: string,
  left: LogId | undefined,
): Promise<{ position: RelayPosition; ahead: Batch | null }> {
  const [position, ahead] = await Promise.all([
    ports.eventLog.position(sourceId, logStart),
    left === undefined ? null : read(ports, sourceId, left),
  ]);
  return { position, ahead: position.relayedUpTo === left ? ahead : null };
}

/** Whoever subscribed before one of these events was committed is in the list, so it has to be answered after the log. */
async function read(
  { eventLog, subscriptions, answersInOrder }: RelayPorts,
  sourceId: string,
  after: LogId,
): Promise<Batch> {
  const reading = eventLog.readAfter(sourceId, after, batchSize);
  if (!answersInOrder) return { events: await reading, subscriptions: await subscriptions.list() };
  const [events, all] = await Promise.all([reading, subscriptions.list()]);
  return { events, subscriptions: all };
}

async function pushBatch(
  { lanes, wake, drainNow = () => false }: RelayPorts,
  awake: Set<SubscriptionId>,
  sourceId: string,
  { generation }: RelayPosition,
  { events, subscriptions }: Batch,
): Promise<PushedLane[]> {
  const pushes = matchBatch(subscriptions, sourceId, events);
  const pushing = lanes.push(sourceId, generation, pushes);
  const draining = new Set<SubscriptionId>();
  for (const { lane } of pushes) if (awake.delete(lane) && drainNow(lane)) draining.add(lane);
  const pushed = await pushing;
  const toWake = pushed.filter(({ wakes }) => wakes);
  for (const { lane, failing } of toWake) if (!failing) awake.add(lane);
  await wake(toWake.filter(({ lane }) => !draining.has(lane)));
  return pushed;
}

function matchBatch(
  subscriptions: readonly Subscription[],
  sourceId: string,
  batch: readonly LoggedEvent[],
): LanePush[] {
  return subscriptions.flatMap((subscription) => {
    const events = batch
      .filter(({ event }) => wants(subscription, event))
      .map(({ logId, event }) => ({ logId, ref: refOf(sourceId, logId, event) }));
    return events.length === 0 ? [] : [{ lane: subscription.id, events }];
  });
}

/**
 * A lane that has taken more than the log ever held shows that the log lost its tail (a failover of one Cluster shard); one
 * of a later generation, that the log's state lost that too, or that another relay has found out first.
 */
function recheck(
  { eventLog }: RelayPorts,
  sourceId: string,
  position: RelayPosition,
  pushed: readonly PushedLane[],
): Promise<RelayPosition> | RelayPosition {
  const generation = Math.max(0, ...pushed.map(({ generationBefore }) => generationBefore));
  const mark = pushed
    .map(({ markBefore }) => markBefore)
    .reduce((highest, each) => (compareLogIds(each, highest) > 0 ? each : highest), logStart);
  const isKnown = generation <= position.generation && compareLogIds(mark, position.end) <= 0;
  return isKnown ? position : eventLog.position(sourceId, mark, generation);
}
