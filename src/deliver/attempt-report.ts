import type { Logger } from 'pino';
import type { Subscription } from '#domain/subscription.ts';
import type { SendResult } from '#webhook/send.ts';
import type { Attempted, LoadedDelivery } from './attempt-delivery.ts';

/** What metrics are made of. */
export interface AttemptReport {
  readonly subscriptionId: string;
  readonly outcome: string;
  /** Why it was not delivered, in a few fixed words such as `5xx` or `timeout`; null where it was. */
  readonly failure: string | null;
  readonly durationMs: number;
  /** From the event's commit to the end of the attempt; below zero where Redis's clock is ahead of ours. */
  readonly sinceCommitMs: number;
  /** Whether the delivery had no attempt before. */
  readonly isFirst: boolean;
}

export interface ReportPorts {
  readonly onAttempt: (report: AttemptReport) => void;
  /** Called with how many deliveries were given up because their events are gone. */
  readonly onExpired: (deliveries: number) => void;
  readonly log: Logger;
}

export type ReportAttempt = (delivery: LoadedDelivery, attempted: Attempted) => void;

/** One line per attempt; it names the subscriber's origin, never its path, query or headers (contract section 5). */
export function createAttemptReporter(
  { log, onAttempt }: ReportPorts,
  { id, url }: Subscription,
): ReportAttempt {
  let laneLog: Logger | null = null;
  return ({ eventId, scheduled, attempts, committedAtMs }, { verdict, result, outcome }) => {
    const durationMs = Math.round(result.durationMs);
    const kind = outcome?.kind ?? verdict.kind;
    onAttempt({
      subscriptionId: id,
      outcome: kind,
      failure: verdict.kind === 'delivered' ? null : failureOf(result),
      durationMs,
      sinceCommitMs: result.atMs + durationMs - committedAtMs,
      isFirst: attempts.length === 0,
    });
    // A child writes down once what all its lines share; it is made when the first attempt is over, so that none waits for it.
    laneLog ??= log.child({ subscription_id: id, origin: new URL(url).origin });
    laneLog.info(
      {
        event_id: eventId,
        attempt_number: scheduled + 1,
        outcome: kind,
        ...(result.kind === 'answered'
          ? { status_code: result.statusCode }
          : { error_kind: result.error, error_message: result.message }),
        next_attempt_at: outcome?.dueMs ? new Date(outcome.dueMs).toISOString() : undefined,
        duration_ms: durationMs,
        dns_ms: result.phases.dnsMs,
        connect_ms: result.phases.connectMs,
        tls_ms: result.phases.tlsMs,
        first_byte_ms: result.phases.firstByteMs,
      },
      'delivery.attempted',
    );
  };
}

function failureOf(result: SendResult): string {
  return result.kind === 'answered' ? `${Math.floor(result.statusCode / 100)}xx` : result.error;
}
