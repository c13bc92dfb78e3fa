import type { Logger } from 'pino';
import type { Subscription } from '#domain/subscription.ts';
import type { Attempted, LoadedDelivery } from './attempt-delivery.ts';

/** What metrics are made of. */
export interface AttemptReport {
  readonly subscriptionId: string;
  readonly outcome: string;
  readonly durationMs: number;
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
  // A child writes down once what all its lines share.
  const laneLog = log.child({ subscription_id: id, origin: new URL(url).origin });
  return ({ eventId, scheduled }, { verdict, result, outcome }) => {
    const durationMs = Math.round(result.durationMs);
    const kind = outcome?.kind ?? verdict.kind;
    onAttempt({ subscriptionId: id, outcome: kind, durationMs });
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
