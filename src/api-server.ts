import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ServerType, serve } from '@hono/node-server';
import { getConnInfo } from '@hono/node-server/conninfo';
import { createApi } from '#api/app.ts';
import { createAuthentication } from '#api/auth.ts';
import type { Metrics } from '#api/metrics.ts';
import { answersWithin } from '#api/readiness.ts';
import { createDashboard } from '#dashboard/dashboard.ts';
import { createRelay } from '#relay/relay-log.ts';
import { createReplays } from '#relay/replay.ts';
import type { Connection } from '#store/connection.ts';
import { knockSource, readSourceState } from '#store/source-state.ts';
import type { Config } from './config.ts';
import type { InstallationWatch } from './installation.ts';
import type { Log } from './log.ts';
import { newId, type Parts } from './parts.ts';

export interface ApiServer {
  readonly url: string | null;
  close(): Promise<void>;
}

interface ApiServerOptions {
  readonly config: Config;
  readonly log: Log;
  readonly version: string;
  readonly connection: Connection;
  readonly parts: Parts;
  readonly metrics: Metrics;
  readonly installation: InstallationWatch;
}

/** Requests that are still under way after this long are cut when the API closes. */
const closeWithinMs = 1500;
/** How long Redis may take to show that it is there before a page says that it is away. */
const readyWithinMs = 1000;

/** Serves the API on the configured address, where this process has that role. */
export async function startApi(options: ApiServerOptions): Promise<ApiServer> {
  const { config, connection, parts, metrics, installation, log, version } = options;
  if (!config.roles.has('api')) return { url: null, close: async () => {} };
  const wake = parts.wakes.lanes;
  // Any process may relay, so that this one need not wait for another that does.
  const relay = createRelay({ ...parts, wake, log });
  const logIds = () => parts.sources.logIds();
  const isReady = async () => installation.isSound && (await answers(connection));
  // The dashboard's sessions ask the same.
  const authentication = createAuthentication({
    adminKey: config.api.adminKey,
    apiKeys: parts.apiKeys,
    isReady,
    now: Date.now,
  });
  const api = createApi({
    ...parts,
    replays: createReplays({ ...parts, relay, logIds, wake, now: Date.now, log }),
    authentication,
    version,
    log,
    readSourceState: (sourceId) => readSourceState(connection, sourceId),
    wakeLanes: wake,
    countJobs: parts.wakes.countJobs,
    async wakePoll(sourceId, delayMs = 0) {
      // Whoever polls it now would otherwise go on with other parts of the inbox until its time is up.
      if (delayMs === 0) await knockSource(connection, sourceId);
      await parts.wakes.poll(sourceId, delayMs);
    },
    requestsPerMinute: config.inbox.requestsPerMinute,
    isReady,
    now: Date.now,
    newId,
    randomBytes,
    metrics,
  });
  const dashboard = createDashboard({
    ...authentication,
    api,
    sessions: parts.sessions,
    isReady: answersWithin(readyWithinMs, isReady),
    peerOf: (c) => getConnInfo(c).remote.address ?? 'unknown',
    wait: (durationMs, signal) => sleep(durationMs, undefined, { signal }).catch(() => {}),
    randomBytes,
    newId,
    now: Date.now,
    log,
  });
  const listening = Promise.withResolvers<number>();
  const { host, port } = config.api;
  const server = serve({ fetch: dashboard.fetch, hostname: host, port }, (address) => {
    listening.resolve(address.port);
  });
  server.on('error', listening.reject);
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${await listening.promise}`;
  log.info({ url }, 'api.listening');
  return {
    url,
    close() {
      dashboard.close();
      return closeWithin(server);
    },
  };
}

/** Requests under way may end; a client that takes its time must not keep deliveries from being finished. */
function closeWithin(server: ServerType): Promise<void> {
  return new Promise((resolve) => {
    if (!('closeAllConnections' in server)) throw new TypeError('The API is served over HTTP/1.1.');
    const timer = setTimeout(() => server.closeAllConnections(), closeWithinMs);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
}

async function answers({ redis }: Connection): Promise<boolean> {
  // A connection that is away would keep the question until it is back.
  return redis.status === 'ready' && (await redis.ping()) === 'PONG';
}
