import { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { startInbox } from '../support/inbox.ts';
import { freshRedisUrl } from '../support/redis.ts';
import {
  type Environment,
  environmentFor,
  type RunningService,
  startProcess,
  startService,
} from '../support/running-service.ts';
import { startSubscriber } from '../support/subscriber.ts';
import { until } from '../support/until.ts';
import { verified } from '../support/webhooks.ts';

const oldKey = Buffer.alloc(32, 7).toString('base64');
const newKey = Buffer.alloc(32, 9).toString('base64');

async function stop(service: RunningService): Promise<void> {
  service.kill('SIGTERM');
  expect((await service.exited).code).toBe(0);
}

/** A service that ran with the old key, with one subscription, and is stopped. */
async function setUp(withInbox: boolean) {
  const inbox = await startInbox();
  const env = environmentFor(await freshRedisUrl(), withInbox ? inbox : null, {
    ENCRYPTION_KEY: oldKey,
  });
  const subscriber = await startSubscriber();
  const service = await startService(env);
  await service.api.subscribe(subscriber.url);
  if (withInbox) await service.logged('baseline.completed');
  await stop(service);
  return { inbox, env, subscriber };
}

/** Every key with its content, byte by byte, but for those that end by themselves. */
async function dump(url: string): Promise<Map<string, string>> {
  const redis = new Redis(url);
  const contents = new Map<string, string>();
  for (const name of (await redis.keys('*')).sort()) {
    const content = (await redis.ttl(name)) === -1 ? await redis.dumpBuffer(name) : null;
    if (content !== null) contents.set(name, content.toString('base64'));
  }
  redis.disconnect();
  return contents;
}

async function expectRefused(env: Environment): Promise<void> {
  const before = await dump(env.REDIS_URL ?? '');
  const service = startProcess([process.execPath, 'src/main.ts'], env);
  expect(await service.exited).toEqual({ code: 78, signal: null });
  const said = service.log.filter(({ msg }) => msg === 'service.unusable');
  expect(said).toHaveLength(1);
  expect(said[0]?.error_message).toContain('ENCRYPTION_KEY');
  expect(said[0]).not.toHaveProperty('err');
  expect(await dump(env.REDIS_URL ?? '')).toEqual(before);
}

test('a start with another key is refused in one clear line, and touches nothing', async () => {
  const { env } = await setUp(true);
  // Also where its environment would make or change a source.
  const change = {
    ENCRYPTION_KEY: newKey,
    INBOX_REQUESTS_PER_MINUTE: '50',
    POLL_INTERVAL_MS: '700',
  };
  await expectRefused({ ...env, ...change });
});

test('a subscription alone is enough for a start with another key to be refused', async () => {
  const { env, inbox } = await setUp(false);
  const connected = { INBOX_BASE_URL: inbox.url, INBOX_API_TOKEN: inbox.token };
  await expectRefused({ ...env, ...connected, ENCRYPTION_KEY: newKey });
});

test('after one start with the new key before the old one, the old one can be left out', async () => {
  const { env, inbox, subscriber } = await setUp(true);
  const rotating = await startService({ ...env, ENCRYPTION_KEY: `${newKey},${oldKey}` });
  expect(await rotating.logged('secrets.resealed')).toMatchObject({ sources: 1, subscriptions: 1 });
  await stop(rotating);
  const service = await startService({ ...env, ENCRYPTION_KEY: newKey });
  const { id } = inbox.population.createContact();
  await until('the change told', () => subscriber.received.some(({ body }) => body.includes(id)));
  expect(subscriber.received.map(verified)).toMatchObject([{ data: { contact: { _id: id } } }]);
  await stop(service);
  expect(service.log.map(({ msg }) => msg)).not.toContain('secrets.resealed');
});

test('two processes in the middle of a rollout: one that lacks the new key loses nothing for anybody', async () => {
  const { env, inbox, subscriber } = await setUp(true);
  const behind = await startService(env);
  const ahead = await startService({ ...env, ENCRYPTION_KEY: `${newKey},${oldKey}` });
  const created = Array.from({ length: 5 }, () => inbox.population.createContact().id);
  await until('all told', () =>
    created.every((id) => subscriber.received.some(({ body }) => body.includes(id))),
  );
  expect(new Set(subscriber.received.map(({ id }) => id)).size).toBe(5);
  const refused = behind.api.source();
  await expect(refused).rejects.toThrow(/503.*ENCRYPTION_KEY/);
  expect((await ahead.api.source())?.id).toBe('default');
});
