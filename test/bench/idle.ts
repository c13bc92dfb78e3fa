import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { IdleInboxOrder, IdleInboxReport } from './idle-inbox-main.ts';
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
    await using inbox = await startInbox(tokens);
    await makeSources(redis, inbox.url, tokens);
    await using service = await startService(redis.url);
    while ((await service.watching()) < sourceCount) await sleep(1000);
    // Until the burst of the baselines is over and everyone is back at its own moment.
    await sleep(settledMs);
    return await measure(redis, service, inbox);
  },
};

interface IdleInbox extends AsyncDisposable {
  readonly url: string;
  asked(): Promise<Extract<IdleInboxReport, { kind: 'asked' }>>;
}

async function startInbox(tokens: readonly string[]): Promise<IdleInbox> {
  const child = fork(fileURLToPath(new URL('./idle-inbox-main.ts', import.meta.url)));
  const exited = once(child, 'exit');
  const ask = async (order: IdleInboxOrder): Promise<IdleInboxReport> => {
    const answered = once(child, 'message');
    child.send(order);
    return (await answered)[0];
  };
  const listening = await ask({ contacts: contactCount, tokens });
  if (listening.kind !== 'listening') throw new TypeError('The inbox does not listen.');
  return {
    url: listening.url,
    async asked() {
      const report = await ask({ report: true });
      if (report.kind !== 'asked') throw new TypeError('The inbox tells something else.');
      return report;
    },
    async [Symbol.asyncDispose]() {
      child.disconnect();
      await exited;
    },
  };
}

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
  /** Sources with a complete baseline. */
  watching(): Promise<number>;
  /** Of `/metrics`. */
  metric(name: string): Promise<number>;
  /** How long `/metrics` takes. */
  scrapeMs(): Promise<number>;
  /** Lines of the log that tell of trouble, so far. */
  warnings(): number;
}

/** `npm start`, as a process of its own. */
async function startService(redisUrl: string): Promise<IdleService> {
  const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
  const address = { HOST: '127.0.0.1', PORT: '0' };
  const env = { ...environmentOfBench(redisUrl), ROLES: 'api,poll,deliver', ...address };
  const child = spawn(process.execPath, [main], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const listening = Promise.withResolvers<string>();
  let warnings = 0;
  createInterface(child.stdout).on('line', (line) => {
    if (line.includes('"api.listening"')) listening.resolve(JSON.parse(line).url);
    if (!line.includes('"level":"info"')) warnings += 1;
  });
  const url = await listening.promise;
  const scrape = async () => (await fetch(`${url}/metrics`)).text();
  return {
    async watching() {
      return (await scrape()).split('state="watching"} 1').length - 1;
    },
    async metric(name) {
      return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(await scrape())?.[1]);
    },
    async scrapeMs() {
      const startedMs = clockMs();
      await scrape();
      return clockMs() - startedMs;
    },
    warnings: () => warnings,
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

async function measure(redis: BenchRedis, service: IdleService, inbox: IdleInbox): Promise<Row[]> {
  const cpu = () => service.metric('process_cpu_seconds_total');
  const before = { cpu: await cpu(), calls: total(await redis.commandCalls()) };
  const warned = service.warnings();
  await inbox.asked();
  const startedMs = clockMs();
  await sleep(measuredMs);
  const { requests, pollsAtMs } = await inbox.asked();
  const perSecond = (count: number) => (count * 1000) / (clockMs() - startedMs);
  const polls = perSecond(pollsAtMs.length);
  const most = mostInASecond(pollsAtMs);
  const figures = [
    `${polls.toFixed(0)} polls/s`,
    `${perSecond(requests).toFixed(0)} inbox requests/s`,
    `${perSecond(total(await redis.commandCalls()) - before.calls).toFixed(0)} Redis commands/s`,
  ];
  const share = perSecond((await cpu()) - before.cpu);
  const megabytes = (await service.metric('process_resident_memory_bytes')) / 2 ** 20;
  figures.push(
    `${megabytes.toFixed(0)} MiB`,
    `/metrics in ${(await service.scrapeMs()).toFixed(0)} ms`,
    `${service.warnings() - warned} warnings`,
  );
  return [
    {
      name: 'idle, share of a core',
      ratio: share,
      aim: { atMost: 1 },
      figures: `${sourceCount} sources of ${contactCount} contacts: ${figures.join(', ')}`,
    },
    {
      name: 'idle, spread',
      ratio: most / polls,
      aim: { atMost: 2 },
      figures: `most polls begun in a second, ${most}, over the mean`,
    },
  ];
}

function total(calls: ReadonlyMap<string, number>): number {
  return [...calls.values()].reduce((sum, count) => sum + count, 0);
}

function mostInASecond(startedMs: readonly number[]): number {
  const counts = Map.groupBy(startedMs, (atMs) => Math.floor(atMs / 1000));
  return Math.max(...[...counts.values()].map(({ length }) => length));
}
