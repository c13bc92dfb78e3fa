import { onTestFinished } from 'vitest';
import type { Source } from '#domain/source.ts';
import { createInbox } from '#inbox/client.ts';
import { createPollJob, type PollPorts } from '#poll/poll-job.ts';
import type { SimulatorOptions } from '#simulator/settings.ts';
import { noActivity } from '#simulator/settings.ts';
import { startSimulator } from '#simulator/simulator.ts';
import { createBudget } from '#store/budget.ts';
import type { Connection } from '#store/connection.ts';
import { readSourceState } from '#store/source-state.ts';
import { openStore, silentLog } from './stage.ts';

export interface Clock {
  nowMs: number;
}

let sources = 0;

/** A simulated inbox in which nothing happens unless told, on a clock that stands still unless moved, and its poll job. */
export async function setUpPolling(
  connection: Connection,
  options: {
    simulator?: SimulatorOptions;
    ports?: Partial<PollPorts>;
    clockOffsetMs?: number;
  } = {},
) {
  sources += 1;
  const clock: Clock = { nowMs: Date.parse('2026-06-12T10:00:00.250Z') };
  const now = () => clock.nowMs;
  const simulator = await startSimulator(
    { contacts: 100, activityPerMinute: noActivity, requestsPerMinute: 1e9, ...options.simulator },
    { now: () => clock.nowMs + (options.clockOffsetMs ?? 0) },
  );
  const inbox = createInbox({ timeoutMs: 5000, now });
  onTestFinished(async () => {
    await inbox.close();
    await simulator.close();
  });
  const store = openStore(connection);
  const source: Source = {
    id: `inbox-${sources}`,
    provider: 'botpenguin',
    baseUrl: simulator.url,
    token: simulator.token,
    requestsPerMinute: 1_000_000,
    paused: false,
    createdAt: '2026-06-12T10:00:00.000Z',
    updatedAt: '2026-06-12T10:00:00.000Z',
  };
  await store.sources.create(source);
  let ids = 0;
  const ports: PollPorts = {
    inbox,
    budget: createBudget(connection, () => String(++ids)),
    contacts: store.contacts,
    sources: store.sources,
    leases: store.sourceLeases,
    readState: (sourceId) => readSourceState(connection, sourceId),
    timeoutMs: 5000,
    intervalMs: 10_000,
    lookbackMs: 60_000,
    sweepIntervalMs: 10_000,
    now,
    wait: () => new Promise(setImmediate),
    newId: () => `id-${++ids}`,
    onAnswer: () => {},
    onEvents: () => {},
    log: silentLog,
    ...options.ports,
  };
  const pollSource = createPollJob(ports);
  return {
    clock,
    simulator,
    source,
    store,
    ports,
    poll: (signal = new AbortController().signal) => pollSource(source.id, signal),
    state: () => readSourceState(connection, source.id),
    /** Every event so far, in the order of the log. */
    events: async () =>
      (await store.eventLog.readAfter(source.id, '0-0', 10_000)).map(({ event }) => event),
    /** Lets this much time pass. */
    pass(durationMs: number) {
      clock.nowMs += durationMs;
    },
  };
}
