import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Agent } from 'undici';
import type { ChangeEvent } from '#domain/change-event.ts';
import type { Subscription } from '#domain/subscription.ts';
import type { Parts } from '#parts.ts';
import { openBareAgent, postBare } from './bare-delivery.ts';
import { startBenchService } from './installation.ts';
import { makeContacts, makeEvents, makeSubscription } from './material.ts';
import type { ProducerOrder, ProducerReport } from './producer-main.ts';
import { createPublisher, type Publisher } from './publisher.ts';
import type { BenchRedis } from './redis.ts';
import type { Benchmark } from './row.ts';
import { type Sink, startSink } from './sink.ts';
import { clockMs, median } from './statistics.ts';

const rounds = 5;
const subscriptionCount = 100;
const sourceCount = 10;
/** Each event is wanted by this many subscriptions. */
const fanOut = subscriptionCount / sourceCount;
const deliveryCount = 20_000;
const eventsPerSource = deliveryCount / fanOut / sourceCount;
/** A round that takes longer has lost deliveries. */
const longestMs = 60_000;
/** While events keep coming, as many deliveries as this are on their way or waiting. */
const outstanding = 2000;

export const draining: Benchmark = {
  name: 'draining',
  async run(redis) {
    await using scene = await setUp(redis);
    const { bare, own } = await measureRounds(scene, drainOnce);
    return [
      {
        name: 'deliveries, draining a backlog',
        ratio: median(own) / median(bare),
        aim: { atLeast: 0.9 },
        figures: figures(own, bare),
      },
    ];
  },
};

export const live: Benchmark = {
  name: 'live',
  async run(redis) {
    await using scene = await setUp(redis);
    await using producer = await startProducer(redis.url);
    const { bare, own } = await measureRounds(scene, (each) => liveOnce(each, producer));
    return [
      {
        name: 'deliveries, while events keep coming',
        ratio: median(own) / median(bare),
        aim: { atLeast: 0.75 },
        figures: figures(own, bare),
      },
    ];
  },
};

interface Scene extends AsyncDisposable {
  readonly parts: Parts;
  readonly publisher: Publisher;
  readonly sink: Sink;
  readonly agent: Agent;
  readonly subscriptions: readonly Subscription[];
  /** For each round, by source. */
  readonly rounds: readonly ReadonlyMap<string, readonly ChangeEvent[]>[];
}

async function setUp(redis: BenchRedis): Promise<Scene> {
  await using starting = new AsyncDisposableStack();
  const sink = starting.use(await startSink(subscriptionCount));
  const agent = openBareAgent();
  starting.defer(() => agent.close());
  const { parts, log, service } = await startBenchService(redis);
  starting.defer(() => service.close());
  const sourceIds = Array.from({ length: sourceCount }, (_, number) => `source-${number}`);
  const subscriptions = sink.urls.map((url, number) =>
    makeSubscription(number, url, [sourceIds[number % sourceCount] as string]),
  );
  for (const subscription of subscriptions) {
    await parts.lanes.create(subscription.id, new Map());
    await parts.subscriptions.create(subscription);
  }
  const contacts = makeContacts(eventsPerSource);
  const eventsOf = (round: number) =>
    new Map(sourceIds.map((id) => [id, makeEvents(id, contacts, round)]));
  const publisher = createPublisher({ parts, log });
  const stack = starting.move();
  return {
    parts,
    publisher,
    sink,
    agent,
    subscriptions,
    rounds: Array.from({ length: rounds + 1 }, (_, round) => eventsOf(round)),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** Deliveries per second, without and with the service, in turns; the first turn of each only warms up. */
async function measureRounds(scene: Scene, own: (scene: Scene, round: number) => Promise<number>) {
  const seconds = { bare: [] as number[], own: [] as number[] };
  for (let round = 0; round <= rounds; round += 1) {
    const bareRate = await bareOnce(scene);
    const ownRate = await own(scene, round);
    if (round === 0) continue;
    seconds.bare.push(bareRate);
    seconds.own.push(ownRate);
  }
  return seconds;
}

async function bareOnce({ sink, agent, subscriptions, rounds }: Scene): Promise<number> {
  const { maxInFlight } = subscriptions[0] as Subscription;
  const [events = []] = rounds;
  const bodies = new Map(
    [...events].map(([source, all]) => [
      source,
      all.map((event) => ({ eventId: event.id, body: Buffer.from(JSON.stringify(event)) })),
    ]),
  );
  return rateOf(sink, async () => {
    const loops = subscriptions.flatMap(({ url, sources }) => {
      const mine = bodies.get(sources?.[0] ?? '') ?? [];
      let next = 0;
      return Array.from({ length: maxInFlight }, async () => {
        for (let webhook = mine[next++]; webhook !== undefined; webhook = mine[next++]) {
          await postBare(agent, url, webhook);
        }
      });
    });
    await Promise.all(loops);
  });
}

/** A backlog that has gathered while all its lanes were paused. */
async function drainOnce(scene: Scene, round: number): Promise<number> {
  const { parts, publisher, sink, subscriptions } = scene;
  for (const { id } of subscriptions) await parts.lanes.pause(id);
  for (const [sourceId, all] of scene.rounds[round] ?? []) {
    await publisher.commit(sourceId, all);
    await publisher.relay(sourceId);
  }
  const rate = await rateOf(sink, async () => {
    await Promise.all(subscriptions.map(({ id }) => parts.lanes.resume(id, 'deliver', Date.now())));
    await parts.wakes.lanes(subscriptions.map(({ id }) => ({ lane: id, failing: false })));
  });
  await settle(scene);
  return rate;
}

async function liveOnce(scene: Scene, producer: Producer): Promise<number> {
  const rate = await rateOf(scene.sink, producer.start, producer.onArrived);
  await settle(scene);
  return rate;
}

/** Runs until all deliveries have arrived; per second of the time from the start to the last arrival. */
async function rateOf(
  sink: Sink,
  start: () => Promise<void>,
  onArrived: (count: number) => void = () => {},
): Promise<number> {
  const done = Promise.withResolvers<number>();
  let arrived = 0;
  const deadline = setTimeout(() => {
    done.reject(new Error(`After ${longestMs} ms only ${arrived} deliveries had arrived.`));
  }, longestMs);
  await sink.watch(100, ({ count, atMs }) => {
    arrived = count;
    onArrived(count);
    if (count === deliveryCount) done.resolve(atMs);
  });
  const startedAtMs = clockMs();
  const [endedAtMs] = await Promise.all([done.promise, start()]);
  clearTimeout(deadline);
  return (deliveryCount * 1000) / (endedAtMs - startedAtMs);
}

/** Waits until every arrival is recorded too, and makes sure that nothing failed on the way. */
async function settle({ parts, subscriptions }: Scene): Promise<void> {
  for (;;) {
    const lanes = await parts.lanes.summarize(subscriptions.map(({ id }) => id));
    if (lanes.some(({ counts }) => counts.retrying + counts.failed + counts.expired > 0)) {
      throw new Error('A delivery failed although every subscriber answers.');
    }
    if (lanes.every(({ counts }) => counts.pending === 0)) return;
  }
}

interface Producer extends AsyncDisposable {
  start(): Promise<void>;
  onArrived(count: number): void;
}

async function startProducer(redisUrl: string): Promise<Producer> {
  const child = fork(fileURLToPath(new URL('./producer-main.ts', import.meta.url)));
  const exited = once(child, 'exit');
  const order = (message: ProducerOrder) => child.send(message);
  const ready = Promise.withResolvers<void>();
  child.on('message', ({ kind }: ProducerReport) => {
    if (kind === 'ready') ready.resolve();
  });
  child.on('exit', (code) => ready.reject(new Error(`The producer ended with code ${code}.`)));
  const material = { sourceCount, eventsPerSource, rounds: rounds + 1 };
  order({ kind: 'prepare', redisUrl, ...material, fanOut, outstanding });
  await ready.promise;
  return {
    start: async () => {
      order({ kind: 'start' });
    },
    onArrived: (count) => order({ kind: 'arrived', count }),
    async [Symbol.asyncDispose]() {
      order({ kind: 'end' });
      await exited;
    },
  };
}

function figures(own: readonly number[], bare: readonly number[]): string {
  return `${perSecond(own)} of ${perSecond(bare)} deliveries/s, ${subscriptionCount} subscriptions, each event to ${fanOut}`;
}

function perSecond(rates: readonly number[]): string {
  const thousands = (rate: number) => (rate / 1000).toFixed(1);
  const range = `${thousands(Math.min(...rates))} to ${thousands(Math.max(...rates))}`;
  return `${thousands(median(rates))} k (${range})`;
}
