import type { Logger } from 'pino';
import { serviceSourceId } from '#domain/change-event.ts';
import type { EventLog } from '#store/event-log.ts';
import type { RemovedSources } from '#store/forgetting.ts';
import type { Lanes, LaneWake } from '#store/lanes.ts';
import { type LogId, pastEveryLogId } from '#store/log-id.ts';
import type { Subscriptions } from '#store/subscriptions.ts';
import type { RelayLog } from './relay-log.ts';

export interface TendPorts {
  readonly relay: RelayLog;
  readonly logIds: () => Promise<readonly string[]>;
  readonly removedSources: RemovedSources;
  readonly eventLog: Pick<EventLog, 'trim' | 'start' | 'now'>;
  readonly lanes: Pick<Lanes, 'tend' | 'expire' | 'remove'>;
  readonly subscriptions: Pick<Subscriptions, 'ids' | 'leaving' | 'left'>;
  readonly wake: (lanes: readonly LaneWake[]) => Promise<void>;
  /** Called with how many deliveries were given up because their events are gone. */
  readonly onExpired: (deliveries: number) => void;
  readonly retention: { readonly retentionMs: number; readonly retentionMax: number };
  readonly now: () => number;
  readonly log: Logger;
}

/** Dropped in one script call, which keeps Redis from everything else. */
const trimCount = 1000;

/**
 * Finishes what a crash left half done, anywhere in the fleet: logs past their relay's mark, lanes with due work and no
 * wake, subscriptions removed but for their lane, sources removed but for what is known of them; their events are delivered
 * and kept like all others. Everything in it may run twice and beside itself. It also forgets what
 * is older or more than the retention.
 */
export function createTend(ports: TendPorts): (signal: AbortSignal) => Promise<void> {
  return async (signal) => {
    const { now, lanes, subscriptions, eventLog, retention, log } = ports;
    // Log ids are Redis's time: a process whose clock is ahead must not empty the logs.
    const oldestMs = (await eventLog.now()) - retention.retentionMs;
    const logStarts = await tendLogs(ports, oldestMs, signal);
    await removeLeaving(ports);
    const ids = await subscriptions.ids();
    if (logStarts.size > 0) ports.onExpired(await lanes.expire(ids, logStarts, now()));
    const due = await lanes.tend(ids, now(), oldestMs, retention.retentionMax);
    await ports.wake(due);
    log.debug({ lanes: ids.length, lanes_due: due.length }, 'fleet.tended');
  };
}

/** Relays and trims every log; answers where each begins now. */
async function tendLogs(
  ports: TendPorts,
  oldestMs: number,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, LogId>> {
  const logStarts = new Map<string, LogId>();
  const removed = new Set(await ports.removedSources.ids());
  const logs = [...(await ports.logIds()), serviceSourceId];
  for (const sourceId of logs) {
    if (signal.aborted) break;
    try {
      await ports.relay(sourceId);
      const isTrimmed = await trimLog(ports, sourceId, oldestMs);
      const start = await ports.eventLog.start(sourceId);
      // Where no log is there may be one by the time that lanes are asked.
      if (isTrimmed || start !== pastEveryLogId) logStarts.set(sourceId, start);
      if (removed.has(sourceId)) await ports.removedSources.forget(sourceId);
    } catch (error) {
      // One broken log must not keep every lane from being woken.
      ports.log.error({ source_id: sourceId, err: error }, 'log.not_tended');
    }
  }
  return logStarts;
}

/** Whether anything was dropped. */
async function trimLog(
  { eventLog, retention }: TendPorts,
  sourceId: string,
  oldestMs: number,
): Promise<boolean> {
  let total = 0;
  let dropped = trimCount;
  while (dropped === trimCount) {
    dropped = await eventLog.trim(sourceId, oldestMs, retention.retentionMax, trimCount);
    total += dropped;
  }
  return total > 0;
}

async function removeLeaving({ subscriptions, lanes }: TendPorts): Promise<void> {
  const leaving = await subscriptions.leaving();
  if (leaving.length === 0) return;
  // Read second. Still there: someone is just removing it, or died before it was out.
  const present = new Set(await subscriptions.ids());
  for (const id of leaving) {
    if (present.has(id)) continue;
    await lanes.remove(id);
    await subscriptions.left(id);
  }
}
