import type { Subscription } from '#domain/subscription.ts';
import type { EventLog } from '#store/event-log.ts';
import type { LaneHealth } from '#store/lane-health.ts';
import type { LaneWork, MadeClaim } from '#store/lane-work.ts';
import type { Subscriptions } from '#store/subscriptions.ts';
import type { AttemptPorts } from './attempt-delivery.ts';
import type { ReportPorts } from './attempt-report.ts';
import type { NoticePorts } from './lane-notices.ts';

export interface DrainPorts extends AttemptPorts, ReportPorts, NoticePorts {
  readonly work: LaneWork;
  readonly subscriptions: Pick<Subscriptions, 'get' | 'peek' | 'remove'>;
  readonly eventLog: Pick<EventLog, 'bodies' | 'append'>;
}

/** The lane as its present holder has it. */
export interface HeldLane {
  readonly subscription: Subscription;
  readonly epoch: string;
  readonly mode: 'drain' | 'probe';
  readonly health: LaneHealth;
  /** What was claimed together with the lease; null where nothing was, or not for what the subscription is now. */
  readonly firstClaim: MadeClaim | null;
}

export interface DrainSignals {
  /** Start nothing new, finish what is on its way. */
  readonly stopping: AbortSignal;
  /** End what is on its way. */
  readonly abort: AbortSignal;
}

export type DrainOutcome =
  /** The subscription is gone, or another drain has the lane and will look again. */
  | { readonly kind: 'nothing' }
  /** More may be due now: wake the lane again. */
  | { readonly kind: 'more'; readonly failing: boolean }
  /** Nothing is due before `nextDueMs` (null: nothing waits). */
  | { readonly kind: 'idle'; readonly failing: boolean; readonly nextDueMs: number | null };
