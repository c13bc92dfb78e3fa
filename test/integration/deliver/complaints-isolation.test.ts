import { expect, onTestFinished, test } from 'vitest';
import { createDrainLane } from '#deliver/drain-lane.ts';
import type { SubscriptionId } from '#domain/subscription.ts';
import { createWakes } from '#queues/wakes.ts';
import { startWorkers } from '#queues/workers.ts';
import { createRelay } from '#relay/relay-log.ts';
import type { Sender } from '#webhook/send.ts';
import { answered, unanswered } from '../../support/answers.ts';
import {
  makeEvent,
  makeSubscription,
  openConnection,
  openStore,
  silentLog,
  subscribe,
} from '../../support/stage.ts';
import { until } from '../../support/until.ts';

const connection = await openConnection();
const store = openStore(connection);
const source = 'default';
const maxInFlight = 8;

/** Subscribers by host: those of `dead.example` take what they are sent, and say nothing until it is ended. */
function setUpSubscribers() {
  const hanging: string[] = [];
  const received: string[] = [];
  const send: Sender['send'] = async ({ url, eventId }, signal) => {
    if (!url.startsWith('http://dead.example')) {
      received.push(`${eventId} ${url}`);
      return answered(200);
    }
    hanging.push(eventId);
    await new Promise((resolve) => signal?.addEventListener('abort', resolve));
    return unanswered('aborted');
  };
  return { hanging, received, send };
}

/** Everything from an event log to a subscriber, with workers as they run in a service. */
function startDelivering(send: Sender['send']) {
  const { redis } = connection;
  const wakes = createWakes(redis, () => {});
  const abort = new AbortController();
  const drainLane = createDrainLane({
    ...store,
    work: store.laneWork,
    sender: { send },
    retryScheduleMs: [1000],
    now: Date.now,
    random: Math.random,
    onAttempt: () => {},
    onExpired: () => {},
    relaySoon: () => {},
    onSubscriptionEvent: () => {},
    log: silentLog,
  });
  const workers = startWorkers(
    {
      connection: redis,
      wakes,
      installed: Promise.resolve(),
      drainLane,
      pollSource: async () => ({ kind: 'skipped', reason: 'held' }),
      tend: async () => {},
      onRedisError: () => {},
      now: Date.now,
      log: silentLog,
    },
    { poll: false, deliver: true },
    { stopping: abort.signal, abort: abort.signal },
  );
  onTestFinished(async () => {
    abort.abort();
    await workers.close();
    await wakes.close();
  });
  const relay = createRelay({ ...store, wake: wakes.lanes, log: silentLog });
  let committed = 0;
  return {
    async commit(count: number): Promise<string[]> {
      const ids: string[] = [];
      for (let made = 0; made < count; made += 1) {
        committed += 1;
        const event = makeEvent(committed, source);
        ids.push(event.id);
        await store.eventLog.append(source, event);
      }
      await relay(source);
      return ids;
    },
  };
}

async function subscribeMany(host: string, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, (_, number): SubscriptionId => `sub_${host}-${number}`);
  const urls = ids.map((id) => `http://${host}.example/${id}`);
  for (const [at, id] of ids.entries()) {
    await subscribe(store, makeSubscription(id, { url: urls[at] ?? '', maxInFlight }));
  }
  return urls;
}

test('frain-dev/convoy#1926, outpost, svix, hook0 (by reading): more subscribers than a pool has slots hang with all they may be sent, and the others notice nothing', async () => {
  const { hanging, received, send } = setUpSubscribers();
  const { commit } = startDelivering(send);
  const dead = await subscribeMany('dead', 150);
  await commit(10);
  const mostHanging = dead.length * maxInFlight;
  await until('all that can hang to hang', () => hanging.length === mostHanging);
  const healthy = await subscribeMany('healthy', 5);
  const ids = await commit(10);
  await until('the others served', () => received.length >= ids.length * healthy.length);
  // Nothing that hangs has been given up for it, and what is sent to many is sent to each of them once.
  expect(hanging).toHaveLength(mostHanging);
  const expected = ids.flatMap((id) => healthy.map((url) => `${id} ${url}`));
  expect(received.filter((each) => ids.some((id) => each.startsWith(id))).sort()).toEqual(
    expected.sort(),
  );
});
