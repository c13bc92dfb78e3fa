import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

/** A `redis-server` or `valkey-server` that is known to run here. */
export interface RedisBinary {
  readonly path: string;
  /** Where the libraries lie that the system lacks. */
  readonly libraryPath?: string;
  readonly version: string;
}

export interface RedisProcess {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Sends the signal and waits until the process is gone; more than once is harmless. */
  stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

class RedisStartError extends Error {
  override readonly name = 'RedisStartError';
}

/** The binary with its version, or null where it is missing or does not run. */
export async function inspectBinary(
  path: string,
  libraryPath?: string,
): Promise<RedisBinary | null> {
  const where = libraryPath === undefined ? { path } : { path, libraryPath };
  try {
    const { stdout } = await promisify(execFile)(path, ['--version'], {
      env: environmentOf(where),
      timeout: 5000,
    });
    return { ...where, version: /v=(\S+)/.exec(stdout)?.[1] ?? 'of unknown version' };
  } catch {
    return null;
  }
}

/** Looks along `searchPath` (as in `PATH`) for Redis, then for Valkey. */
export async function findBinaryOnPath(searchPath: string): Promise<RedisBinary | null> {
  for (const name of ['redis-server', 'valkey-server']) {
    for (const folder of searchPath.split(':').filter((part) => part !== '')) {
      const binary = await inspectBinary(join(folder, name));
      if (binary !== null) return binary;
    }
  }
  return null;
}

/**
 * Starts a server on 127.0.0.1 that keeps nothing unless `settings` say so, and resolves when it accepts connections.
 * Without a `port` it takes a free one.
 */
export async function startRedisProcess(
  binary: RedisBinary,
  options: {
    readonly folder: string;
    readonly port?: number;
    readonly settings?: readonly string[];
  },
): Promise<RedisProcess> {
  // Between looking for a free port and binding it, somebody else may take it.
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await launch(binary, { ...options, port: options.port ?? (await freePort()) });
    } catch (error) {
      const portTaken = error instanceof RedisStartError && /in use|listening/i.test(error.message);
      if (!portTaken || options.port !== undefined || attempt === 5) throw error;
    }
  }
}

// The shell becomes the server; what stays behind holds the other end of our pipe and kills the server once the pipe
// closes, which the kernel sees to however we die. `$$` is the server's pid.
const dieWithParent =
  'exec 3<&0; ( { cat <&3; kill -9 $$; } >/dev/null 2>&1 & ); exec "$@" </dev/null 3<&-';

async function launch(
  binary: RedisBinary,
  options: {
    readonly folder: string;
    readonly port: number;
    readonly settings?: readonly string[];
  },
): Promise<RedisProcess> {
  const { folder, port, settings = [] } = options;
  const throwAway = ['--bind', '127.0.0.1', '--port', `${port}`, '--dir', folder];
  const defaults = ['--save', '', '--appendonly', 'no', '--databases', '512', '--hz', '100'];
  const child = spawn(
    'sh',
    ['-c', dieWithParent, 'sh', binary.path, ...throwAway, ...defaults, ...settings],
    // A session of its own, so that Ctrl-C reaches us first and the service can still say goodbye to Redis.
    { detached: true, stdio: ['pipe', 'pipe', 'inherit'], env: environmentOf(binary) },
  );
  const exited = once(child, 'exit').then(() => {
    child.stdin.destroy();
  });
  const said: string[] = [];
  let ready = false;
  for await (const line of createInterface(child.stdout)) {
    said.push(line);
    ready = line.includes('Ready to accept connections');
    if (ready) break;
  }
  child.stdout.resume();
  if (!ready || child.pid === undefined) {
    await exited;
    throw new RedisStartError(`${binary.path} did not start: ${said.slice(-5).join(' ')}`);
  }
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    pid: child.pid,
    async stop(signal) {
      child.kill(signal);
      await exited;
    },
  };
}

function environmentOf(binary: { readonly libraryPath?: string }): NodeJS.ProcessEnv {
  return binary.libraryPath === undefined
    ? process.env
    : { ...process.env, LD_LIBRARY_PATH: binary.libraryPath };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new RedisStartError('No free port.');
  return address.port;
}
