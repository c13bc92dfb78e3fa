import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { expect, onTestFinished, test } from 'vitest';
import { startInbox } from '../support/inbox.ts';
import { freshRedisUrl } from '../support/redis.ts';
import { type Environment, environmentFor, startService } from '../support/running-service.ts';

const projectFolder = fileURLToPath(new URL('../../', import.meta.url));

interface Visit {
  readonly code: number | null;
  readonly said: string;
  readonly complained: string;
}

async function visit(env: Environment, ...options: string[]): Promise<Visit> {
  const doctor = spawn(process.execPath, ['src/doctor/main.ts', ...options], {
    cwd: projectFolder,
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void doctor.kill('SIGKILL'));
  const ended = once(doctor, 'close');
  const [said, complained] = await Promise.all([text(doctor.stdout), text(doctor.stderr)]);
  const [code] = (await ended) as [number | null];
  return { code, said, complained };
}

/** Level and name of each check that `--json` tells of. */
async function visited(env: Environment): Promise<{ code: number | null; levels: string[] }> {
  const { code, said } = await visit(env, '--json');
  const { findings } = JSON.parse(said) as { findings: { check: string; level: string }[] };
  return { code, levels: findings.map(({ check, level }) => `${level} ${check}`) };
}

/** Every key with its content, but for those that end by themselves, as those of the token's budget do. */
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

test('beside a service that runs, all is found in order, and nothing is written', async () => {
  const inbox = await startInbox({ contacts: 50 });
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  const env = environmentFor(await freshRedisUrl(), inbox, {
    PORT: String(port),
    POLL_INTERVAL_MS: '2000',
    INBOX_REQUESTS_PER_MINUTE: '100',
  });
  const service = await startService(env);
  await service.logged('baseline.completed');
  const first = await visited(env);
  expect(first.code).toBe(0);
  expect(first.levels).toEqual(
    expect.arrayContaining([
      'ok redis',
      'ok redis.version',
      'ok keys.stored',
      'ok api.port',
      'ok inbox',
      'ok inbox.filters',
      'ok inbox.clock',
      'ok source.default',
    ]),
  );
  service.kill('SIGTERM');
  await service.exited;
  const before = await dump(env.REDIS_URL ?? '');
  expect((await visit(env)).said).toContain('the service does not run here now');
  expect(await dump(env.REDIS_URL ?? '')).toEqual(before);
});

test('an inbox that refuses the token is a problem that says what to do', async () => {
  const inbox = await startInbox();
  const env = environmentFor(await freshRedisUrl(), inbox, { INBOX_API_TOKEN: 'of-yesterday' });
  const { code, said } = await visit(env);
  expect(code).toBe(1);
  expect(said).toMatch(/^problem {2}The inbox at .+ was answered 401/);
  expect(said).toMatch(/Do: {2}Give the source a valid token \(INBOX_API_TOKEN\)/);
  expect(said).not.toContain('of-yesterday');
});

test('a token that was changed through the API is the one that is tried', async () => {
  const inbox = await startInbox();
  const env = environmentFor(await freshRedisUrl(), inbox, { INBOX_API_TOKEN: 'of-yesterday' });
  const service = await startService(env);
  await service.logged('poll.failed');
  await service.api.change('default', { token: inbox.token });
  await service.logged('poll.completed');
  expect((await visited(env)).levels).toContain('ok inbox');
});

test('a Redis that is away is told at once, and the rest is looked at all the same', async () => {
  const inbox = await startInbox();
  const env = environmentFor('redis://:sesame@127.0.0.1:1', inbox, {
    INBOX_REQUESTS_PER_MINUTE: '90',
  });
  const { code, said } = await visit(env);
  expect(code).toBe(1);
  expect(said).toMatch(/^problem {2}Redis at 127\.0\.0\.1:1 cannot be used: .+\n.+\n.+Start Redis/);
  expect(said).toMatch(/^ok {7}The inbox at .+ takes the token/m);
  expect(said).not.toContain('sesame');
});

test('what another key sealed is told', async () => {
  const inbox = await startInbox();
  const env = environmentFor(await freshRedisUrl(), inbox);
  const service = await startService(env);
  service.kill('SIGTERM');
  await service.exited;
  const other = { ...env, ENCRYPTION_KEY: Buffer.alloc(32, 9).toString('base64') };
  const { code, levels } = await visited(other);
  expect(code).toBe(1);
  expect(levels).toContain('problem keys.stored');
});

test('an environment that does not fit is refused as npm start refuses it', async () => {
  const { code, said, complained } = await visit({ PORT: 'none', ADMIN_API_KEY: 'short' });
  expect(code).toBe(78);
  expect(said).toBe('');
  expect(complained).toContain('The environment does not fit; nothing was started.');
  for (const name of ['REDIS_URL', 'ADMIN_API_KEY', 'PORT']) expect(complained).toContain(name);
});

test('an option that there is none is told', async () => {
  expect(await visit({}, '--jason')).toEqual({
    code: 2,
    said: '',
    complained: 'The doctor knows one option: npm run doctor -- --json\n',
  });
});
