import type { Meter } from './meter.ts';

/** Polls take as long as their interval, because the background reading uses what is left of it. */
const pollBuckets = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 30, 60, 120];

/** From asking the inbox to an event's commit. */
export interface InboxMetrics {
  /** `kind` is the answer's, such as `page` or `limited`. */
  onInboxAnswer(sourceId: string, kind: string, durationMs: number): void;
  /** `outcome` is the poll's, such as `polled` or `skipped`. */
  onPoll(outcome: string, durationMs: number): void;
  onEventsCommitted(sourceId: string, count: number): void;
}

export function createInboxMetrics(make: Meter): InboxMetrics {
  // Times without the source: thousands of sources would make a hundred thousand lines.
  const durations = make.histogram(
    'inbox_request_duration_seconds',
    'Requests to the inbox, by their answer.',
    ['kind'],
  );
  const requests = make.counter(
    'inbox_requests_total',
    'Requests to the inbox, by source and answer.',
    ['source', 'kind'],
  );
  const polls = make.histogram(
    'poll_duration_seconds',
    'Polls of a source, by what became of them.',
    ['outcome'],
    pollBuckets,
  );
  const events = make.counter('events_committed_total', 'Events written to the log.', ['source']);
  return {
    onInboxAnswer(source, kind, durationMs) {
      durations.observe({ kind }, durationMs / 1000);
      requests.inc({ source, kind });
    },
    onPoll: (outcome, durationMs) => polls.observe({ outcome }, durationMs / 1000),
    onEventsCommitted: (source, count) => events.inc({ source }, count),
  };
}
