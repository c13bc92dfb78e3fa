import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Logger } from 'pino';
import { type EventType, serviceSourceId } from '#domain/change-event.ts';
import { type DeliveryRef, parseDeliveryRef, refOf } from '#domain/delivery.ts';
import type { Subscription, SubscriptionId } from '#domain/subscription.ts';
import type { Deliveries } from '#store/deliveries.ts';
import type { EventLog, LoggedEvent } from '#store/event-log.ts';
import type { Lanes, LaneWake } from '#store/lanes.ts';
import { compareLogIds, type LogId, lastLogIdOf, logStart } from '#store/log-id.ts';
import { wants } from './matching.ts';
import type { RelayLog } from './relay-log.ts';

export interface ReplayPorts {
  readonly relay: RelayLog;
  readonly logIds: () => Promise<readonly string[]>;
  readonly eventLog: Pick<EventLog, 'position' | 'readBetween' | 'start'>;
  readonly lanes: Pick<Lanes, 'reopen' | 'reopening' | 'tend'>;
  readonly deliveries: Pick<Deliveries, 'countFailed' | 'listFailed'>;
  readonly wake: (lanes: readonly LaneWake[]) => Promise<void>;
  readonly now: () => number;
  readonly log: Logger;
}

/** What is to be delivered again. Moments are those of commit, in ms of Redis's time, both included. */
export type ReplayWish =
  | { readonly kind: 'failed' }
  | {
      readonly kind: 'committed';
      readonly sinceMs: number;
      /** Null: until now. */
      readonly untilMs: number | null;
      /** Null: every type that the subscription wants. */
      readonly types: readonly EventType[] | null;
    };

export interface ReplayOptions {
  /** Only counts. */
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
}

export interface Replays {
  /** Reopens what is wished for and is not to be delivered anyway; answers how many deliveries that are. */
  replay(subscription: Subscription, wish: ReplayWish, options: ReplayOptions): Promise<number>;
  /** Reopens one event of a source's log for each of these; answers for how many. */
  redeliver(
    sourceId: string,
    entry: LoggedEvent,
    subscriptions: readonly SubscriptionId[],
  ): Promise<number>;
}

const batchSize = 200;
/** A lane is woken on the way too: much may be looked through, and the first is not to wait for the last. */
const wakeEvery = 10;
/** An owner's filter may take long over each event: from then on everything else gets its turn. */
const mostAtOnceMs = 20;

type CommittedWish = ReplayWish & { readonly kind: 'committed' };

/** Where the reading of one log ends. */
interface Span {
  readonly sourceId: string;
  readonly upTo: LogId;
}

/** One replay on its way. */
interface Run {
  readonly subscription: Subscription;
  readonly options: ReplayOptions;
  /** Reopens these, or counts those that would be. */
  readonly put: (refs: readonly DeliveryRef[]) => Promise<number>;
}

/**
 * Any number of replays may run at once, beside relays, and one may die anywhere: a lane takes no delivery twice that it
 * still has to make, so whoever is not sure repeats it.
 */
export function createReplays(ports: ReplayPorts): Replays {
  const { lanes, relay, now, wake, log } = ports;
  const wakeDue = async (ids: readonly SubscriptionId[]) => wake(await lanes.tend(ids, now(), 0));

  return {
    async replay(subscription, wish, options) {
      const { id } = subscription;
      const { dryRun } = options;
      let count = 0;
      let batches = 0;
      const reopen = lanes.reopening(id, { dryRun });
      const put = async (refs: readonly DeliveryRef[]) => {
        const taken = await reopen(refs);
        count += taken;
        batches += 1;
        if (!dryRun && batches % wakeEvery === 0) await wakeDue([id]);
        return taken;
      };
      const run: Run = { subscription, options, put };
      await (wish.kind === 'failed' ? replayFailed(ports, run) : replayLogs(ports, run, wish));
      if (!dryRun && count > 0) await wakeDue([id]);
      log.info(
        {
          subscription_id: id,
          deliveries: count,
          dry_run: dryRun,
          aborted: options.signal.aborted,
        },
        'lane.replayed',
      );
      return count;
    },
    async redeliver(sourceId, { logId, event }, subscriptions) {
      await relay(sourceId);
      const ref = refOf(sourceId, logId, event);
      const counts = await Promise.all(subscriptions.map((id) => lanes.reopen(id, [ref])));
      const reopened = subscriptions.filter((_, index) => counts[index] === 1);
      await wakeDue(reopened);
      log.info({ event_id: event.id, deliveries: reopened.length }, 'event.redelivered');
      return reopened.length;
    },
  };
}

/** At most as many as there were at first: what fails again meanwhile is left for the next replay. */
async function replayFailed(
  { deliveries, eventLog }: ReplayPorts,
  { subscription, options, put }: Run,
): Promise<void> {
  const { id } = subscription;
  const starts = new Map<string, LogId>();
  const isThere = async (ref: DeliveryRef) => {
    const { source, logId } = parseDeliveryRef(ref);
    const start = starts.get(source) ?? (await eventLog.start(source));
    starts.set(source, start);
    return compareLogIds(logId, start) >= 0;
  };
  let left = await deliveries.countFailed(id);
  let passed = 0;
  while (left > 0 && !options.signal.aborted) {
    const refs = await deliveries.listFailed(id, passed, Math.min(left, batchSize));
    if (refs.length === 0) return;
    left -= refs.length;
    // One whose event has outlived the retention would only expire.
    const found: DeliveryRef[] = [];
    for (const ref of refs) if (await isThere(ref)) found.push(ref);
    const taken = await put(found);
    // What was reopened is no longer in the list.
    passed += options.dryRun ? refs.length : refs.length - taken;
  }
}

/** Log after log, each in its order: what is about one contact lies in one log. */
async function replayLogs(ports: ReplayPorts, run: Run, wish: CommittedWish): Promise<void> {
  const { relay, eventLog, logIds } = ports;
  const { sources } = run.subscription;
  const all = [...(await logIds()), serviceSourceId];
  const seen = all.filter((sourceId) => sources?.includes(sourceId) ?? true);
  const spans: Span[] = [];
  for (const sourceId of seen) {
    // What lies behind the relay's mark is still to come by itself, and would come twice.
    await relay(sourceId);
    const { relayedUpTo } = await eventLog.position(sourceId, logStart);
    const until = wish.untilMs === null ? relayedUpTo : lastLogIdOf(wish.untilMs);
    spans.push({ sourceId, upTo: compareLogIds(until, relayedUpTo) < 0 ? until : relayedUpTo });
  }
  for (const span of spans) await replaySpan(ports, run, span, wish);
}

async function replaySpan(
  { eventLog, now }: ReplayPorts,
  { subscription, options, put }: Run,
  { sourceId, upTo }: Span,
  { sinceMs, types }: CommittedWish,
): Promise<void> {
  let after: LogId = lastLogIdOf(Math.max(0, sinceMs - 1));
  while (!options.signal.aborted) {
    const entries = await eventLog.readBetween(sourceId, after, upTo, batchSize);
    const last = entries.at(-1);
    if (last === undefined) return;
    const refs: DeliveryRef[] = [];
    let turnAtMs = now() + mostAtOnceMs;
    for (const { logId, event } of entries) {
      const isMeant = types?.includes(event.type) ?? true;
      if (isMeant && wants(subscription, event)) refs.push(refOf(sourceId, logId, event));
      if (now() < turnAtMs) continue;
      await nextTurn();
      turnAtMs = now() + mostAtOnceMs;
    }
    if (refs.length > 0) await put(refs);
    after = last.logId;
  }
}
