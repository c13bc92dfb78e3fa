import type { Logger } from 'pino';
import type { Source } from '#domain/source.ts';
import { adviseOnInbox } from '#inbox/advice.ts';
import type { Holder } from '#store/forgetting.ts';
import type { SourceLeases, SourceRuntime } from '#store/source-state.ts';
import { createBaselineLog } from './baseline-log.ts';
import { createLearnedLog } from './learned-log.ts';
import type { Lease, Stop } from './page-read.ts';
import { readBackground } from './read-background.ts';
import { readHotWindow } from './read-hot-window.ts';
import { PollSession, type SessionPorts } from './session.ts';
import { judgeHealth, type PollShown } from './source-health.ts';
import { createSourceMemories } from './source-memory.ts';

export interface PollPorts extends Omit<SessionPorts, 'memories' | 'onLearned' | 'onBaselineRead'> {
  readonly lookbackMs: number;
  readonly sweepIntervalMs: number;
  readonly leases: SourceLeases;
  /** For the holder of the lease: what was known of another inbox under this id is forgotten first. */
  readonly readState: (sourceId: string, holder: Holder) => Promise<SourceRuntime>;
  readonly intervalMs: number;
  /** `broken`: it threw. */
  readonly onPolled?: (outcome: PollOutcome['kind'] | 'broken', durationMs: number) => void;
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
export function createPollJob(given: PollPorts): PollJob {
  const memories = createSourceMemories((sourceId) => given.contacts.all(sourceId), given.now);
  const onLearned = createLearnedLog(given.log);
  const onBaselineRead = createBaselineLog(given.log, () => given.now());
  return async (sourceId, signal) => {
    const ports = { ...given, memories, onLearned, onBaselineRead };
    const startedAtMs = ports.now();
    let outcome: PollOutcome['kind'] | 'broken' = 'broken';
    try {
      const polled = await pollUnderLease(ports, sourceId, signal);
      outcome = polled.kind;
      return polled;
    } finally {
      ports.onPolled?.(outcome, ports.now() - startedAtMs);
    }
  };
}

async function pollUnderLease(
  ports: PollPorts & SessionPorts,
  sourceId: string,
  signal: AbortSignal,
): Promise<PollOutcome> {
  if ((await ports.sources.get(sourceId)) === null) return unknownSource;
  const grant = await ports.leases.acquire(sourceId);
  if (grant.kind !== 'acquired') return { kind: 'skipped', reason: 'held' };
  const held = ports.leases.hold(sourceId, grant.epoch, signal);
  let isFailed = false;
  let again = false;
  try {
    // Read again under the lease: whoever is changed while another holds it is to be read as it is now.
    const source = await ports.sources.get(sourceId);
    if (source === null) return unknownSource;
    if (source.paused) return { kind: 'skipped', reason: 'paused' };
    isFailed = await poll(ports, source, { epoch: grant.epoch, signal: held.signal });
  } finally {
    held.stop();
    again = await ports.leases.release(sourceId, grant.epoch);
  }
  return { kind: isFailed ? 'failed' : 'polled', again };
}

const unknownSource: PollOutcome = { kind: 'skipped', reason: 'unknown_source' };

async function poll(
  ports: PollPorts & SessionPorts,
  source: Source,
  lease: Lease,
): Promise<boolean> {
  const { log, now } = ports;
  const startedAtMs = now();
  const state = await ports.readState(source.id, { epoch: lease.epoch, inboxId: source.inboxId });
  const memory = await ports.memories.recall(source.id, state);
  const session = new PollSession(ports, source, lease, state, memory);
  const baselining = session.state.baselineCompletedAtMs === undefined;
  const hot = await readHotWindow(ports, session);
  const hotPages = session.tally.pages;
  const deadlineMs = startedAtMs + ports.intervalMs - tickMarginMs;
  const stop = hot.kind === 'complete' ? await readBackground(ports, session, deadlineMs) : hot;
  const line = { ...summary(session, hotPages), duration_ms: now() - startedAtMs };
  const shown = shownBy(session, stop);
  await announceHealth(session, shown, now());
  if (shown.kind === 'failed') {
    const failure = { error_kind: shown.errorKind, error_message: shown.message };
    log.warn({ ...line, ...failure }, 'poll.failed');
  } else log.info({ ...line, stop: stop.kind }, 'poll.completed');
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

/** What a poll tells of the inbox: one that was only kept waiting, or broken off, tells nothing. */
function shownBy({ tally }: PollSession, stop: Stop | { readonly kind: 'idle' }): PollShown {
  if (stop.kind !== 'failed') return { kind: tally.pages > 0 ? 'answered' : 'nothing' };
  const { answer } = stop;
  const errorKind = answer.kind === 'unavailable' ? answer.reason : answer.kind;
  if (errorKind === 'aborted') return { kind: 'nothing' };
  const message = `${inSentences(answer.message)} ${adviseOnInbox(answer)}`;
  return { kind: 'failed', errorKind, message };
}

/** Keeps what the inbox last said, and tells when that makes the source fail or recover. */
async function announceHealth(
  session: PollSession,
  shown: PollShown,
  nowMs: number,
): Promise<void> {
  const { source, state } = session;
  const judged = { sourceId: source.id, baselineId: state.baselineId, error: state.error };
  const { error, event } = judgeHealth(judged, shown, nowMs);
  if (error === undefined && event === null) return;
  const events = event === null ? [] : [event];
  await session.commitEvents(error === undefined ? {} : { error }, events);
}

/** The inbox's own words end as they like. */
function inSentences(said: string): string {
  return /[.!?]$/.test(said) ? said : `${said}.`;
}
