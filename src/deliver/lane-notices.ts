import type { Logger } from 'pino';
import { type ChangeEvent, deriveEventId, serviceSourceId } from '#domain/change-event.ts';
import type { Subscription, SubscriptionId } from '#domain/subscription.ts';
import type { EventLog } from '#store/event-log.ts';
import type { LaneHealth } from '#store/lane-health.ts';
import type { LaneWork } from '#store/lane-work.ts';
import type { Lanes } from '#store/lanes.ts';
import type { Subscriptions } from '#store/subscriptions.ts';
import type { LaneAlarm } from './lane-health.ts';

export interface NoticePorts {
  readonly work: Pick<LaneWork, 'notices' | 'announced'>;
  readonly eventLog: Pick<EventLog, 'append'>;
  readonly lanes: Pick<Lanes, 'standings'>;
  readonly subscriptions: Pick<Subscriptions, 'remove'>;
  readonly relaySoon: (sourceId: string) => void;
  /** For the metrics: `subscription.failing` or `subscription.disabled`. */
  readonly onSubscriptionEvent: (type: string) => void;
  readonly log: Logger;
}

/** The event that tells of an alarm; the same alarm has the same id, however often it is raised. */
export function noticeOf(
  subscription: SubscriptionId,
  alarm: LaneAlarm,
  { failures, failingSinceMs, resumes }: LaneHealth,
  nowMs: number,
): ChangeEvent {
  const type = `subscription.${alarm.kind}` as const;
  const detail = alarm.kind === 'failing' ? { percent: alarm.percent } : { reason: alarm.reason };
  const failingSince = new Date(failingSinceMs).toISOString();
  return {
    id: deriveEventId({
      source: serviceSourceId,
      baseline: subscription,
      contact: '',
      type,
      sequence: failingSinceMs,
      newValues: [resumes, detail],
    }),
    type,
    timestamp: new Date(nowMs).toISOString(),
    data: { source: serviceSourceId, subscription, ...detail, failingSince, failures },
  };
}

/**
 * Lane and log lie in different slots of a Cluster, so a notice is written with the lane's state and brought to the log of
 * the service afterwards. It leaves the lane last: whoever dies in between repeats it under the same id. A hook that
 * answered 410 goes with it, and its lane by `tend`: nobody would ever resume it. Where somebody has by now, it stays.
 */
export async function announceNotices(
  { work, eventLog, lanes, subscriptions, relaySoon, onSubscriptionEvent, log }: NoticePorts,
  { id, hook }: Pick<Subscription, 'id' | 'hook'>,
): Promise<void> {
  for (const notice of new Set(await work.notices(id))) {
    const event = JSON.parse(notice) as ChangeEvent;
    await eventLog.append(serviceSourceId, event);
    if (hook === true && event.data.reason === 'gone')
      await removeUnlessResumed(lanes, subscriptions, id);
    await work.announced(id, notice);
    relaySoon(serviceSourceId);
    onSubscriptionEvent(event.type);
    const { subscription, reason, percent, failingSince, failures } = event.data;
    log.warn(
      { subscription_id: subscription, reason, percent, failing_since: failingSince, failures },
      event.type,
    );
  }
}

async function removeUnlessResumed(
  lanes: NoticePorts['lanes'],
  subscriptions: NoticePorts['subscriptions'],
  id: SubscriptionId,
): Promise<void> {
  const [standing] = await lanes.standings([id]);
  if (standing?.status === 'disabled') await subscriptions.remove(id);
}
