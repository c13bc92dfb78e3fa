import type { Logger } from 'pino';
import type { Source } from '#domain/source.ts';
import type { SourceLeases, SourceRuntime } from '#store/source-state.ts';
import type { Sources } from '#store/sources.ts';
import type { BackgroundPorts } from './read-background.ts';
import { readBackground } from './read-background.ts';
import type { HotWindowPorts } from './read-hot-window.ts';
import { readHotWindow } from './read-hot-window.ts';
import type { Failure, PollSession, SessionPorts } from './session.ts';
import { openSession } from './session.ts';

export interface PollPorts
  extends SessionPorts,
    Omit<HotWindowPorts, 'onFilterIgnored'>,
    BackgroundPorts {
  readonly sources: Pick<Sources, 'get'>;
  readonly leases: SourceLeases;
  readonly readState: (sourceId: string) => Promise<SourceRuntime>;
  readonly intervalMs: number;
  readonly log: Logger;
}

export type PollOutcome =
  | { readonly kind: 'skipped'; readonly reason: 'unknown_source' | 'paused' | 'held' }
  /** `again`: someone asked for a poll meanwhile. */
  | { readonly kind: 'polled'; readonly again: boolean }
  | { readonly kind: 'failed'; readonly again: boolean };

export type PollJob = (sourceId: string, signal: AbortSignal) => Promise<PollOutcome>;

/** The next tick finds the lease free when this one ends a little before it. */
const tickMarginMs = 50;

/**
 * One poll of one source: the hot window, then the background reading until the next tick is due. A crash at any point
 * leaves what was committed, page by page, and nothing else.
 */
export function createPollJob(ports: PollPorts): PollJob {
  return async (sourceId, signal) => {
    if ((await ports.sources.get(sourceId)) === null) return unknownSource;
    const grant = await ports.leases.acquire(sourceId);
    if (grant.kind !== 'acquired') return { kind: 'skipped', reason: 'held' };
    const held = ports.leases.hold(sourceId, grant.epoch, signal);
    let isFailed = false;
    let again = false;
    try {
      // Read again under the lease: whoever pointed the source at another inbox held it while doing so.
      const source = await ports.sources.get(sourceId);
      if (source === null) return unknownSource;
      if (source.paused) return { kind: 'skipped', reason: 'paused' };
      isFailed = await poll(ports, source, { epoch: grant.epoch, signal: held.signal });
    } finally {
      held.stop();
      again = await ports.leases.release(sourceId, grant.epoch);
    }
    return { kind: isFailed ? 'failed' : 'polled', again };
  };
}

const unknownSource: PollOutcome = { kind: 'skipped', reason: 'unknown_source' };

async function poll(
  ports: PollPorts,
  source: Source,
  lease: { readonly epoch: string; readonly signal: AbortSignal },
): Promise<boolean> {
  const { log, now } = ports;
  const startedAtMs = now();
  const session = openSession(ports, source, lease, await ports.readState(source.id));
  const baselining = session.state.baselineCompletedAtMs === undefined;
  const onFilterIgnored = () => {
    log.warn({ source_id: source.id, filter: 'lastSeenAt' }, 'source.filter_ignored');
  };
  const hot = await readHotWindow({ ...ports, onFilterIgnored }, session);
  const hotPages = session.tally.pages;
  const deadlineMs = startedAtMs + ports.intervalMs - tickMarginMs;
  const stop = hot.kind === 'complete' ? await readBackground(ports, session, deadlineMs) : hot;
  const line = { ...summary(session, hotPages), duration_ms: now() - startedAtMs };
  if (stop.kind === 'failed') {
    const failure = await recordFailure(ports, session, stop.answer);
    log.warn({ ...line, ...failure }, 'poll.failed');
  } else {
    // A poll that was only kept waiting shows nothing about the inbox.
    if (session.state.error && session.tally.pages > 0) await session.commit(null, { error: null });
    log.info({ ...line, stop: stop.kind }, 'poll.completed');
  }
  if (baselining && session.state.baselineCompletedAtMs !== undefined) {
    log.info({ ...summary(session, hotPages), ...progress(session) }, 'baseline.completed');
  }
  return stop.kind === 'failed';
}

function summary(session: PollSession, hotPages: number) {
  const { pages, records, rejected, events, stale } = session.tally;
  const baselining = session.state.baselineCompletedAtMs === undefined;
  return {
    source_id: session.source.id,
    hot_pages: hotPages,
    background_pages: pages - hotPages,
    records,
    records_rejected: rejected,
    records_stale: stale,
    events,
    ...(baselining ? progress(session) : {}),
  };
}

function progress({ state }: PollSession) {
  return {
    baseline_contacts: state.contacts ?? 0,
    baseline_requests: state.baselineRequests ?? 0,
    baseline_next_page: state.reading?.nextPage ?? null,
  };
}

/** Keeps what the inbox last said; the moment of the first failure stays, since it decides when the source is failing. */
async function recordFailure(
  { now }: PollPorts,
  session: PollSession,
  answer: Failure,
): Promise<{ readonly error_kind: string; readonly error_message: string }> {
  const { message } = answer;
  const kind = answer.kind === 'unavailable' ? answer.reason : answer.kind;
  if (kind !== 'aborted') {
    const sinceMs = session.state.error?.sinceMs ?? now();
    await session.commit(null, { error: { kind, message, sinceMs } });
  }
  return { error_kind: kind, error_message: message };
}
