import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { Logger } from 'pino';
import { type Problem, RefusalError, type ServeApi } from './api-client.ts';
import { assetRoutes, readAssets } from './assets.ts';
import { addContactPage } from './contact-page.ts';
import { requireCsrfToken, requireSameOrigin } from './csrf.ts';
import type { DashboardContext, DashboardEnv } from './env.ts';
import { addEventPage } from './event-page.ts';
import { addEventsPage } from './events-page.ts';
import { createFailedSignIns } from './failed-sign-ins.ts';
import { addKeysPage } from './keys-page.ts';
import { showPage } from './layout.ts';
import { createLiveStreams } from './live.ts';
import { overviewPage } from './overview-page.ts';
import { addPage, type PagePorts } from './page.ts';
import { problemOf, refusalBody, refusalWords } from './refusal.ts';
import { addSearchPage } from './search-page.ts';
import { securityHeaders } from './security-headers.ts';
import { requireSession, type SessionPorts } from './session.ts';
import { type SignInPorts, signInRoutes } from './sign-in.ts';
import { addSourcePage } from './source-page.ts';
import { addSourcesPage } from './sources-page.ts';
import { addSubscriptionPages } from './subscription-pages.ts';

export interface DashboardPorts
  extends Omit<SessionPorts, 'serveApi'>,
    Omit<SignInPorts, 'failedSignIns'> {
  readonly api: {
    readonly fetch: ServeApi &
      ((request: Request, bindings: object) => Response | Promise<Response>);
  };
  readonly wait: (durationMs: number, signal: AbortSignal) => Promise<void>;
  readonly newId: () => string;
  readonly now: () => number;
  readonly log: Logger;
}

export interface Dashboard {
  /** Serves the pages, and hands everything else to the API. */
  fetch(request: Request, bindings?: object): Response | Promise<Response>;
  /** Ends the live streams. */
  close(): void;
}

/** Every address of the dashboard but the sign-in and the assets: nothing below them is shown to who is not signed in. */
const signedInPaths = [
  '/',
  '/sources/*',
  '/subscriptions/*',
  '/events/*',
  '/contacts/*',
  '/search',
  '/keys/*',
  '/live/*',
  '/sign-out',
];
const ownPaths = [...signedInPaths, '/sign-in', '/assets/*'];
const mostFormBytes = 256 * 1024;

export function createDashboard(ports: DashboardPorts): Dashboard {
  const app = new Hono<DashboardEnv>();
  const assets = readAssets();
  const live = createLiveStreams(ports);
  const pagePorts: PagePorts = { live, now: ports.now, newId: ports.newId };
  app.onError(translateErrors(ports));
  app.use(async (c, next) => {
    c.set('assets', assets);
    await next();
  });
  for (const path of ownPaths) {
    app.use(
      path,
      securityHeaders(),
      requireSameOrigin(),
      bodyLimit({ maxSize: mostFormBytes, onError: tooLarge }),
    );
  }
  for (const path of signedInPaths) {
    app.use(path, requireSession({ ...ports, serveApi: ports.api.fetch }), requireCsrfToken());
  }
  assetRoutes(app, assets);
  signInRoutes(app, { ...ports, failedSignIns: createFailedSignIns(ports.now) });
  addPages(app, pagePorts);
  app.notFound((c) => handOver(ports, c));
  return {
    fetch: (request, bindings) => app.fetch(request, bindings),
    close: () => live.close(),
  };
}

/** Each section adds its pages and its forms. */
function addPages(app: Hono<DashboardEnv>, ports: PagePorts): void {
  addPage(app, ports, overviewPage);
  addSourcesPage(app, ports);
  addSourcePage(app, ports);
  addKeysPage(app, ports);
  addEventsPage(app, ports);
  addEventPage(app, ports);
  addContactPage(app, ports);
  addSearchPage(app, ports);
  addSubscriptionPages(app, ports);
}

/** What is no page is the API's; where that knows nothing either, a browser gets a page that says so. */
async function handOver({ api }: DashboardPorts, c: DashboardContext): Promise<Response> {
  const bindings = c.env as object | undefined;
  const isOwn = ownPaths.some((path) => isBelow(c.req.path, path));
  const answer = isOwn ? null : await api.fetch(c.req.raw, { ...bindings });
  const wantsPage = c.req.method === 'GET' && (c.req.header('accept') ?? '').includes('text/html');
  if (answer !== null && (answer.status !== 404 || !wantsPage)) return answer;
  const problem = {
    status: 404,
    title: 'Not Found',
    detail: 'There is nothing at this address.',
    errors: [],
  };
  const { heading } = refusalWords(problem);
  return showPage(c, { title: heading, section: null, body: refusalBody(problem) }, 404);
}

function isBelow(path: string, pattern: string): boolean {
  if (!pattern.endsWith('/*')) return path === pattern;
  return path === pattern.slice(0, -2) || path.startsWith(pattern.slice(0, -1));
}

/** The dashboard's translator of errors: what the API refuses is a page in plain words, a surprise one log line and its id. */
function translateErrors({ log, newId }: DashboardPorts) {
  return (error: Error, c: DashboardContext): Response | Promise<Response> => {
    const problem = problemOf(error);
    if (problem !== null) return showRefusal(c, problem);
    const errorId = newId();
    log.error({ error_id: errorId, method: c.req.method, err: error }, 'page.failed');
    const detail = `Something went wrong here, not with what you did. The log names it by the id ${errorId}.`;
    return showRefusal(c, { status: 500, title: 'Internal Server Error', detail, errors: [] });
  };
}

function showRefusal(c: DashboardContext, problem: Problem) {
  const { heading } = refusalWords(problem);
  const isAway = problem.status === 503 && c.req.method === 'GET';
  const parts = { title: heading, section: null, body: refusalBody(problem) };
  const refreshing = isAway ? { ...parts, refreshSeconds: 5 } : parts;
  return showPage(c, refreshing, problem.status as Parameters<typeof showPage>[2]);
}

function tooLarge(): never {
  const detail = 'The form holds more than this page takes.';
  throw new RefusalError({ status: 413, title: 'Content Too Large', detail, errors: [] });
}
