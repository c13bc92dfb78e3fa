import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { noActivity } from '#simulator/settings.ts';
import { startSimulator } from '#simulator/simulator.ts';
import { environmentOfBench, openBenchParts } from './installation.ts';
import type { BenchRedis } from './redis.ts';
import type { Benchmark, Row } from './row.ts';
import { clockMs } from './statistics.ts';

const sourceCount = 1000;
const contactCount = 50;
const settledMs = 30_000;
const measuredMs = 40_000;

/** What a thousand inboxes in which nothing happens cost one process with every default. */
export const idle: Benchmark = {
  name: 'idle',
  async run(redis) {
    const tokens = Array.from({ length: sourceCount }, (_, index) => `token-${index}`);
    const quiet = { activityPerMinute: noActivity, requestsPerMinute: 1e9 };
    const simulator = await startSimulator({ contacts: contactCount, tokens, ...quiet });
    try {
      await makeSources(redis, simulator.url, tokens);
      await using service = startService(redis.url);
      await service.baselined;
      return await measure(redis, service, () => simulator.requests.received.length);
    } finally {
      await simulator.close();
    }
  },
};

async function makeSources(
  redis: BenchRedis,
  baseUrl: string,
  tokens: readonly string[],
): Promise<void> {
  await using opened = openBenchParts(redis.url);
  const at = new Date().toISOString();
  const common = { provider: 'botpenguin', baseUrl, requestsPerMinute: 90, paused: false } as const;
  for (const [index, token] of tokens.entries()) {
    const names = { id: `source-${index}`, hintSecret: `hint-${index}`, inboxId: 'inbox' };
    const made = { ...common, ...names, token, createdAt: at, updatedAt: at };
    await opened.parts.sources.create(made);
  }
}

interface IdleService extends AsyncDisposable {
  /** When every source has read its inbox once. */
  readonly baselined: Promise<void>;
  /** Since the last call: how many polls ended in each second of the interval. */
  takePolls(): number[];
  /** Of `/metrics`. */
  metric(name: string): Promise<number>;
  /** How long `/metrics` takes. */
  scrapeMs(): Promise<number>;
}

/** `npm start`, as a process of its own. */
function startService(redisUrl: string): IdleService {
  const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
  const address = { HOST: '127.0.0.1', PORT: '0' };
  const env = { ...environmentOfBench(redisUrl), ROLES: 'api,poll,deliver', ...address };
  const child = spawn(process.execPath, [main], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const url = Promise.withResolvers<string>();
  const baselined = Promise.withResolvers<void>();
  let baselines = 0;
  let polls: number[] = [];
  readLines(child, ({ msg, url: listening, duration_ms, time }) => {
    if (msg === 'api.listening') url.resolve(String(listening));
    if (msg === 'baseline.completed') baselines += 1;
    if (baselines === sourceCount) baselined.resolve();
    if (msg === 'poll.completed')
      polls.push(new Date(time as string).getTime() - Number(duration_ms));
  });
  const scrape = async () => (await fetch(`${await url.promise}/metrics`)).text();
  return {
    baselined: baselined.promise,
    takePolls() {
      const taken = polls;
      polls = [];
      return taken;
    },
    async metric(name) {
      return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(await scrape())?.[1]);
    },
    async scrapeMs() {
      const startedMs = clockMs();
      await scrape();
      return clockMs() - startedMs;
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

function readLines(
  { stdout }: ChildProcess,
  onLine: (line: Readonly<Record<string, unknown>>) => void,
): void {
  if (stdout === null) throw new TypeError('The log is on stdout.');
  createInterface(stdout).on('line', (line) => onLine(JSON.parse(line)));
}

async function measure(
  redis: BenchRedis,
  service: IdleService,
  requests: () => number,
): Promise<Row[]> {
  // Until the burst of the baselines is over and everyone is back at its own moment.
  await sleep(settledMs);
  const cpu = () => service.metric('process_cpu_seconds_total');
  const before = { cpu: await cpu(), commands: await redis.commandCalls(), requests: requests() };
  service.takePolls();
  const startedMs = clockMs();
  await sleep(measuredMs);
  const seconds = (clockMs() - startedMs) / 1000;
  const polls = service.takePolls();
  const commands = await redis.commandCalls();
  const share = ((await cpu()) - before.cpu) / seconds;
  const megabytes = (await service.metric('process_resident_memory_bytes')) / 2 ** 20;
  const perSecond = (count: number) => count / seconds;
  const spread = mostInASecond(polls) / perSecond(polls.length);
  const calls = [...commands].map(
    ([name, count]) => [name, perSecond(count - (before.commands.get(name) ?? 0))] as const,
  );
  const total = calls.reduce((sum, [, count]) => sum + count, 0);
  const busiest = calls.sort(([, one], [, other]) => other - one).slice(0, 12);
  console.error(busiest.map(([name, count]) => `${name} ${count.toFixed(0)}/s`).join(', '));
  const scrapeMs = await service.scrapeMs();
  const figures = [
    `${perSecond(polls.length).toFixed(0)} polls/s`,
    `${perSecond(requests() - before.requests).toFixed(0)} inbox requests/s`,
    `${total.toFixed(0)} Redis commands/s`,
    `${megabytes.toFixed(0)} MiB`,
    `/metrics in ${scrapeMs.toFixed(0)} ms`,
  ];
  return [
    {
      name: 'idle, share of a core',
      ratio: share,
      aim: { atMost: 1 },
      figures: `${sourceCount} sources of ${contactCount} contacts: ${figures.join(', ')}`,
    },
    {
      name: 'idle, spread',
      ratio: spread,
      aim: { atMost: 2 },
      figures: `most polls begun in a second, ${mostInASecond(polls)}, over the mean`,
    },
  ];
}

function mostInASecond(startedMs: readonly number[]): number {
  const counts = Map.groupBy(startedMs, (atMs) => Math.floor(atMs / 1000));
  return Math.max(...[...counts.values()].map(({ length }) => length));
}
