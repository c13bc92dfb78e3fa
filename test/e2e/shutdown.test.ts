import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { startInbox } from '../support/inbox.ts';
import { startOwnRedis } from '../support/own-redis.ts';
import { freshRedisUrl } from '../support/redis.ts';
import {
  type Environment,
  environmentFor,
  listening,
  type RunningProcess,
  type RunningService,
  startProcess,
  startService,
} from '../support/running-service.ts';
import { startSubscriber } from '../support/subscriber.ts';
import { until, within } from '../support/until.ts';

const serviceStopsWithinMs = 10_000;
const npmStart = ['npm', 'start'] as const;
const nodeStart = [process.execPath, 'src/main.ts'] as const;

function stopped(service: RunningProcess) {
  return within(serviceStopsWithinMs, 'the end of the process', service.exited);
}

async function ready(service: RunningService): Promise<RunningService> {
  await until('a ready service', async () => (await fetch(`${service.url}/readyz`)).ok);
  return service;
}

function msOf(time: unknown): number {
  return Date.parse(String(time));
}

/** One delivery is on its way, and its subscriber answers only when told to. */
async function holdDelivery(command: typeof npmStart | typeof nodeStart, redisUrl?: string) {
  const inbox = await startInbox();
  const env = environmentFor(redisUrl ?? (await freshRedisUrl()), inbox);
  const service = await ready(await listening(startProcess(command, env)));
  const answer = Promise.withResolvers<void>();
  const subscriber = await startSubscriber(async (_webhook, response, attempt) => {
    if (attempt === 1) await answer.promise;
    response.writeHead(204).end();
  });
  await service.api.subscribe(subscriber.url);
  await service.logged('baseline.completed');
  const contact = inbox.population.createContact();
  await until('the delivery on its way', () => subscriber.received.length === 1);
  return { inbox, env, service, subscriber, answer: answer.resolve, contact };
}

/** What a next process delivers: the first webhook of the last contact shows that nothing else is still to come. */
async function deliveredByTheNext(scene: Awaited<ReturnType<typeof holdDelivery>>) {
  const { env, inbox, subscriber } = scene;
  scene.answer();
  await startService(env);
  const last = inbox.population.createContact();
  await until('the last webhook', () =>
    subscriber.received.some(({ body }) => body.includes(last.id)),
  );
  return subscriber.received.filter(({ body }) => body.includes(scene.contact.id));
}

for (const [name, command, signals] of [
  ['SIGTERM', nodeStart, ['SIGTERM']],
  ['SIGINT', nodeStart, ['SIGINT']],
  ['signals of both kinds, again and again,', nodeStart, ['SIGTERM', 'SIGINT', 'SIGTERM']],
  ['SIGTERM to npm start', npmStart, ['SIGTERM']],
  ['SIGINT to npm start', npmStart, ['SIGINT']],
] as const) {
  test(`${name} lets a delivery on its way finish, and it is not made again`, async () => {
    const scene = await holdDelivery(command);
    for (const signal of signals) scene.service.kill(signal);
    await scene.service.logged('service.stopping');
    scene.answer();
    expect(await stopped(scene.service)).toEqual({ code: 0, signal: null });
    expect(await deliveredByTheNext(scene)).toHaveLength(1);
  });
}

test('rmyndharis/OpenWA#1614: a subscriber that never answers holds nothing up, and gets its delivery from the next process', async () => {
  const scene = await holdDelivery(nodeStart);
  scene.service.kill('SIGTERM');
  expect(await stopped(scene.service)).toEqual({ code: 0, signal: null });
  const webhooks = await deliveredByTheNext(scene);
  expect(webhooks).toHaveLength(2);
  expect(new Set(webhooks.map(({ id }) => id)).size).toBe(1);
});

for (const command of [nodeStart, npmStart]) {
  test(`a bad environment ends ${command.join(' ').replace(/.*\//, '')} with 78 and every problem by name`, async () => {
    const env: Environment = { REDIS_URL: 'http://127.0.0.1', ADMIN_API_KEY: 'short', PORT: 'x' };
    const service = startProcess(command, env);
    expect(await service.exited).toEqual({ code: 78, signal: null });
    for (const name of ['REDIS_URL', 'ADMIN_API_KEY', 'ENCRYPTION_KEY', 'PORT']) {
      expect(service.errors()).toContain(`  ${name} `);
    }
    expect(service.log).toEqual([]);
  });
}

test('an address in use is said in one line, and the process ends', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => other.once('listening', resolve));
  const address = other.address() as { port: number };
  const env = environmentFor(await freshRedisUrl(), null, { PORT: String(address.port) });
  const service = startProcess(nodeStart, env);
  const exit = await stopped(service);
  other.close();
  expect(exit).toEqual({ code: 1, signal: null });
  const said = service.errors() + service.log.map((line) => JSON.stringify(line)).join('\n');
  expect(said).toContain(`127.0.0.1:${address.port}`);
  expect(said).toContain('in use');
  expect(said).not.toContain('node:net');
});

test('a Redis that is away at the start is waited for', async ({ skip }) => {
  const redis = await startOwnRedis({}, skip);
  await redis.kill();
  const inbox = await startInbox();
  const service = await listening(startProcess(nodeStart, environmentFor(redis.url, inbox)));
  expect((await fetch(`${service.url}/healthz`)).status).toBe(200);
  expect((await fetch(`${service.url}/readyz`)).status).toBe(503);
  await redis.restart();
  await ready(service);
  await service.logged('baseline.completed');
  service.kill('SIGTERM');
  expect(await stopped(service)).toEqual({ code: 0, signal: null });
});

test('it stops within seconds while Redis is away and nothing is on its way', async ({ skip }) => {
  const redis = await startOwnRedis({}, skip);
  const service = await startService(environmentFor(redis.url, await startInbox()));
  await redis.kill();
  await service.logged('redis.failed');
  service.kill('SIGTERM');
  const exit = await within(4000, 'the end of the process', service.exited);
  expect(exit).toEqual({ code: 0, signal: null });
});

test('a delivery on its way while Redis is away ends first, and comes again under the same id', async ({
  skip,
}) => {
  const redis = await startOwnRedis({ appendOnly: true }, skip);
  const scene = await holdDelivery(nodeStart, redis.url);
  await redis.kill();
  await scene.service.logged('redis.failed');
  scene.service.kill('SIGTERM');
  const { time } = await scene.service.logged('service.stopping');
  // Longer than Redis is waited for: only the delivery holds the process.
  await scene.service.logged('redis.failed', (line) => msOf(line.time) > msOf(time) + 2500);
  scene.answer();
  const exit = await within(2000, 'the end of the process', scene.service.exited);
  expect(exit).toEqual({ code: 0, signal: null });
  await redis.restart();
  const webhooks = await deliveredByTheNext(scene);
  expect(webhooks).toHaveLength(2);
  expect(new Set(webhooks.map(({ id }) => id)).size).toBe(1);
});
