import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readConfig } from '#config.ts';
import { adviseOnListening } from '#listen-advice.ts';
import { createLog } from '#log.ts';
import { type Service, startService } from '#service.ts';
import { type RunningSimulator, startSimulator } from '#simulator/simulator.ts';
import { DemoError } from './demo-error.ts';
import type { DevelopmentRedis } from './development-redis.ts';
import { startDevelopmentRedis } from './development-redis.ts';
import { type Registration, registerWhenReady } from './register-subscription.ts';
import { demoInbox } from './scene.ts';
import type { Receipt } from './subscriber.ts';
import { startSubscriber } from './subscriber.ts';

export interface DemoStage extends AsyncDisposable {
  readonly redis: DevelopmentRedis;
  readonly simulator: RunningSimulator;
  readonly service: Service;
  readonly adminKey: string;
}

/** Brings up everything that the demo shows: Redis, an inbox, the service, and a subscriber that has subscribed. */
export async function raiseStage(options: {
  readonly onReceipt: (receipt: Receipt) => void;
  readonly onProgress: (sentence: string) => void;
}): Promise<DemoStage> {
  await using starting = new AsyncDisposableStack();
  const redis = await startDevelopmentRedis({ onProgress: options.onProgress });
  starting.defer(() => redis.close());
  const simulator = await startSimulator(demoInbox);
  starting.defer(() => simulator.close());
  const adminKey = randomBytes(24).toString('base64url');
  const unusable = Promise.withResolvers<never>();
  // Nobody may be waiting when it comes.
  unusable.promise.catch(() => {});
  const service = await startDemoService({
    redisUrl: redis.url,
    simulator,
    adminKey,
    onUnusable: () => unusable.reject(new DemoError(usedRedis)),
  });
  starting.defer(() => service.close());
  const secret = `whsec_${randomBytes(32).toString('base64')}`;
  const subscriber = await startSubscriber({ secret, onReceipt: options.onReceipt });
  starting.defer(() => subscriber.close());
  const registration = {
    notifierUrl: service.url ?? '',
    adminKey,
    url: subscriber.url,
    secret,
    events: ['contact.created', 'contact.status_changed'],
  };
  await Promise.race([subscribeInTime(registration), unusable.promise]);
  const stack = starting.move();
  return { redis, simulator, service, adminKey, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

const usedRedis = `The Redis of REDIS_URL holds what another service, or an earlier demo, has sealed with its own key.
Name an empty database of it, such as redis://127.0.0.1:6379/9, or leave REDIS_URL unset: a Redis is found then.`;

const notReady = `The service did not get ready within 15 s; most likely Redis does not answer or takes no writes.
See that redis-cli -u "$REDIS_URL" PING answers PONG, or leave REDIS_URL unset; LOG_LEVEL=warn npm run demo tells more.`;

async function subscribeInTime(registration: Registration): Promise<void> {
  const deadline = AbortSignal.timeout(15_000);
  try {
    await registerWhenReady(registration, deadline);
  } catch (cause) {
    throw deadline.aborted ? new DemoError(notReady, { cause }) : cause;
  }
}

async function startDemoService(options: {
  readonly redisUrl: string;
  readonly simulator: RunningSimulator;
  readonly adminKey: string;
  readonly onUnusable: () => void;
}): Promise<Service> {
  const { redisUrl, simulator, adminKey, onUnusable } = options;
  const read = readConfig({
    REDIS_URL: redisUrl,
    ADMIN_API_KEY: adminKey,
    ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    HOST: '127.0.0.1',
    PORT: process.env.PORT ?? '0',
    INBOX_BASE_URL: simulator.url,
    INBOX_API_TOKEN: simulator.token,
    POLL_INTERVAL_MS: '2000',
    DELIVERY_ALLOWED_NETWORKS: '127.0.0.0/8',
    LOG_LEVEL: process.env.LOG_LEVEL ?? 'error',
  });
  if (read.kind === 'invalid') throw new DemoError(read.message);
  const packageJson = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  const { version } = JSON.parse(packageJson) as { version: string };
  const { config } = read;
  const log = createLog(config.logLevel);
  try {
    return await startService({ config, log, version, onUnusable });
  } catch (cause) {
    const advice = adviseOnListening(cause, config.api);
    throw advice === null ? cause : new DemoError(`The demo was not started. ${advice}`, { cause });
  }
}
