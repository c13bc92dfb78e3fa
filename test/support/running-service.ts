import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import type { RunningSimulator } from '#simulator/simulator.ts';
import { type Api, openApi } from './api-client.ts';
import { until } from './until.ts';

export type Environment = Readonly<Record<string, string>>;
export type LogLine = Readonly<Record<string, unknown>> & { readonly msg: string };

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A process of this project and what it says. */
export interface RunningProcess {
  readonly log: readonly LogLine[];
  /** All of stderr so far. */
  errors(): string;
  readonly exited: Promise<Exit>;
  /** The first line of this name that fits, as soon as there is one. */
  logged(msg: string, fits?: (line: LogLine) => boolean): Promise<LogLine>;
  kill(signal: NodeJS.Signals): void;
}

export interface RunningService extends RunningProcess {
  readonly url: string;
  readonly api: Api;
}

const adminKey = 'an-admin-key-for-tests-only';
const projectFolder = fileURLToPath(new URL('../../', import.meta.url));

/** The environment of a service that watches this inbox and may call subscribers on this machine. */
export function environmentFor(
  redisUrl: string,
  simulator: Pick<RunningSimulator, 'url' | 'token'> | null,
  changes: Environment = {},
): Environment {
  return {
    REDIS_URL: redisUrl,
    ADMIN_API_KEY: adminKey,
    ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'),
    HOST: '127.0.0.1',
    PORT: '0',
    ...(simulator && { INBOX_BASE_URL: simulator.url, INBOX_API_TOKEN: simulator.token }),
    INBOX_REQUESTS_PER_MINUTE: '1000000',
    POLL_INTERVAL_MS: '300',
    SWEEP_INTERVAL_MS: '300',
    POLL_LOOKBACK_MS: '5000',
    DELIVERY_ALLOWED_NETWORKS: '127.0.0.0/8',
    ...changes,
  };
}

/** Tests that run beside others have to hand in their own `onTestFinished`. */
export type Cleanup = (clean: () => Promise<void> | void) => void;

/** Starts a program of this project with nothing but `env`; it never outlives the test. */
export function startProcess(
  [command, ...args]: readonly [string, ...string[]],
  env: Environment,
  onFinished: Cleanup = onTestFinished,
): RunningProcess {
  const child = spawn(command, args, {
    cwd: projectFolder,
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      // Hundreds are started: what was compiled once is read again, which halves the time of a start.
      NODE_COMPILE_CACHE: `${projectFolder}node_modules/.cache/inbox-notifier/compiled`,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`There is no program ${command}.`);
  const { log, errors } = listen(child);
  const exited = new Promise<Exit>((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal }));
  });
  let ended: 'ended' | null = null;
  void exited.then(() => {
    ended = 'ended';
  });
  onFinished(async () => {
    // npm does not pass SIGKILL on to the service, which writes its own pid into every line.
    const pids = ended ? [] : [pid, ...log.map((line) => Number(line.pid))];
    for (const each of new Set(pids)) killIfAlive(each);
    await exited;
  });
  return {
    log,
    exited,
    errors,
    async logged(msg, fits = () => true) {
      const find = () => log.find((line) => line.msg === msg && fits(line));
      const seen = await until(`a log line ${msg}`, () => find() ?? ended);
      if (seen === 'ended') throw new Error(`It ended without saying ${msg}: ${errors()}`);
      return seen;
    },
    kill: (signal) => void child.kill(signal),
  };
}

function killIfAlive(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself just now.
  }
}

/** `main` is what the process runs, relative to the project. Resolves when the service is ready. */
export async function startService(
  env: Environment,
  { main = 'src/main.ts', onFinished = onTestFinished as Cleanup } = {},
): Promise<RunningService> {
  const running = startProcess([process.execPath, main], env, onFinished);
  const service = await listening(running);
  await until('a ready service', async () => (await fetch(`${service.url}/readyz`)).ok);
  return service;
}

/** The process as soon as it says where its API listens, ready or not. */
export async function listening(running: RunningProcess): Promise<RunningService> {
  const url = String((await running.logged('api.listening')).url);
  return { ...running, url, api: openApi(url, adminKey) };
}

/** A process without the role `api`, once what it works with stands in Redis. */
export async function startWorker(env: Environment): Promise<RunningProcess> {
  const worker = startProcess([process.execPath, 'src/main.ts'], env);
  await worker.logged('service.installed');
  return worker;
}

function listen(child: ChildProcessByStdio<null, Readable, Readable>) {
  const log: LogLine[] = [];
  let errors = '';
  createInterface(child.stdout).on('line', (line) => {
    // npm announces the script before the service speaks.
    if (line.startsWith('{')) log.push(JSON.parse(line) as LogLine);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  return { log, errors: () => errors };
}
