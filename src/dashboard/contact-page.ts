import type { Hono } from 'hono';
import { html } from 'hono/html';
import { address, withQuery } from './api-client.ts';
import { badge, facts, type Html, moment, pager } from './components.ts';
import { contactFacts, contactName, timeOf } from './contact-words.ts';
import type { DashboardContext, DashboardEnv } from './env.ts';
import { changesOf, changeWords, earlierRecord } from './event-changes.ts';
import { createEventLists, type EventList, newsLink } from './event-list.ts';
import { eventSentence, eventTitles, type ShownEvent } from './event-words.ts';
import { addPage, type Page, type PagePorts } from './page.ts';
import type { ViewContext } from './view-context.ts';

interface Story {
  readonly source: string;
  readonly id: string;
  readonly list: EventList;
}

/** One contact's story: all that was noticed of it, the newest first. */
export function addContactPage(app: Hono<DashboardEnv>, ports: PagePorts): void {
  const lists = createEventLists();
  const page: Page<Story> = {
    path: '/contacts/:source/:id',
    section: 'events',
    load: async (c) => {
      const { source, id } = namesOf(c);
      return { source, id, list: await lists.load(c, { type: null, source, contact: id }) };
    },
    title: ({ id, list }) => nameOf(id, list.events),
    view: viewStory,
    liveQuery: ({ list }) => (list.isStart ? { newest: list.newest ?? '' } : null),
  };
  addPage(app, ports, page);
}

function namesOf(c: DashboardContext): { source: string; id: string } {
  return { source: c.req.param('source') ?? '', id: c.req.param('id') ?? '' };
}

/** What tells that a contact is gone does not tell its name any more. */
function nameOf(id: string, events: readonly ShownEvent[]): string {
  const whole = events.find(({ type }) => type !== 'contact.deleted');
  return contactName(whole?.data.contact ?? { _id: id });
}

function viewStory({ source, id, list }: Story, view: ViewContext): Html {
  const { events, next, isStart } = list;
  const path = address`/contacts/${source}/${id}`;
  const older = next === null ? null : withQuery(path, { cursor: next });
  const [newest] = events;
  return html`<p class="crumb"><a href="/events">Events</a></p>
<div class="title-row"><h1>${nameOf(id, events)}</h1>${
    isStart && newest?.type === 'contact.deleted' ? badge('idle', 'Deleted') : ''
  }<div role="status">${view.live('news', newsLink(list, path))}</div></div>
<p class="lead">Contact <code>${id}</code> in the inbox of <a href="${address`/sources/${source}`}">${source}</a>.</p>
<div class="beside">${newest === undefined || !isStart ? '' : lastKnown(newest, view.nowMs)}
<section aria-labelledby="story"><h2 id="story">What happened</h2>
${
  events.length === 0
    ? html`<p class="empty">${emptyWords(list)}</p>`
    : html`<ol class="story">${events.map((event, at) => html`<li>${chapter(event, events.slice(at + 1), view.nowMs)}</li>`)}</ol>`
}
${pager(older, isStart ? null : path)}
</section></div>`;
}

function emptyWords({ next, isStart }: EventList): string {
  if (next !== null)
    return 'Nothing so far: much was looked through. Go further for what is older.';
  if (!isStart) return 'Nothing older is kept.';
  return 'Nothing is kept of this contact: nothing was noticed of it since the inbox was connected, or it is longer ago than events are kept, or there is no such contact.';
}

function lastKnown({ data, timestamp }: ShownEvent, nowMs: number): Html {
  const { contact = {} } = data;
  const times = (['createdAt', 'lastSeenAt'] as const).flatMap((name) => {
    const at = timeOf(contact, name);
    const label = name === 'createdAt' ? 'Created' : 'Last seen';
    return at === null ? [] : [[label, moment(at, nowMs)] as const];
  });
  return html`<section class="card" aria-labelledby="known"><h2 id="known">As noticed ${moment(timestamp, nowMs)}</h2>
${facts([...contactFacts(contact), ...times])}
</section>`;
}

function chapter(event: ShownEvent, before: readonly ShownEvent[], nowMs: number): Html {
  const isUpdate = event.type === 'contact.updated';
  const changes = isUpdate ? changesOf(event, earlierRecord(event, before)) : [];
  return html`<p class="soft">${moment(event.timestamp, nowMs)} · ${eventTitles[event.type]}</p>
<p><a class="quiet" href="${address`/events/${event.id}`}">${eventSentence(event)}</a></p>
${changes.length === 0 ? '' : html`<ul class="plain-list soft">${changes.map((each) => html`<li>${changeWords(each)}</li>`)}</ul>`}`;
}
