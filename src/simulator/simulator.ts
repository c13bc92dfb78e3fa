import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createAdaptorServer } from '@hono/node-server';
import { Hono } from 'hono';

import { controlRoutes } from './controls.ts';
import { errorBody } from './errors.ts';
import { spoil } from './faults.ts';
import { createPageReader } from './page-reader.ts';
import { createPopulation, type Population } from './population.ts';
import { createRandom } from './random.ts';
import { createRequestLog, type RequestLog } from './request-log.ts';
import { completeSettings, type SimulatorOptions, type SimulatorSettings } from './settings.ts';
import { createUsersEndpoint, type UsersAnswer, type UsersRequest } from './users-endpoint.ts';

/** An inbox to try things on: BotPenguin's documented endpoint over people who are played. */
export interface Simulator {
  /** Answers with or without a socket: `app.request('/inbox/users', …)` works in-process. */
  readonly app: Hono;
  /** The same endpoint without HTTP, waits and spoilt answers, five times as fast: hours can be simulated in seconds. */
  readonly answerUsers: (request: UsersRequest) => UsersAnswer;
  readonly population: Population;
  readonly requests: RequestLog;
  /** As the inbox was opened. */
  readonly settings: SimulatorSettings;
  /** From now on, whatever the settings say. */
  readonly setPageSize: (pageSize: number) => void;
}

/**
 * `now` is epoch ms and may be a clock that jumps; the inbox's own clock, which stamps everything in it, runs
 * `clockOffsetMs` ahead. `wait` is asked only where `latencyMs` is set.
 */
export function createSimulator(
  options: SimulatorOptions,
  now: () => number,
  wait: (ms: number) => Promise<unknown> = sleepLightly,
): Simulator {
  const settings = completeSettings(options);
  const inboxNow = () => now() + settings.clockOffsetMs;
  const population = createPopulation(settings, inboxNow);
  const requests = createRequestLog();
  const random = createRandom(settings.seed, 4);
  const pages = createPageReader(settings, population);
  const { setPageSize } = pages;
  const answerUsers = createUsersEndpoint({
    settings,
    population,
    requests,
    random,
    pages,
    now: inboxNow,
  });
  const app = new Hono();
  const { min, max } = settings.latencyMs;

  app.post('/inbox/users', async ({ req }) => {
    const answer = answerUsers({
      authorization: req.header('authorization'),
      authtype: req.header('authtype'),
      contentType: req.header('content-type'),
      body: await req.text(),
    });
    if (max > 0) await wait(min + random.next() * (max - min));
    const headers = new Headers({
      'content-type': 'application/json; charset=utf-8',
      date: new Date(inboxNow()).toUTCString(),
    });
    if (answer.retryAfterSeconds !== undefined) {
      headers.set('retry-after', String(answer.retryAfterSeconds));
    }
    const { status, body } = answer;
    return spoil(answer.fault, { status, headers, body }, req.raw.signal);
  });
  if (settings.controls) {
    const { seed } = settings;
    app.route(
      '/simulator',
      controlRoutes({ population, requests, setPageSize, seed, now: inboxNow }),
    );
  }
  app.notFound((c) => c.json(errorBody(404), 404));
  return { app, answerUsers, population, requests, settings, setPageSize };
}

/** Answers that are still to come keep no process alive. */
function sleepLightly(ms: number): Promise<void> {
  return sleep(ms, undefined, { ref: false });
}

/** A simulator behind a port; port 0 takes a free one. */
export interface RunningSimulator extends Simulator {
  /** The API root, without `/inbox/users`. */
  readonly url: string;
  readonly token: string;
  /** Cuts what is still being answered. */
  close(): Promise<void>;
}

/** Rejects when the address cannot be had. */
export async function startSimulator(
  options: SimulatorOptions = {},
  { host = '127.0.0.1', port = 0, now = Date.now } = {},
): Promise<RunningSimulator> {
  const simulator = createSimulator(options, now);
  const server = createAdaptorServer({ fetch: simulator.app.fetch });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const address = server.address() as AddressInfo;
  const urlHost = host.includes(':') ? `[${host}]` : host;
  return {
    ...simulator,
    url: `http://${urlHost}:${address.port}`,
    token: simulator.settings.tokens[0] ?? '',
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        if ('closeAllConnections' in server) server.closeAllConnections();
      }),
  };
}
