import { html } from 'hono/html';
import { eventPageSchema } from '#api/events.ts';
import { withQuery } from './api-client.ts';
import type { Html } from './components.ts';
import type { DashboardContext } from './env.ts';
import type { ShownEvent } from './event-words.ts';
import { countWords } from './words.ts';

/** Which events a list is of, as its address says. */
export interface EventWishes {
  readonly type: string | null;
  readonly source: string | null;
  readonly contact: string | null;
}

/** A part of the event log as a page shows it: from one moment on nothing in it moves, what is new is only counted. */
export interface EventList {
  readonly events: readonly ShownEvent[];
  readonly next: string | null;
  /** Whether it begins with the newest. */
  readonly isStart: boolean;
  /** The newest of all events when the page was made, by its id; null where there is none. */
  readonly newest: string | null;
  /** How many have come since, as far as they are counted. */
  readonly news: number;
}

const mostNews = 50;

/** What one stream has counted so far. */
interface News {
  readonly newest: string | undefined;
  readonly count: number;
}

export interface EventLists {
  load(c: DashboardContext, wishes: EventWishes): Promise<EventList>;
}

/** Whether this is a look of a live stream, and not the page itself. */
export function isLiveLook(c: DashboardContext): boolean {
  return c.req.path.startsWith('/live/');
}

/** Each look of a live stream goes no further back than the one before it. */
export function createEventLists(): EventLists {
  const counted = new WeakMap<Request, News>();
  return {
    async load(c, wishes) {
      if (!isLiveLook(c)) return loadPage(c, wishes);
      const before = counted.get(c.req.raw) ?? { newest: c.req.query('newest'), count: 0 };
      const now = await countNews(c, wishes, before);
      counted.set(c.req.raw, now);
      return { events: [], next: null, isStart: true, newest: null, news: now.count };
    },
  };
}

async function loadPage(c: DashboardContext, wishes: EventWishes): Promise<EventList> {
  const cursor = c.req.query('cursor') || null;
  const newest = await findNewest(c);
  const path = withQuery('/v1/events', { ...wishes, cursor });
  const { data, next } = await c.get('api').get(path, eventPageSchema);
  return { events: data, next, isStart: cursor === null, newest, news: 0 };
}

async function findNewest(c: DashboardContext): Promise<string | null> {
  const { data } = await c.get('api').get('/v1/events?limit=1', eventPageSchema);
  return data[0]?.id ?? null;
}

async function countNews(c: DashboardContext, wishes: EventWishes, before: News): Promise<News> {
  if (before.count >= mostNews) return before;
  const newest = (await findNewest(c)) ?? undefined;
  if (newest === before.newest) return before;
  const query = { ...wishes, after: before.newest || null, limit: mostNews };
  const { data } = await c.get('api').get(withQuery('/v1/events', query), eventPageSchema);
  return { newest: data[0]?.id ?? newest, count: before.count + data.length };
}

/** Says that there is more, and leads there; empty while there is nothing. */
export function newsLink({ news }: EventList, path: string): Html {
  if (news === 0) return html``;
  const count = news >= mostNews ? `${mostNews} or more new events` : countWords(news, 'new event');
  return html`<a class="news" href="${path}">${count}: show ${news === 1 ? 'it' : 'them'}</a>`;
}
