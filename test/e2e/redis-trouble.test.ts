import { setInterval } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { RunningSimulator } from '#simulator/simulator.ts';
import { startInbox } from '../support/inbox.ts';
import { command, startOwnRedis } from '../support/own-redis.ts';
import type { PrivateRedis } from '../support/redis.ts';
import { environmentFor, type RunningService, startService } from '../support/running-service.ts';
import { startSubscriber, type TestSubscriber } from '../support/subscriber.ts';
import { until } from '../support/until.ts';
import { changeOf, toldOf, verified } from '../support/webhooks.ts';

/** Within seconds: what a prober may take to notice. */
const noticedWithinMs = 9000;
const healedWithinMs = 15_000;

/** What happens to Redis, and what ends it. */
interface Trouble {
  readonly begin: (redis: PrivateRedis) => Promise<void>;
  readonly end: (redis: PrivateRedis) => Promise<void>;
}

const lasting: readonly [string, Trouble][] = [
  [
    'is away for seconds (hookdeck/outpost#881, textbee/textbee#111, svix by reading)',
    { begin: (redis) => redis.kill(), end: (redis) => redis.restart() },
  ],
  [
    'is out of memory',
    {
      begin: ({ url }) => command(url, 'CONFIG', 'SET', 'maxmemory', '1mb'),
      end: ({ url }) => command(url, 'CONFIG', 'SET', 'maxmemory', '0'),
    },
  ],
  [
    'hangs',
    {
      begin: async (redis) => void process.kill(redis.pid(), 'SIGSTOP'),
      end: async (redis) => void process.kill(redis.pid(), 'SIGCONT'),
    },
  ],
  [
    'has become a replica',
    {
      begin: ({ url }) => command(url, 'REPLICAOF', '127.0.0.1', '9'),
      end: ({ url }) => command(url, 'REPLICAOF', 'NO', 'ONE'),
    },
  ],
];

for (const [what, { begin, end }] of lasting) {
  test(`with a Redis that ${what} it is unready, then ready by itself, and nothing is lost or told twice`, async ({
    skip,
  }) => {
    const scene = await setUp(skip);
    await scene.whileBusy(async () => {
      await begin(scene.redis);
      await until('an unready service', async () => (await ready(scene)) === 503, noticedWithinMs);
      const before = scene.created.length;
      await until('many who wrote meanwhile', () => scene.created.length > before + 60);
      await end(scene.redis);
      await until('a ready service', async () => (await ready(scene)) === 200, healedWithinMs);
    });
    await expectAllTold(scene);
  });
}

const dropQueues = `for _, key in ipairs(redis.call('KEYS', '{queue:*')) do redis.call('DEL', key) end`;

const passing: readonly [string, readonly [string, ...string[]]][] = [
  ['forgets its scripts again and again', ['SCRIPT', 'FLUSH']],
  [
    'cuts every connection again and again (hookdeck/outpost#998)',
    ['CLIENT', 'KILL', 'TYPE', 'normal'],
  ],
  [
    'loses its queues again and again (svix/svix-webhooks#1844, the-momentum/open-wearables#1111)',
    ['EVAL', dropQueues, '0'],
  ],
];

for (const [what, words] of passing) {
  test(`with a Redis that ${what} nothing is lost or told twice`, async ({ skip }) => {
    const scene = await setUp(skip);
    await scene.whileBusy(async () => {
      for (let times = 0; times < 10; times += 1) {
        const told = scene.subscriber.received.length;
        await command(scene.redis.url, ...words);
        await until('the next one told', () => scene.subscriber.received.length > told);
      }
    });
    await expectAllTold(scene);
  });
}

interface Scene {
  readonly redis: PrivateRedis;
  readonly service: RunningService;
  readonly inbox: RunningSimulator;
  readonly subscriber: TestSubscriber;
  readonly created: readonly string[];
}

/** A service that watches an inbox in which, while told so, somebody writes for the first time twenty times a second. */
async function setUp(skip: (why: string) => never) {
  const redis = await startOwnRedis({ appendOnly: true }, skip);
  const inbox = await startInbox();
  const service = await startService(environmentFor(redis.url, inbox));
  const subscriber = await startSubscriber();
  await service.api.subscribe(subscriber.url);
  await service.logged('baseline.completed');
  const created: string[] = [];
  return {
    redis,
    inbox,
    service,
    subscriber,
    created,
    async whileBusy(trouble: () => Promise<void>): Promise<void> {
      const over = new AbortController();
      const writing = (async () => {
        for await (const _ of setInterval(50)) {
          if (over.signal.aborted) return;
          created.push(inbox.population.createContact().id);
        }
      })();
      try {
        await until('some told', () => subscriber.received.length > 5);
        await trouble();
      } finally {
        over.abort();
        await writing;
      }
    },
  };
}

async function ready({ service }: Scene): Promise<number> {
  return (await fetch(`${service.url}/readyz`)).status;
}

/** Everyone who wrote was told under one id, which is that of the log, however often. */
async function expectAllTold({ service, subscriber, created }: Scene): Promise<void> {
  const told = () => new Map(subscriber.received.map((each) => [each.id, verified(each)]));
  await until('everyone told', () => told().size >= created.length);
  // Whatever is told in error comes with the last one, if not before.
  const expected = created.map((id) => `contact.created ${id}`).sort();
  expect([...told().values()].map(changeOf).sort()).toEqual(expected);
  const logged = toldOf(await service.api.events());
  expect(logged.map(({ id }) => id).sort()).toEqual([...told().keys()].sort());
}
