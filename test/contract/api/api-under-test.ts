import { randomBytes } from 'node:crypto';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { pino } from 'pino';
import { expect } from 'vitest';
import { type ApiPorts, createApi } from '#api/app.ts';
import { createAuthentication } from '#api/auth.ts';
import { createMetrics } from '#api/metrics.ts';
import type { Source } from '#domain/source.ts';
import { createRelay } from '#relay/relay-log.ts';
import { createReplays } from '#relay/replay.ts';
import { createBudget } from '#store/budget.ts';
import type { Connection } from '#store/connection.ts';
import type { LaneWake } from '#store/lanes.ts';
import type { Store } from '#store/open-store.ts';
import { readSourceState } from '#store/source-state.ts';
import { createAddressGuard } from '#webhook/address-guard.ts';
import { openConnection, openStore } from '../../support/stage.ts';
import { documentedAnswers } from './documented-answers.ts';

export const adminKey = 'the-key-of-these-tests-24+';
export const version = '9.8.7';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; what each test expects of it is its own. */
  // biome-ignore lint/suspicious/noExplicitAny: tests read many shapes, each checked against the document.
  readonly json: any;
}

export interface CallOptions {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface ApiUnderTest {
  readonly app: OpenAPIHono;
  readonly store: Store;
  readonly connection: Connection;
  readonly lanesWoken: string[];
  readonly pollsWoken: string[];
  /** Sources by the delay of a poll that was woken for later. */
  readonly pollsLater: [sourceId: string, delayMs: number][];
  /** Sources with a schedule. */
  readonly scheduled: Set<string>;
  readonly logLines: Record<string, unknown>[];
  /** Moves only when a test says so. */
  nowMs: number;
  /** With the key and, for a body, as JSON; each answer must be as /openapi.json says. */
  call(method: string, path: string, options?: CallOptions): Promise<Answer>;
}

/** The API over the real store in an empty database, with what it would wake only written down. */
export async function openApi(changes: Partial<ApiPorts> = {}): Promise<ApiUnderTest> {
  const connection = await openConnection();
  return buildApi(connection, changes);
}

/** A busy machine must not turn an answer into a 503. */
const patient = { readyWithinMs: 60_000, answerWithinMs: 60_000 };

export function buildApi(
  connection: Connection,
  changes: Partial<ApiPorts> = {},
  patience: Parameters<typeof createApi>[1] = patient,
): ApiUnderTest {
  const store = openStore(connection);
  const lanesWoken: string[] = [];
  const pollsWoken: string[] = [];
  const pollsLater: [string, number][] = [];
  const scheduled = new Set<string>();
  const logLines: Record<string, unknown>[] = [];
  const write = (line: string) => void logLines.push(JSON.parse(line));
  const newId = () => randomBytes(16).toString('base64url');
  const log = pino({ level: 'debug' }, { write });
  const wake = async (wakes: readonly LaneWake[]) => {
    lanesWoken.push(...wakes.map(({ lane }) => lane));
  };
  const now = () => api.nowMs;
  const relay = createRelay({ ...store, wake, log });
  const isReady = async () => (await connection.redis.ping()) === 'PONG';
  const { apiKeys } = store;
  const ports: ApiPorts = {
    ...store,
    replays: createReplays({ ...store, relay, logIds: store.sources.logIds, wake, now, log }),
    authentication: createAuthentication({ adminKey, apiKeys, isReady, now }),
    version,
    log,
    readSourceState: (sourceId) => readSourceState(connection, sourceId),
    budget: createBudget(connection, newId),
    wakeLanes: wake,
    async wakePoll(sourceId, delayMs = 0) {
      if (delayMs === 0) pollsWoken.push(sourceId);
      else pollsLater.push([sourceId, delayMs]);
    },
    schedules: {
      add: async (sourceId) => void scheduled.add(sourceId),
      remove: async (sourceId) => void scheduled.delete(sourceId),
    },
    requestsPerMinute: 77,
    isReady,
    guard: createAddressGuard([]),
    now,
    newId,
    randomBytes,
    metrics: createMetrics(version),
    countJobs: async () => ({}),
    ...changes,
  };
  const app = createApi(ports, patience);
  const checkAnswer = documentedAnswers(app);
  const api: ApiUnderTest = {
    app,
    store,
    connection,
    lanesWoken,
    pollsWoken,
    pollsLater,
    scheduled,
    logLines,
    nowMs: Date.parse('2026-06-12T10:00:00.000Z'),
    async call(method, path, options = {}) {
      const response = await app.request(path, requestInit(method, options));
      const answer = await readAnswer(response);
      await checkAnswer(method, path, answer);
      return answer;
    },
  };
  return api;
}

function requestInit(method: string, { body, headers }: CallOptions): RequestInit {
  const hasBody = body !== undefined;
  return {
    method,
    headers: {
      authorization: `Bearer ${adminKey}`,
      ...(hasBody ? { 'content-type': 'application/json' } : {}),
      ...headers,
    },
    ...(hasBody ? { body: typeof body === 'string' ? body : JSON.stringify(body) } : {}),
  };
}

async function readAnswer(response: Response): Promise<Answer> {
  const text = await response.text();
  const { status, headers } = response;
  const isJson = /json/.test(headers.get('content-type') ?? '');
  return { status, headers, text, json: isJson ? JSON.parse(text) : undefined };
}

/** That an answer is an RFC 9457 problem of this status, whose detail and errors are left to the test. */
export function expectProblem(answer: Answer, status: number): void {
  expect(answer).toMatchObject({ status, json: { status, type: 'about:blank' } });
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  expect(answer.json.title).toMatch(/^[A-Z]/);
  expect(answer.json.detail).toMatch(/\.$/);
}

/** The paths that `errors` names. */
export function errorPaths({ json }: Answer): string[] {
  return (json.errors as { path: string }[]).map(({ path }) => path);
}

export function makeSource(id: string, changes: Partial<Source> = {}): Source {
  return {
    id,
    provider: 'botpenguin',
    baseUrl: 'https://inbox.example/v1',
    token: `token-of-${id}`,
    requestsPerMinute: 90,
    paused: false,
    createdAt: '2026-06-01T08:00:00.000Z',
    updatedAt: '2026-06-01T08:00:00.000Z',
    ...changes,
  };
}
