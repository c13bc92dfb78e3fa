import type { Source } from '#domain/source.ts';
import type { InboxAnswer } from '#inbox/client.ts';
import type { InboxQuestion } from '#inbox/request-body.ts';
import type { Contacts } from '#store/contacts.ts';
import type { SourceRuntime, StateFields } from '#store/source-state.ts';
import { type AskPorts, ask } from './ask.ts';
import { commitPage } from './commit-page.ts';
import type { Baseline } from './first-sight.ts';
import type { ObservationTime } from './observation-time.ts';
import { observationTime } from './observation-time.ts';

export interface SessionPorts extends AskPorts {
  readonly contacts: Contacts;
  readonly newId: () => string;
  /** Called after each commit that made events, so that they are relayed at once. */
  readonly onEvents: (sourceId: string, count: number) => void;
}

export interface Tally {
  pages: number;
  records: number;
  rejected: number;
  events: number;
  stale: number;
}

export type PageRead = Omit<Extract<InboxAnswer, { kind: 'page' }>, 'kind'> & {
  readonly kind: 'read';
  readonly observed: ObservationTime;
};

export type Failure = Exclude<InboxAnswer, { kind: 'page' }>;

/** Why a poll job read no further. */
export type Stop =
  | { readonly kind: 'out_of_time' }
  | { readonly kind: 'fenced' }
  | { readonly kind: 'failed'; readonly answer: Failure };

/**
 * What one holder of a source's lease knows while it reads: the source, its state as this holder keeps it, and the way to
 * ask for a page and to commit it.
 */
export interface PollSession {
  readonly source: Source;
  readonly state: SourceRuntime;
  readonly tally: Tally;
  /** Someone else waits for the lease: finish soon. */
  readonly wanted: boolean;
  readPage(
    question: InboxQuestion,
    page: number,
    deadlineMs: number | null,
  ): Promise<PageRead | Stop>;
  commit(page: PageRead | null, changes: StateChanges): Promise<{ kind: 'committed' } | Stop>;
}

/** Fields of the source's state to be written together with a page. */
export type StateChanges = Partial<SourceRuntime>;

export function openSession(
  ports: SessionPorts,
  source: Source,
  lease: { readonly epoch: string; readonly signal: AbortSignal },
  found: SourceRuntime,
): PollSession {
  const tally: Tally = { pages: 0, records: 0, rejected: 0, events: 0, stale: 0 };
  let state = found;
  let wanted = false;

  return {
    source,
    tally,
    get state() {
      return state;
    },
    get wanted() {
      return wanted;
    },
    async readPage(question, page, deadlineMs) {
      const limits = { deadlineMs, signal: lease.signal };
      const answer = await ask(ports, source, { question, page }, limits);
      if (answer.kind === 'out_of_time') return answer;
      if (answer.kind !== 'page') return { kind: 'failed', answer };
      tally.pages += 1;
      tally.records += answer.recordCount;
      tally.rejected += answer.rejectedCount;
      return { ...answer, kind: 'read', observed: observationTime(answer) };
    },
    async commit(page, changes) {
      const started = page !== null && state.baselineId === undefined ? begin(ports, page) : {};
      // The page itself is judged by what held before it: what it changes of the baseline counts from the next one on.
      const baseline = baselineOf({ ...state, ...started });
      const observed = page?.observed ?? { fromMs: ports.now(), toMs: ports.now() };
      const written = { ...started, ...countRequest(state, page), ...changes };
      const outcome = await commitPage(
        ports.contacts,
        lease.epoch,
        page?.contacts ?? [],
        { sourceId: source.id, baseline, observed, nowMs: ports.now() },
        (counts) => toFields({ ...written, ...countContacts(state, written, counts) }),
      );
      if (outcome.kind === 'fenced') return outcome;
      state = {
        ...state,
        ...written,
        ...countContacts(state, written, outcome),
        contacts: (state.contacts ?? 0) + outcome.added,
      };
      wanted = outcome.wanted;
      tally.events += outcome.events;
      tally.stale += outcome.stale;
      if (outcome.events > 0) ports.onEvents(source.id, outcome.events);
      return { kind: 'committed' };
    },
  };
}

/** The first page ever read starts the baseline; its id keeps the events of two baselines apart. */
function begin(ports: SessionPorts, page: PageRead): StateChanges {
  const startedAtMs = Math.floor((page.serverTimeMs ?? page.askedAtMs) / 1000) * 1000;
  return { baselineId: ports.newId(), baselineStartedAtMs: startedAtMs };
}

function countRequest(state: SourceRuntime, page: PageRead | null): StateChanges {
  if (page === null) return {};
  const clockOffset = { clockOffsetMs: page.observed.fromMs - page.askedAtMs };
  if (state.baselineCompletedAtMs !== undefined) return clockOffset;
  return { ...clockOffset, baselineRequests: (state.baselineRequests ?? 0) + 1 };
}

function countContacts(
  state: SourceRuntime,
  written: StateChanges,
  { added, lateSeeds }: { readonly added: number; readonly lateSeeds: number },
): StateChanges {
  const isBaselined = written.baselineCompletedAtMs !== undefined;
  return {
    ...(lateSeeds === 0 ? {} : { lateSeeds: (state.lateSeeds ?? 0) + lateSeeds }),
    ...(isBaselined ? { baselineContacts: (state.contacts ?? 0) + added } : {}),
  };
}

function baselineOf(state: SourceRuntime): Baseline {
  return {
    id: state.baselineId ?? '',
    startedAtMs: state.baselineStartedAtMs ?? 0,
    activated: state.activatedAtMs !== undefined,
    completedAtMs: state.baselineCompletedAtMs ?? null,
  };
}

function toFields(changes: StateChanges): StateFields {
  return Object.fromEntries(
    Object.entries(changes).flatMap(([name, value]) => {
      if (value === undefined) return [];
      return [[name, typeof value === 'object' ? JSON.stringify(value) : value]];
    }),
  );
}
