import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { expect, onTestFinished, test } from 'vitest';
import { findRedisBinary } from '#demo/development-redis.ts';
import { type RedisProcess, startRedisProcess } from '#demo/redis-server.ts';
import { contactsWith, startInbox } from '../support/inbox.ts';
import { command } from '../support/own-redis.ts';
import { environmentFor, startService } from '../support/running-service.ts';
import { startSubscriber } from '../support/subscriber.ts';
import { until } from '../support/until.ts';
import { changeOf, verified } from '../support/webhooks.ts';

/** Folders and servers as docs/operating.md has them, under one address. */
async function startBackedUpRedis(skip: (why: string) => never) {
  const search = await findRedisBinary();
  if (search.kind === 'missing') return skip('No redis-server can run here as a process.');
  const folders: string[] = [];
  const makeFolder = async () => {
    const folder = await mkdtemp(join(tmpdir(), 'inbox-notifier-restore-'));
    folders.push(folder);
    return folder;
  };
  let folder = await makeFolder();
  const start = (port: number | null, ...settings: string[]): Promise<RedisProcess> =>
    startRedisProcess(search.binary, { folder, settings, ...(port !== null && { port }) });
  let server = await start(null, '--appendonly', 'yes');
  const { url, port } = server;
  const backup = join(await makeFolder(), 'dump.rdb');
  onTestFinished(async () => {
    await server.stop('SIGKILL');
    for (const each of folders) await rm(each, { recursive: true, force: true });
  });
  return {
    url,
    async backUp() {
      await command(url, 'BGSAVE');
      await until('a snapshot', () => saysOf(url, 'rdb_bgsave_in_progress:0'));
      await copyFile(join(folder, 'dump.rdb'), backup);
    },
    /** The disk is gone, too. */
    lose: () => server.stop('SIGKILL'),
    async restore() {
      folder = await makeFolder();
      await copyFile(backup, join(folder, 'dump.rdb'));
      server = await start(port, '--appendonly', 'no');
      await command(url, 'CONFIG', 'SET', 'appendonly', 'yes');
      await until('a log', () => saysOf(url, 'aof_rewrite_in_progress:0'));
      await server.stop('SIGTERM');
      server = await start(port, '--appendonly', 'yes');
    },
  };
}

async function saysOf(url: string, line: string): Promise<boolean> {
  const redis = new Redis(url);
  const info = await redis.info('persistence');
  redis.disconnect();
  return info.includes(line);
}

test('a Redis restored from a backup goes on: what was told since comes again under the same ids, and nothing is made up', async ({
  skip,
}) => {
  const redis = await startBackedUpRedis(skip);
  const inbox = await startInbox();
  const { population } = inbox;
  const nextClosed = contactsWith(inbox, 'CLOSED');
  const env = environmentFor(redis.url, inbox);
  const first = await startService(env);
  const subscriber = await startSubscriber();
  const subscription = await first.api.subscribe(subscriber.url);
  await first.logged('baseline.completed');
  population.agentSetsStatus(nextClosed(), 'ONHOLD');
  await subscriber.arrived(1);
  await until('its record', async () => {
    const [delivery] = await first.api.deliveries(subscription);
    return delivery?.status === 'delivered';
  });
  await redis.backUp();

  population.agentSetsStatus(nextClosed(), 'ONHOLD');
  population.createContact();
  await subscriber.arrived(3);
  await redis.lose();
  first.kill('SIGTERM');
  await first.exited;
  const before = [...subscriber.received];

  await redis.restore();
  await startService(env);
  await subscriber.arrived(5);
  population.createContact();
  const after = (await subscriber.arrived(6)).slice(3);
  const idsOf = (webhooks: readonly { readonly id: string }[]) => webhooks.map(({ id }) => id);
  expect(idsOf(after.slice(0, 2)).sort()).toEqual(idsOf(before.slice(1)).sort());
  const told = new Map(subscriber.received.map((each) => [each.id, changeOf(verified(each))]));
  expect(new Set(told.values()).size).toBe(4);
  expect(told.size).toBe(4);
});
