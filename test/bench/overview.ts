import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { commitPage } from '#poll/commit-page.ts';
import { environmentOfBench, openBenchParts } from './installation.ts';
import { diffContext, makeContacts, makeEvents, makeSubscription } from './material.ts';
import { createPublisher } from './publisher.ts';
import type { BenchRedis } from './redis.ts';
import type { Benchmark, Row } from './row.ts';
import { startSink } from './sink.ts';
import { clockMs, median, percentile } from './statistics.ts';

const contactCount = 100_000;
const subscriptionCount = 1000;
const eventCount = 10_000;
/** Each subscription wants one of so many logs, so that every event has a few subscribers. */
const logCount = 100;
const pageSize = 100;
const pageViews = 40;
/** Totals are shared for a second, so whoever looks sooner waits less. */
const apartMs = 1100;
const aimMs = 50;

/** What somebody waits for who opens the dashboard beside a service with much to tell. */
export const overview: Benchmark = {
  name: 'overview',
  async run(redis) {
    await using sink = await startSink(logCount);
    await fill(redis, sink.urls);
    await using service = await startService(redis.url);
    await service.untilDelivered();
    return [await measure(service)];
  },
};

async function fill(redis: BenchRedis, urls: readonly string[]): Promise<void> {
  await using opened = openBenchParts(redis.url);
  const { parts } = opened;
  const contacts = makeContacts(contactCount);
  const source = 'source-0';
  const at = new Date().toISOString();
  await parts.sources.create({
    id: source,
    inboxId: 'inbox',
    hintSecret: 'hint',
    provider: 'botpenguin',
    baseUrl: 'http://127.0.0.1:9',
    token: 'token',
    requestsPerMinute: 90,
    // What is measured is the page, not the reading of an inbox.
    paused: true,
    createdAt: at,
    updatedAt: at,
  });
  const grant = await parts.sourceLeases.acquire(source);
  if (grant.kind !== 'acquired') throw new Error(`The lease is ${grant.kind}.`);
  for (let start = 0; start < contacts.length; start += pageSize) {
    const page = contacts.slice(start, start + pageSize);
    await commitPage(parts.contacts, grant.epoch, page, diffContext(source), () => ({}));
  }
  for (let number = 0; number < subscriptionCount; number += 1) {
    const log = number % logCount;
    const subscription = makeSubscription(number, urls[log] ?? '', [`log-${log}`]);
    await parts.lanes.create(subscription.id, new Map());
    await parts.subscriptions.create(subscription);
  }
  const publisher = createPublisher(opened);
  const perLog = eventCount / logCount;
  for (let log = 0; log < logCount; log += 1) {
    const events = makeEvents(`log-${log}`, contacts.slice(log * perLog, (log + 1) * perLog));
    await publisher.commit(`log-${log}`, events);
    await publisher.relay(`log-${log}`);
  }
}

interface OverviewService extends AsyncDisposable {
  untilDelivered(): Promise<void>;
  /** Signed in, the whole answer read; ms. */
  view(): Promise<number>;
}

/** `npm start`, as a process of its own. */
async function startService(redisUrl: string): Promise<OverviewService> {
  const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
  const changes = { ROLES: 'api,poll,deliver', HOST: '127.0.0.1', PORT: '0' };
  const key = 'a-key-of-the-benchmark-alone';
  const env = { ...environmentOfBench(redisUrl), ...changes, ADMIN_API_KEY: key };
  const child = spawn(process.execPath, [main], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const listening = Promise.withResolvers<string>();
  createInterface(child.stdout).on('line', (line) => {
    if (line.includes('"api.listening"')) listening.resolve(JSON.parse(line).url);
  });
  child.on('exit', (code) => listening.reject(new Error(`The service ended with code ${code}.`)));
  const url = await listening.promise;
  while (!(await fetch(`${url}/readyz`)).ok) await sleep(100);
  const signedIn = await fetch(`${url}/sign-in`, {
    method: 'POST',
    body: new URLSearchParams({ key }),
    redirect: 'manual',
  });
  const cookie = signedIn.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  return {
    async untilDelivered() {
      const headers = { authorization: `Bearer ${key}` };
      for (;;) {
        const answer = await fetch(`${url}/v1/overview`, { headers });
        // A process that delivers as fast as it can may need too long for a total.
        const { deliveries } = (await answer.json()) as { deliveries?: { waiting: number } };
        if (deliveries?.waiting === 0) return;
        await sleep(500);
      }
    },
    async view() {
      const startedMs = clockMs();
      const answer = await fetch(url, { headers: { cookie } });
      const text = await answer.text();
      if (!text.includes('Is everything delivered?')) throw new Error(`It was answered ${text}.`);
      return clockMs() - startedMs;
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

async function measure(service: OverviewService): Promise<Row> {
  const first = await service.view();
  const durations: number[] = [];
  for (let view = 0; view < pageViews; view += 1) {
    await sleep(apartMs);
    durations.push(await service.view());
  }
  const soonMs = await service.view();
  const mostMs = percentile(durations, 0.95);
  const figures = [
    `p95 ${mostMs.toFixed(1)} ms of ${aimMs}`,
    `median ${median(durations).toFixed(1)} ms`,
    `the first ${first.toFixed(1)} ms`,
    `within a second of another ${soonMs.toFixed(1)} ms`,
    `${contactCount} contacts, ${subscriptionCount} subscriptions, ${eventCount} events`,
  ];
  return {
    name: 'overview page',
    ratio: mostMs / aimMs,
    aim: { atMost: 1 },
    figures: figures.join(', '),
  };
}
