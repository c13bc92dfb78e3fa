import type { Hono } from 'hono';
import type { Html } from './components.ts';
import type { DashboardContext, DashboardEnv, SignedIn } from './env.ts';
import { type Section, showPage } from './layout.ts';
import { createFragments, type LiveStreams } from './live.ts';
import { findNotice } from './notices.ts';
import type { ViewContext } from './view-context.ts';

/** One page: what it reads, and how that is shown. */
export interface Page<T> {
  /** Such as `/sources/:id`. */
  readonly path: string;
  /** The part of the dashboard that it belongs to. */
  readonly section: Section;
  /** Asks the API, with `c.get('api')`. */
  readonly load: (c: DashboardContext) => Promise<T>;
  readonly title: (data: T) => string;
  readonly view: (data: T, view: ViewContext) => Html;
  /** It shows plots, which takes another script. */
  readonly plots?: boolean;
  /** Nothing of it changes while somebody looks. */
  readonly still?: boolean;
  /** What its live stream is told besides its own address, such as where its list begins; null: this one stands still. */
  readonly liveQuery?: (data: T) => Readonly<Record<string, string>> | null;
}

export interface PagePorts {
  readonly live: LiveStreams;
  readonly now: () => number;
  readonly newId: () => string;
}

/** Serves a page at its path, and what is live of it at `/live` and its path. */
export function addPage<T>(app: Hono<DashboardEnv>, ports: PagePorts, page: Page<T>): void {
  app.get(page.path, async (c) => {
    const data = await page.load(c);
    const view = viewContext(c.get('signedIn'), ports.now());
    return showPage(c, {
      title: page.title(data),
      section: page.section,
      body: page.view(data, view),
      notice: findNotice(c),
      plots: page.plots ?? false,
      liveQuery: page.still ? null : page.liveQuery ? page.liveQuery(data) : {},
    });
  });
  if (page.still) return;
  app.get(`/live${page.path === '/' ? '/overview' : page.path}`, (c) =>
    ports.live.serve(c, async (signedIn) => {
      const fragments = createFragments();
      const view = { ...viewContext(signedIn, ports.now()), live: fragments.live };
      // The whole view, of which only the marked parts are kept: one way to make them.
      await page.view(await page.load(c), view);
      return fragments.all();
    }),
  );
}

/** For pages that answer a form themselves. */
export function viewContext({ principal, csrfToken }: SignedIn, nowMs: number): ViewContext {
  return { principal, csrfToken, nowMs, live: createFragments().live };
}
