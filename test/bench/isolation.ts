import { setTimeout as wait } from 'node:timers/promises';
import type { ChangeEvent } from '#domain/change-event.ts';
import type { Parts } from '#parts.ts';
import { startBenchService } from './installation.ts';
import { makeContacts, makeEvents, makeSubscription } from './material.ts';
import { createPublisher } from './publisher.ts';
import type { Benchmark } from './row.ts';
import { type Sink, startSink } from './sink.ts';
import { clockMs, median, percentile } from './statistics.ts';

/** Of each kind: subscribers that answer, and those that never do. */
const subscriberCount = 50;
/** Events a second of each kind; each goes to one subscriber. */
const perSecond = 100;
const stepMs = 1000 / perSecond;
const measuredSeconds = 10;
/** By then every dead lane is known to be dead: a first attempt, and the five that make it unreachable. */
const dyingSeconds = 45;
const rounds = 3;

/** What a healthy subscriber notices of dead ones that get as much traffic. */
export const isolation: Benchmark = {
  name: 'isolation',
  async run(redis) {
    await using stack = new AsyncDisposableStack();
    const sink = stack.use(await startSink(2 * subscriberCount, subscriberCount));
    const { parts, log, service } = await startBenchService(redis);
    stack.defer(() => service.close());
    const publisher = createPublisher({ parts: { ...parts, contacts: service.contacts }, log });
    const [healthy, dead] = await subscribeAll(parts, sink);
    const publish = async ({ sourceId, event }: Publication) => {
      await publisher.commit(sourceId, [event]);
    };
    const scene = { sink, publish, healthy, dead };
    await traffic(scene, { seconds: 2, withDead: false });
    const alone: number[] = [];
    const beside: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      alone.push(await p99(scene, false));
      if (round === 0) await traffic(scene, { seconds: dyingSeconds, withDead: true });
      beside.push(await p99(scene, true));
    }
    return [
      {
        name: 'isolation, p99 of the healthy',
        ratio: median(beside) / median(alone),
        aim: { atMost: 1.5 },
        figures: `${list(beside)} beside ${subscriberCount} dead ones with half of ${2 * perSecond} deliveries/s, ${list(alone)} without them`,
      },
    ];
  },
};

/** A source whose one subscription gets its events. */
interface Line {
  readonly sourceId: string;
  readonly events: readonly ChangeEvent[];
  next: number;
}

interface Scene {
  readonly sink: Sink;
  publish(publication: Publication): Promise<void>;
  readonly healthy: readonly Line[];
  readonly dead: readonly Line[];
}

/** Every subscription has a source of its own, so that each event goes to one. */
async function subscribeAll(parts: Parts, sink: Sink): Promise<[Line[], Line[]]> {
  const seconds = 2 + dyingSeconds + 2 * rounds * measuredSeconds;
  const contacts = makeContacts(Math.ceil((seconds * perSecond) / subscriberCount) + 1);
  const lines: Line[] = [];
  for (const [number, url] of sink.urls.entries()) {
    const sourceId = `source-${number}`;
    const subscription = makeSubscription(number, url, [sourceId]);
    await parts.lanes.create(subscription.id, new Map());
    await parts.subscriptions.create(subscription);
    const events = makeEvents(sourceId, contacts);
    lines.push({ sourceId, events, next: 0 });
  }
  return [lines.slice(0, subscriberCount), lines.slice(subscriberCount)];
}

async function p99(scene: Scene, withDead: boolean): Promise<number> {
  return percentile(await traffic(scene, { seconds: measuredSeconds, withDead }), 0.99);
}

/** Commits events evenly; returns for each healthy one how long it took to arrive, in ms. */
async function traffic(
  { sink, publish, healthy, dead }: Scene,
  { seconds, withDead }: { readonly seconds: number; readonly withDead: boolean },
): Promise<number[]> {
  const begunAtMs = new Map<string, number>();
  const delays: number[] = [];
  const count = seconds * perSecond;
  const all = Promise.withResolvers<void>();
  await sink.watch(1, ({ webhookId, atMs }) => {
    const atStart = begunAtMs.get(webhookId);
    if (atStart === undefined) return;
    delays.push(atMs - atStart);
    if (delays.length === count) all.resolve();
  });
  const startedAtMs = clockMs();
  const publishing: Promise<void>[] = [];
  for (let number = 0; number < count; number += 1) {
    await wait(Math.max(0, startedAtMs + number * stepMs - clockMs()));
    const one = take(healthy, number);
    begunAtMs.set(one.event.id, clockMs());
    publishing.push(publish(one));
    if (withDead) publishing.push(publish(take(dead, number)));
  }
  await Promise.all([...publishing, all.promise]);
  return delays;
}

interface Publication {
  readonly sourceId: string;
  readonly event: ChangeEvent;
}

function take(lines: readonly Line[], number: number): Publication {
  const line = lines[number % lines.length];
  const event = line?.events[line.next];
  if (line === undefined || event === undefined) throw new RangeError('All events are used up.');
  line.next += 1;
  return { sourceId: line.sourceId, event };
}

function list(values: readonly number[]): string {
  return values.map((value) => `${value.toFixed(1)} ms`).join(' and ');
}
