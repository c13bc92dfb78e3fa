import { pino } from 'pino';
import type { Source } from '#domain/source.ts';
import { createPollJob } from '#poll/poll-job.ts';
import type { SimulatorOptions } from '#simulator/settings.ts';
import type { Simulator } from '#simulator/simulator.ts';
import type { PageCommit } from '#store/contacts.ts';
import type { SourceRuntime } from '#store/source-state.ts';
import { createMemoryBudget } from '../support/memory-budget.ts';
import { createMemoryStore } from '../support/memory-store.ts';
import type { VirtualClock } from '../support/virtual-clock.ts';
import { openSimulatedInbox } from './detection-inbox.ts';

/** A limit of the service's and the inbox's alike (issue: 100 a minute). */
export const requestsPerMinute = 100;
export const hotIntervalMs = 10_000;
const timeoutMs = 15_000;

/** Stage 1 over one source, as the service runs it, with nothing of it waiting for anything but the virtual clock. */
export interface Watch {
  readonly simulator: Simulator;
  poll(): Promise<void>;
  state(): Promise<SourceRuntime>;
}

export function openWatch(
  options: SimulatorOptions,
  clock: VirtualClock,
  onCommit: (page: PageCommit) => void,
): Watch {
  const { now, wait } = clock;
  const token = 'token';
  const { simulator, inbox } = openSimulatedInbox(
    { requestsPerMinute, ...options, tokens: [token] },
    clock,
    timeoutMs,
  );
  const at = new Date(now()).toISOString();
  const source: Source = {
    id: 'watched',
    provider: 'botpenguin',
    baseUrl: 'http://inbox.test',
    token,
    requestsPerMinute,
    paused: false,
    createdAt: at,
    updatedAt: at,
  };
  const store = createMemoryStore(now, (_sourceId, page) => onCommit(page));
  let ids = 0;
  const pollSource = createPollJob({
    inbox,
    budget: createMemoryBudget(now),
    contacts: store.contacts,
    sources: { get: async () => source },
    leases: store.sourceLeases,
    readState: store.readState,
    timeoutMs,
    intervalMs: hotIntervalMs,
    lookbackMs: 60_000,
    sweepIntervalMs: 10_000,
    now,
    wait,
    newId: () => `id-${++ids}`,
    onAnswer: () => {},
    onEvents: () => {},
    log: pino({ level: 'silent' }),
  });
  const { signal } = new AbortController();
  return {
    simulator,
    async poll() {
      await pollSource(source.id, signal);
    },
    state: () => store.readState(source.id),
  };
}
