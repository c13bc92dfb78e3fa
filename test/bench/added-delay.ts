import { setTimeout as wait } from 'node:timers/promises';
import { openBareAgent, postBare } from './bare-delivery.ts';
import { startBenchService } from './installation.ts';
import { makeContacts, makeEvents, makeSubscription } from './material.ts';
import { createPublisher } from './publisher.ts';
import type { Benchmark } from './row.ts';
import { type Sink, startSink } from './sink.ts';
import { clockMs, median, percentile } from './statistics.ts';

const samples = 200;
/** Without pauses: it is the service that is idle, not one that has only just begun. */
const warmUps = 1500;
/** Longer than anything of one delivery is still under way, so that each finds the service idle. */
const pauseMs = 25;
const sourceId = 'source-0';
const mostAddedMs = 20;

export const addedDelay: Benchmark = {
  name: 'delay',
  async run(redis) {
    await using stack = new AsyncDisposableStack();
    const sink = stack.use(await startSink(2));
    const agent = openBareAgent();
    stack.defer(() => agent.close());
    const { parts, log, service } = await startBenchService(redis);
    stack.defer(() => service.close());
    const [ownUrl = '', bareUrl = ''] = sink.urls;
    const subscription = makeSubscription(0, ownUrl, [sourceId]);
    await parts.lanes.create(subscription.id, new Map());
    await parts.subscriptions.create(subscription);
    const publisher = createPublisher({ parts: { ...parts, contacts: service.contacts }, log });

    const bareMs: number[] = [];
    const ownMs: number[] = [];
    for (const [number, event] of makeEvents(sourceId, makeContacts(warmUps + samples)).entries()) {
      const webhook = { eventId: event.id, body: Buffer.from(JSON.stringify(event)) };
      const restMs = number < warmUps ? 0 : pauseMs;
      const bare = await timeArrival(sink, restMs, () => postBare(agent, bareUrl, webhook));
      const own = await timeArrival(sink, restMs, () => publisher.commit(sourceId, [event]));
      if (number < warmUps) continue;
      bareMs.push(bare);
      ownMs.push(own);
    }
    return rowsOf(ownMs, bareMs);
  },
};

/** From just before `act`, after a rest, to the moment when the whole request was there. */
async function timeArrival(
  sink: Sink,
  restMs: number,
  act: () => Promise<unknown>,
): Promise<number> {
  const arrived = Promise.withResolvers<number>();
  await sink.watch(1, ({ atMs }) => arrived.resolve(atMs));
  await wait(restMs);
  const startedAtMs = clockMs();
  const [atMs] = await Promise.all([arrived.promise, act()]);
  return atMs - startedAtMs;
}

function rowsOf(ownMs: readonly number[], bareMs: readonly number[]) {
  const ownP99 = percentile(ownMs, 0.99);
  const bareP99 = percentile(bareMs, 0.99);
  return [
    {
      name: 'added delay, p50',
      ratio: median(ownMs) / median(bareMs),
      aim: { atMost: 4 },
      figures: `${ms(median(ownMs))} against ${ms(median(bareMs))} of a bare POST`,
    },
    {
      name: 'added delay, p99',
      ratio: (ownP99 - bareP99) / mostAddedMs,
      aim: { atMost: 1 },
      figures: `${ms(ownP99)} against ${ms(bareP99)} of a bare POST; the ratio is to ${mostAddedMs} ms`,
    },
  ];
}

function ms(value: number): string {
  return `${value.toFixed(2)} ms`;
}
