import { setTimeout as wait } from 'node:timers/promises';
import type { Logger } from 'pino';
import { refOf } from '#domain/delivery.ts';
import type { Subscription, SubscriptionId } from '#domain/subscription.ts';
import type { EventLog, LoggedEvent, LogTail, RelayPosition } from '#store/event-log.ts';
import type { LanePush, Lanes, LaneWake, PushedLane } from '#store/lanes.ts';
import { compareLogIds, type LogId, logStart, msOfLogId } from '#store/log-id.ts';
import type { Subscriptions } from '#store/subscriptions.ts';
import { wants } from './matching.ts';

export interface RelayPorts {
  readonly eventLog: Pick<EventLog, 'position' | 'readAfter' | 'markRelayed'>;
  readonly lanes: Pick<Lanes, 'push'>;
  readonly subscriptions: Pick<Subscriptions, 'list'>;
  readonly wake: (lanes: readonly LaneWake[]) => Promise<void>;
  /** Called once a batch lies on the lanes, with when the oldest of its events was committed. */
  readonly onRelayed?: (events: number, committedAtMs: number) => void;
  /**
   * Drains a lane at once, in this process, if it can: asked for right behind a push, so that its first claim finds what was
   * pushed without waiting for the push to be answered. Answers whether it does.
   */
  readonly drainNow?: (lane: SubscriptionId) => boolean;
  readonly log: Logger;
}

/** Relays one source's log from its mark to its end, which `tail` may know already; returns how many events it passed. */
export type RelayLog = (sourceId: string, tail?: LogTail | null) => Promise<number>;

const batchSize = 100;
/** By then the lanes that are drained behind the push have sent their first requests; nobody waits for the mark. */
const markAfterMs = 2;

/**
 * Puts every event of a log onto the lane of each subscription that wants it, then moves the mark. Any number of relays
 * may do this at once, and one may die anywhere: lanes leave out what they have taken, and the mark moves last.
 */
export function createRelay(ports: RelayPorts): RelayLog {
  /** Lanes that the last push of this process woke among the healthy. */
  const awake = new Set<SubscriptionId>();
  return async (sourceId, tail = null) => {
    let relayed = 0;
    let known = tail;
    let position = known?.position ?? (await ports.eventLog.position(sourceId, logStart));
    while (compareLogIds(position.relayedUpTo, position.end) < 0) {
      const batch = await read(ports, sourceId, position.relayedUpTo, known);
      const isTold = known !== null;
      known = null;
      const last = batch.events.at(-1);
      if (last === undefined) break;
      const pushed = await pushBatch(ports, awake, sourceId, position, batch);
      const checked = await recheck(ports, sourceId, position, pushed);
      if (checked.generation !== position.generation) {
        position = checked;
        continue;
      }
      relayed += batch.events.length;
      ports.onRelayed?.(batch.events.length, msOfLogId(batch.events[0]?.logId ?? last.logId));
      if (isTold) await wait(markAfterMs);
      await ports.eventLog.markRelayed(sourceId, last.logId);
      position = { ...checked, relayedUpTo: last.logId };
    }
    if (relayed > 0) ports.log.info({ source_id: sourceId, events: relayed }, 'log.relayed');
    return relayed;
  };
}

/** What lies in a log, and all subscriptions as they were after it was logged. */
interface Batch {
  readonly events: readonly LoggedEvent[];
  readonly subscriptions: readonly Subscription[];
}

/** Whoever subscribed before one of these events was committed is in the list: it is read after the log, or as of then. */
async function read(
  { eventLog, subscriptions }: RelayPorts,
  sourceId: string,
  after: LogId,
  known: LogTail | null,
): Promise<Batch> {
  const events = known?.events ?? (await eventLog.readAfter(sourceId, after, batchSize));
  return { events, subscriptions: await subscriptions.list(known?.subscriptions) };
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
