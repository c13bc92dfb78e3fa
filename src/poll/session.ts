import type { ChangeEvent } from '#domain/change-event.ts';
import type { Source } from '#domain/source.ts';
import type { InboxQuestion } from '#inbox/request-body.ts';
import type { Contacts } from '#store/contacts.ts';
import type { Learned, Plan, SourceRuntime } from '#store/source-state.ts';
import type { Sources } from '#store/sources.ts';
import { type AskPorts, ask } from './ask.ts';
import { type Absence, commitAbsences, commitPage, type PageOutcome } from './commit-page.ts';
import type { DiffContext } from './diff.ts';
import { learn, nothingLearned } from './learn.ts';
import { type ObservationTime, observationTime } from './observation-time.ts';
import type { Committed, Lease, PageLimits, PageRead, Stop } from './page-read.ts';
import { emptyPlan } from './planner.ts';
import { remember, type SourceMemories, type SourceMemory } from './source-memory.ts';
import {
  baselineOf,
  begin,
  countContacts,
  countRequest,
  type StateChanges,
  toFields,
} from './state-changes.ts';

export interface SessionPorts extends AskPorts {
  readonly contacts: Contacts;
  readonly sources: Pick<Sources, 'get'>;
  readonly memories: SourceMemories;
  readonly newId: () => string;
  /** Called after each commit that made events. */
  readonly onEvents: (sourceId: string, count: number) => void;
  /** Called when the answers show something new of the inbox. */
  readonly onLearned: (sourceId: string, before: Learned, after: Learned) => void;
  /** Called after each page of the baseline but its last. */
  readonly onBaselineRead: (source: Source, state: SourceRuntime) => void;
}

type CommittedPage = Extract<PageOutcome, { kind: 'committed' }>;

/** Below any page size that an inbox would choose. */
const leastPageSize = 5;

/**
 * What one holder of a source's lease knows while it reads: the source, its state as this holder keeps it, and the way to
 * ask for a page and to commit it.
 */
export class PollSession {
  readonly source: Source;
  readonly memory: SourceMemory;
  readonly tally = { pages: 0, records: 0, rejected: 0, events: 0, stale: 0 };
  readonly #ports: SessionPorts;
  readonly #lease: Lease;
  #state: SourceRuntime;
  #learned: Learned;
  #wanted = false;
  /** As the next commit will write it. */
  plan: Plan;

  constructor(
    ports: SessionPorts,
    source: Source,
    lease: Lease,
    found: SourceRuntime,
    memory: SourceMemory,
  ) {
    this.#ports = ports;
    this.#lease = lease;
    this.#state = found;
    this.#learned = found.learned ?? nothingLearned;
    this.source = source;
    this.memory = memory;
    this.plan = found.plan ?? emptyPlan;
  }

  get state(): SourceRuntime {
    return this.#state;
  }

  get learned(): Learned {
    return this.#learned;
  }

  /** Contacts that fit a page; a guess on the safe side while nobody knows. */
  get pageSize(): number {
    return this.#learned.pageSize ?? leastPageSize;
  }

  /** Someone else waits for the lease: finish soon. */
  get wanted(): boolean {
    return this.#wanted;
  }

  async readPage(
    question: InboxQuestion,
    page: number,
    { deadlineMs, isOutsideScope = false }: PageLimits,
  ): Promise<PageRead | Stop> {
    if (this.#wanted && (await this.#isCalledOff())) return { kind: 'out_of_time' };
    const { scope } = this.source;
    const asked = scope === undefined || isOutsideScope ? question : { ...question, scope };
    const limits = { deadlineMs, signal: this.#lease.signal };
    const answer = await ask(this.#ports, this.source, { question: asked, page }, limits);
    if (answer.kind === 'out_of_time') return answer;
    if (answer.kind !== 'page') return { kind: 'failed', answer };
    const { contacts, recordCount, rejectedCount } = answer;
    this.tally.pages += 1;
    this.tally.records += recordCount;
    this.tally.rejected += rejectedCount;
    const shown = { question, contacts, recordCount, nowMs: answer.answeredAtMs };
    this.learn((learned) => learn(learned, this.memory.evidence, shown));
    return { ...answer, kind: 'read', observed: observationTime(answer) };
  }

  /** The source was paused, removed or pointed at another inbox: also a long hot window ends at its next page. */
  async #isCalledOff(): Promise<boolean> {
    const found = await this.#ports.sources.get(this.source.id);
    return found === null || found.paused || found.inboxId !== this.source.inboxId;
  }

  learn(change: (learned: Learned) => Learned): void {
    const next = change(this.#learned);
    if (next === this.#learned) return;
    this.#ports.onLearned(this.source.id, this.#learned, next);
    this.#learned = next;
  }

  /** `confirming`: this answer is the second look at what an earlier one said. */
  async commit(
    page: PageRead,
    changes: StateChanges,
    { confirming } = { confirming: false },
  ): Promise<Committed | Stop> {
    const { contacts, newId } = this.#ports;
    const started = this.#state.baselineId === undefined ? begin(page, newId) : {};
    const context = this.#contextOf(page.observed, started, confirming);
    const counted = { ...started, ...countRequest(this.#state, page), ...changes };
    const outcome = await this.#write(counted, (stateFor) =>
      commitPage(contacts, this.#lease.epoch, page.contacts, context, stateFor),
    );
    if (outcome.kind === 'fenced') return outcome;
    for (const { id, lastSeenAtMs } of page.contacts) {
      if (lastSeenAtMs !== null) this.memory.index.see(id, lastSeenAtMs);
    }
    this.#noteShown(page);
    return { kind: 'committed', statuses: statusesOf(outcome) };
  }

  /** For what no page caused, such as the source's own health. */
  async commitEvents(
    changes: StateChanges,
    events: readonly ChangeEvent[],
  ): Promise<{ readonly kind: 'done' } | Stop> {
    const { contacts, onEvents } = this.#ports;
    const commit = { epoch: this.#lease.epoch, snapshots: [], events, state: toFields(changes) };
    const outcome = await contacts.commit(this.source.id, commit);
    if (outcome.kind === 'fenced') return outcome;
    this.#state = { ...this.#state, ...changes };
    if (events.length > 0) onEvents(this.source.id, events.length);
    return { kind: 'done' };
  }

  async commitAbsence(absence: Absence): Promise<{ readonly kind: 'done' } | Stop> {
    const { contacts, now } = this.#ports;
    const atMs = now() + (this.#state.clockOffsetMs ?? 0);
    const context = this.#contextOf({ fromMs: atMs, toMs: atMs }, {}, true);
    const outcome = await this.#write({}, (stateFor) =>
      commitAbsences(contacts, this.#lease.epoch, [absence], context, stateFor),
    );
    if (outcome.kind === 'fenced') return outcome;
    // Whoever was found to have been seen since is not absent.
    this.memory.missing.forget(absence.contactId);
    return { kind: 'done' };
  }

  /** A page is judged by what held before it: what it changes of the baseline counts from the next one on. */
  #contextOf(observed: ObservationTime, started: StateChanges, confirming: boolean): DiffContext {
    const baseline = baselineOf({ ...this.#state, ...started });
    const { held, missing } = this.memory;
    return {
      sourceId: this.source.id,
      baseline,
      observed,
      nowMs: this.#ports.now(),
      confirming,
      held,
      isMissing: (contactId) => missing.has(contactId),
    };
  }

  async #write(
    changes: StateChanges,
    commitWith: (stateFor: Parameters<typeof commitPage>[4]) => Promise<PageOutcome>,
  ): Promise<PageOutcome> {
    this.plan = changes.plan ?? this.plan;
    const all = { ...changes, ...this.#unwritten() };
    let written: StateChanges = {};
    const outcome = await commitWith((counts) => {
      written = { ...all, ...countContacts(this.#state, changes, this.memory.index.size, counts) };
      return toFields(written);
    });
    if (outcome.kind === 'committed') this.#settle(outcome, written);
    return outcome;
  }

  /** What has become known and is not in the state yet. */
  #unwritten(): StateChanges {
    const { plan } = this;
    const learned = this.#learned;
    return {
      ...(plan === this.#state.plan ? {} : { plan }),
      ...(learned === this.#state.learned ? {} : { learned }),
    };
  }

  /** What has been written holds from now on. */
  #settle(outcome: CommittedPage, written: StateChanges): void {
    const { memory, source, tally } = this;
    const { memories, onEvents, now } = this.#ports;
    this.#state = { ...this.#state, ...written };
    this.#wanted = outcome.wanted;
    for (const { contactId, after } of outcome.applied) remember(memory, contactId, after, now());
    for (const id of outcome.held) {
      // Who is not listed stands nowhere to be looked for: the next reading that shows them decides.
      if (memory.index.find(id) !== undefined) memory.missing.note(id, now());
    }
    memories.keep(source.id, this.#state);
    tally.events += outcome.events;
    tally.stale += outcome.stale;
    if (outcome.events > 0) onEvents(source.id, outcome.events);
  }

  /** Only where absence is told from listings: elsewhere nobody asks. */
  #noteShown({ contacts, askedAtMs }: PageRead): void {
    if (this.#learned.createdAt.verdict !== 'ignored') return;
    for (const { id } of contacts) this.memory.shownAtMs.set(id, askedAtMs);
  }
}

function statusesOf({ applied }: CommittedPage): string[][] {
  return applied.flatMap(({ before, after }) =>
    before === null || before.status === after.status ? [] : [[before.status, after.status]],
  );
}
