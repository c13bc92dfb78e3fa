import { pino } from 'pino';
import { type Config, readConfig } from '#config.ts';
import { createLog, type Log } from '#log.ts';
import { createParts, type Parts } from '#parts.ts';
import { type Service, startService } from '#service.ts';
import { connect } from '#store/connection.ts';
import type { BenchRedis } from './redis.ts';

const version = 'bench';

/** The environment of a service over this database, with every default but the roles. */
export function environmentOfBench(redisUrl: string): Readonly<Record<string, string>> {
  return {
    REDIS_URL: redisUrl,
    ROLES: 'deliver',
    ADMIN_API_KEY: 'a'.repeat(24),
    ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'),
    DELIVERY_ALLOWED_NETWORKS: '127.0.0.0/8',
  };
}

function configFor(redisUrl: string): Config {
  const read = readConfig(environmentOfBench(redisUrl));
  if (read.kind === 'invalid') throw new TypeError(read.message);
  return read.config;
}

/** Every line is made and written as in production, where somebody else keeps it. */
function openLog(): Log {
  return createLog('info', pino.destination('/dev/null'));
}

/** A service with the role `deliver`, and the parts that it works with. */
export async function startBenchService(redis: BenchRedis): Promise<{
  readonly parts: Parts;
  readonly log: Log;
  readonly service: Service;
}> {
  const log = openLog();
  const made = Promise.withResolvers<Parts>();
  const service = await startService({
    config: configFor(redis.url),
    log,
    version,
    decorate(parts) {
      made.resolve(parts);
      return parts;
    },
  });
  return { parts: await made.promise, log, service };
}

/** The same parts without any stage at work. */
export function openBenchParts(redisUrl: string): AsyncDisposable & {
  readonly parts: Parts;
  readonly log: Log;
} {
  const log = openLog();
  const connection = connect(configFor(redisUrl).redis, (error) => console.error(error));
  const parts = createParts(configFor(redisUrl), connection, () => {}, version);
  return {
    parts,
    log,
    async [Symbol.asyncDispose]() {
      await Promise.all([parts.wakes.close(), parts.inbox.close(), parts.sender.close()]);
      await connection.close();
    },
  };
}
