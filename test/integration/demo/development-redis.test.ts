import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { findRedisBinary, startDevelopmentRedis } from '#demo/development-redis.ts';

test('REDIS_URL comes before every other Redis and is left running', async () => {
  const redis = await startDevelopmentRedis({ env: { REDIS_URL: 'redis://example.test:1/2' } });
  expect(redis.url).toBe('redis://example.test:1/2');
  await redis.close();
});

test('without REDIS_URL a Redis of many databases is started, and closing ends it', async () => {
  const started = await startDevelopmentRedis({ env: { ...process.env, REDIS_URL: '' } });
  const redis = new Redis(started.url, { retryStrategy: () => null });
  expect(await redis.config('GET', 'databases')).toEqual(['databases', '512']);
  expect(await redis.config('GET', 'save')).toEqual(['save', '']);
  const ended = once(redis, 'end');
  await started.close();
  await ended;
});

const startAndReport = `
  const { findRedisBinary } = await import('#demo/development-redis.ts');
  const { startRedisProcess } = await import('#demo/redis-server.ts');
  const { binary } = await findRedisBinary();
  const server = await startRedisProcess(binary, { folder: '/tmp' });
  console.log(server.port);
`;

test('a server that was started dies with the process that started it, however that dies', async ({
  skip,
}) => {
  if ((await findRedisBinary()).kind === 'missing') return skip('No redis-server can run here.');
  const parent = spawn(process.execPath, ['--input-type=module', '--eval', startAndReport], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [port] = (await once(createInterface(parent.stdout), 'line')) as [string];
  const socket = connect(Number(port), '127.0.0.1').resume();
  await once(socket, 'connect');
  // A reset is as good an end as any; `once` would take it for a failure.
  const closed = new Promise((resolve) => socket.on('error', () => {}).on('close', resolve));
  parent.kill('SIGKILL');
  await closed;
});
