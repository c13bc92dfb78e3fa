import type { Hono } from 'hono';
import { html } from 'hono/html';
import { z } from 'zod';
import { pageOf } from '#api/cursor.ts';
import { eventTypes, serviceSourceId } from '#domain/change-event.ts';
import { withQuery } from './api-client.ts';
import { type Html, pager } from './components.ts';
import type { DashboardContext, DashboardEnv } from './env.ts';
import {
  createEventLists,
  type EventList,
  type EventWishes,
  isLiveLook,
  newsLink,
} from './event-list.ts';
import { eventTable } from './event-table.ts';
import { eventTitles } from './event-words.ts';
import { addPage, type Page, type PagePorts } from './page.ts';
import { searchForm } from './search-form.ts';
import type { ViewContext } from './view-context.ts';

interface ShownEvents {
  readonly list: EventList;
  readonly wishes: EventWishes;
  /** Whose events can be asked for. */
  readonly sources: readonly string[];
}

const sourceNamesSchema = pageOf(z.object({ id: z.string() }));

/** What was noticed, the newest first. */
export function addEventsPage(app: Hono<DashboardEnv>, ports: PagePorts): void {
  const lists = createEventLists();
  const page: Page<ShownEvents> = {
    path: '/events',
    section: 'events',
    load: async (c) => {
      const wishes = readWishes(c);
      const list = await lists.load(c, wishes);
      return { list, wishes, sources: isLiveLook(c) ? [] : await sourceNames(c) };
    },
    title: () => 'Events',
    view: viewEvents,
    liveQuery: ({ list }) => (list.isStart ? { newest: list.newest ?? '' } : null),
  };
  addPage(app, ports, page);
}

function readWishes(c: DashboardContext): EventWishes {
  const given = (name: string) => c.req.query(name)?.trim() || null;
  return { type: given('type'), source: given('source'), contact: given('contact') };
}

async function sourceNames(c: DashboardContext): Promise<string[]> {
  const { data } = await c.get('api').get('/v1/sources?limit=200', sourceNamesSchema);
  return data.map(({ id }) => id);
}

function viewEvents({ list, wishes, sources }: ShownEvents, view: ViewContext): Html {
  const { events, next, isStart } = list;
  const start = withQuery('/events', { ...wishes });
  const older = next === null ? null : withQuery('/events', { ...wishes, cursor: next });
  return html`<div class="title-row"><h1>Events</h1><div role="status">${view.live('news', newsLink(list, start))}</div>${searchForm('')}</div>
<p class="lead">What was noticed in the inboxes, and what the service has to tell of itself.</p>
${filters(wishes, sources)}
${eventTable(events, view.nowMs, {
  caption: isStart ? 'Events, the newest first' : 'Older events, the newest first',
  empty: emptyWords(list, wishes, sources),
})}
${pager(older, isStart ? null : start)}`;
}

/** Why there is nothing to see, and what to do. */
function emptyWords(
  { next, isStart }: EventList,
  { type, source, contact }: EventWishes,
  sources: readonly string[],
): string {
  if (next !== null) return 'None so far: much was looked through. Go further for older ones.';
  if (!isStart) return 'There are no older events.';
  if (type !== null || source !== null || contact !== null) {
    return 'No event fits these filters. Events are kept for a week, if nothing else is configured.';
  }
  return sources.length === 0
    ? 'Nothing was noticed yet, since no inbox is connected. Connect one under Sources.'
    : 'Nothing was noticed yet. What the inbox held when it was connected is no news; the first change after that shows here within seconds.';
}

function filters({ type, source, contact }: EventWishes, sources: readonly string[]): Html {
  const everySource = [...sources, serviceSourceId];
  const named = source === null || everySource.includes(source) ? [] : [source];
  return html`<form method="get" action="/events" class="filters">
<label>Type <select name="type">${option('', 'Every type', type ?? '')}${eventTypes.map((each) => option(each, eventTitles[each], type ?? ''))}</select></label>
<label>Source <select name="source">${option('', 'Every source', source ?? '')}${[...everySource, ...named].map((each) => option(each, each === serviceSourceId ? 'The service itself' : each, source ?? ''))}</select></label>
<label>Contact <input name="contact" value="${contact ?? ''}" placeholder="Its id" maxlength="100" autocomplete="off" spellcheck="false"></label>
<button>Show</button>
${(type ?? source ?? contact) ? html`<a href="/events">Show all</a>` : ''}
</form>`;
}

function option(value: string, label: string, chosen: string): Html {
  return html`<option value="${value}"${value === chosen ? html` selected` : ''}>${label}</option>`;
}
