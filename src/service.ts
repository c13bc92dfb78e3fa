import { setTimeout as sleep } from 'node:timers/promises';
import { createMetrics, type Metrics } from '#api/metrics.ts';
import { createDrainLane } from '#deliver/drain-lane.ts';
import type { SubscriptionId } from '#domain/subscription.ts';
import { createPollJob } from '#poll/poll-job.ts';
import { createLocalDrains } from '#queues/local-drains.ts';
import { startWorkers } from '#queues/workers.ts';
import { relayCommits } from '#relay/relay-commits.ts';
import { createRelay, type RelayPorts } from '#relay/relay-log.ts';
import { createRelaySoon } from '#relay/relay-soon.ts';
import { createTend } from '#relay/tend.ts';
import { type Connection, connect } from '#store/connection.ts';
import type { Contacts } from '#store/contacts.ts';
import { openSourceState } from '#store/forgetting.ts';
import { createInstallation } from '#store/installation.ts';
import { readSourceState } from '#store/source-state.ts';
import { startApi } from './api-server.ts';
import type { Config } from './config.ts';
import { applyDefaultSource } from './default-source.ts';
import { countOnTheirWay, untilHopeless } from './farewell.ts';
import { noteFreshness } from './freshness-notes.ts';
import { giveHintSecrets } from './hint-secrets.ts';
import { type InstallationWatch, watchInstallation } from './installation.ts';
import type { Log } from './log.ts';
import { createOutageLog } from './outage-log.ts';
import { createParts, newId, type Parts } from './parts.ts';
import { recordPulse } from './pulse-recorder.ts';
import { sealWithFirstKey } from './seal-with-first-key.ts';

export interface Service {
  /** Where the API listens; null in a process without the role `api`. */
  readonly url: string | null;
  /** What polls commit to, and benchmarks by themselves: events are relayed at once. */
  readonly contacts: Contacts;
  /** Finishes what is under way, within `graceMs`; what is not done by then is ended and left for others. */
  close(): Promise<void>;
}

export interface ServiceOptions {
  readonly config: Config;
  readonly log: Log;
  readonly version: string;
  /** Called when this service can never work with what it was given, such as another encryption key. */
  readonly onUnusable?: (error: Error) => void;
  /** Lets a test stand between the stages and what they are handed. */
  readonly decorate?: (parts: Parts) => Parts;
}

/** Deliveries on their way may take this long to finish when the service stops. */
const graceMs = 7000;
/** Plots may be so far behind. */
const pulseEveryMs = 2000;

/** Brings every room to life and connects them: the only place that does. */
export async function startService(options: ServiceOptions): Promise<Service> {
  const { config, log, version, decorate = (parts: Parts) => parts } = options;
  // Whatever fails below, what was opened before it is closed again.
  await using opening = new AsyncDisposableStack();
  const onRedisError = createOutageLog(log, Date.now);
  const connection = connect(config.redis, onRedisError);
  opening.defer(() => connection.close());
  const made = decorate(createParts(config, connection, onRedisError, version));
  const { sender, onTheirWay } = countOnTheirWay(made.sender);
  const parts = { ...made, sender };
  opening.defer(() => parts.wakes.close());
  opening.defer(async () => {
    await Promise.all([parts.inbox.close(), parts.sender.close()]);
  });
  const recorder = recordPulse(createMetrics(version), {
    pulse: parts.pulse,
    now: Date.now,
    later: (callback) => void setTimeout(callback, pulseEveryMs).unref(),
    onError: (error) => log.warn({ err: error }, 'pulse.failed'),
  });
  opening.defer(recorder.close);
  const { metrics } = recorder;
  const installation = install(options, connection, parts, metrics);
  opening.defer(() => installation.close());
  const stages = runStages(options, connection, parts, metrics, installation.installed);
  opening.defer(stages.stop);
  const api = await startApi({ config, log, version, connection, parts, metrics, installation });
  opening.defer(() => api.close());
  const stack = opening.move();
  const { contacts } = stages;
  return {
    url: api.url,
    contacts,
    close: () => closeUnlessHopeless(stack, connection, onTheirWay),
  };
}

/** What still waits for a Redis that is away is left behind: it would not end. */
async function closeUnlessHopeless(
  stack: AsyncDisposableStack,
  { redis }: Connection,
  onTheirWay: () => number,
): Promise<void> {
  const closed = new AbortController();
  const wait = (durationMs: number) => sleep(durationMs);
  const ports = { ping: () => redis.ping(), onTheirWay, now: Date.now, wait };
  const closing = stack.disposeAsync().finally(() => closed.abort());
  await Promise.race([closing, untilHopeless(ports, closed.signal)]);
}

function install(
  { config, log, onUnusable = () => {} }: ServiceOptions,
  connection: Connection,
  parts: Parts,
  metrics: Metrics,
): InstallationWatch {
  const { sources, subscriptions, schedules } = parts;
  const mark = createInstallation(connection);
  return watchInstallation({
    mark,
    durabilityProblems: mark.durabilityProblems,
    onUnusable,
    prepareStore: async () => {
      metrics.onSecretsResealed(await sealWithFirstKey(sources, subscriptions, log));
      await applyDefaultSource({ sources, newId, now: Date.now }, config.inbox);
      await giveHintSecrets(sources, newId);
    },
    sourceIds: () => sources.ids(),
    schedules,
    now: Date.now,
    log,
  });
}

/** What works in this process. */
interface Stages {
  readonly contacts: Contacts;
  stop(): Promise<void>;
}

/** Hands an age where a moment is told. */
function ageOf(tell: (count: number, ageMs: number) => void, now: () => number) {
  return (count: number, atMs: number) => tell(count, now() - atMs);
}

/** Starts the stages of this process's roles. */
function runStages(
  { config, log }: ServiceOptions,
  connection: Connection,
  parts: Parts,
  metrics: Metrics,
  installed: Promise<void>,
): Stages {
  const poll = config.roles.has('poll');
  const deliver = config.roles.has('deliver');
  if (!poll && !deliver) return { contacts: parts.contacts, stop: async () => {} };
  const { sources, wakes, laneWork } = parts;
  const now = Date.now;
  const [stopping, abort] = [new AbortController(), new AbortController()];
  const signals = { stopping: stopping.signal, abort: abort.signal };
  const wake: typeof wakes.lanes = (due) => (deliver ? localDrains.wake(due) : wakes.lanes(due));
  const drainNow = (lane: SubscriptionId) => deliver && localDrains.begin(lane);
  const { relay, relaySoon, contacts } = openRelay(parts, metrics, { wake, drainNow, log });
  const pollJob = createPollJob({
    ...parts,
    ...config.poll,
    contacts,
    leases: parts.sourceLeases,
    timeoutMs: config.inbox.timeoutMs,
    readState: (sourceId, holder) => openSourceState(connection, sourceId, holder),
    wait: (durationMs, signal) => sleep(durationMs, undefined, { signal }).catch(() => {}),
    onAnswer: metrics.onInboxAnswer,
    onPolled: metrics.onPoll,
    onEvents: metrics.onEventsCommitted,
    newId,
    now,
    log,
  });
  const readState = (sourceId: string) => readSourceState(connection, sourceId);
  const pollSource = noteFreshness(pollJob, { ...parts, readSourceState: readState, now, log });
  const drainLane = createDrainLane({
    ...parts,
    work: laneWork,
    retryScheduleMs: config.delivery.retryScheduleMs,
    relaySoon: relaySoon.ask,
    onAttempt: metrics.onAttempt,
    onSubscriptionEvent: metrics.onSubscriptionEvent,
    onExpired: metrics.onExpired,
    random: Math.random,
    now,
    log,
  });
  const localDrains = createLocalDrains({ wakes, drainLane, now, log }, signals);
  const tend = createTend({
    ...parts,
    relay,
    logIds: () => sources.logIds(),
    wake: wakes.lanes,
    onExpired: metrics.onExpired,
    retention: config.events,
    now,
    log,
  });
  const workers = startWorkers(
    { ...parts, connection: connection.redis, installed, pollSource, drainLane, tend, now, log },
    { poll, deliver },
    signals,
  );
  const stop = async () => {
    stopping.abort();
    const timer = setTimeout(() => abort.abort(), graceMs);
    await workers.close();
    await relaySoon.idle();
    await localDrains.idle();
    clearTimeout(timer);
  };
  return { contacts, stop };
}

/** What relays, who asks for it, and contacts whose commits do. */
function openRelay(
  parts: Parts,
  metrics: Metrics,
  { log, ...ports }: Pick<RelayPorts, 'wake' | 'drainNow' | 'log'>,
) {
  const onRelayed = ageOf(metrics.onRelayed, Date.now);
  const relay = createRelay({ ...parts, ...ports, onRelayed, log });
  const relaySoon = createRelaySoon(relay, (sourceId, error) => {
    metrics.onRelayFailure();
    log.warn({ source_id: sourceId, err: error }, 'relay.failed');
  });
  const contacts = relayCommits(parts.contacts, relaySoon);
  return { relay, relaySoon, contacts };
}
