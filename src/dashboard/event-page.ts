import type { Hono } from 'hono';
import { html } from 'hono/html';
import type { z } from 'zod';
import { eventDeliveryPageSchema } from '#api/event-deliveries.ts';
import { eventSchema } from '#api/event-schema.ts';
import { eventPageSchema } from '#api/events.ts';
import { address, withQuery } from './api-client.ts';
import { type Html, pager, table } from './components.ts';
import { type ContactRecord, contactIdOf } from './contact-words.ts';
import type { DashboardContext, DashboardEnv } from './env.ts';
import { changesOf, earlierRecord, needsEarlier, type ShownChange } from './event-changes.ts';
import { eventDeliveries } from './event-deliveries-view.ts';
import { isLiveLook } from './event-list.ts';
import { addRedelivery, redeliveryForm } from './event-redelivery.ts';
import { subjectOf } from './event-table.ts';
import { eventSentence, eventTitles, occurredSentence, type ShownEvent } from './event-words.ts';
import { jsonTree } from './json-tree.ts';
import { addPage, type Page, type PagePorts } from './page.ts';
import type { ViewContext } from './view-context.ts';
import { distanceWords } from './words.ts';

interface OneEvent {
  readonly event: ShownEvent;
  /** The contact's record before, where the event itself does not tell what was. */
  readonly earlier: ContactRecord | null;
  readonly deliveries: z.output<typeof eventDeliveryPageSchema>;
  /** Whether these are the first of its deliveries. */
  readonly isStart: boolean;
}

/** How many subscriptions are looked at for one page. */
const mostLookedAt = 25;
/** After so long every lane has what it is to get. */
const underWayMs = 60_000;

/** One event: what happened, when, to whom, and who was told. */
export function addEventPage(app: Hono<DashboardEnv>, ports: PagePorts): void {
  const page: Page<OneEvent> = {
    path: '/events/:id',
    section: 'events',
    load: loadEvent,
    title: ({ event }) => eventTitles[event.type],
    view: viewEvent,
    liveQuery: (data) => (isUnderWay(data, ports.now()) ? {} : null),
  };
  addPage(app, ports, page);
  addRedelivery(app);
}

/** Whether it still goes anywhere: nothing is asked for a page on which nothing changes any more. */
function isUnderWay({ event, deliveries }: OneEvent, nowMs: number): boolean {
  const isOpen = deliveries.data.some(({ delivery }) =>
    ['pending', 'retrying'].includes(delivery?.status ?? ''),
  );
  return isOpen || nowMs - Date.parse(event.timestamp) < underWayMs;
}

async function loadEvent(c: DashboardContext): Promise<OneEvent> {
  const id = c.req.param('id') ?? '';
  const cursor = c.req.query('cursor') || null;
  const api = c.get('api');
  const event = await api.get(address`/v1/events/${id}`, eventSchema);
  const path = withQuery(address`/v1/events/${id}/deliveries`, { cursor, limit: mostLookedAt });
  const deliveries = await api.get(path, eventDeliveryPageSchema);
  // It does not change while somebody looks, and may take much looking through.
  const isAsked = needsEarlier(event) && !isLiveLook(c);
  const earlier = isAsked ? await findEarlier(c, event) : null;
  return { event, earlier, deliveries, isStart: cursor === null };
}

async function findEarlier(c: DashboardContext, event: ShownEvent): Promise<ContactRecord | null> {
  const { source, contact = {} } = event.data;
  const query = { source, contact: contactIdOf(contact), before: event.id, limit: 10 };
  const { data } = await c.get('api').get(withQuery('/v1/events', query), eventPageSchema);
  return earlierRecord(event, data);
}

function viewEvent(data: OneEvent, view: ViewContext): Html {
  const { event, earlier, deliveries, isStart } = data;
  const path = address`/events/${event.id}`;
  const next = deliveries.next === null ? null : withQuery(path, { cursor: deliveries.next });
  return html`<p class="crumb"><a href="/events">Events</a></p>
<div class="title-row"><h1>${eventTitles[event.type]}</h1><code class="soft">${event.type}</code></div>
<p class="said">${eventSentence(event)}</p>
${actions(event)}
${changed(event, earlier)}
<section aria-labelledby="when"><h2 id="when">When</h2>
<p class="reading">${occurredSentence(event)}</p>
${moments(event, view.nowMs)}
</section>
<section aria-labelledby="where"><h2 id="where">Where it went</h2>
${view.live('deliveries', eventDeliveries(deliveries, view.nowMs))}
${pager(next, isStart ? null : path)}
${redeliveryForm(event, deliveries.data, view)}
</section>
<section aria-labelledby="whole"><h2 id="whole">The whole event</h2>
<p class="soft">As subscribers get it in the standard format. Objects and lists fold.</p>
${jsonTree(event)}
</section>`;
}

function actions(event: ShownEvent): Html {
  const { type, data } = event;
  const { path, label } = subjectOf(event);
  return html`<div class="actions">${path === null ? '' : html`<a class="button" href="${path}">${label}</a>`}
<a class="button" href="${withQuery('/events', { type, source: data.source })}">Events like this</a></div>`;
}

function changed(event: ShownEvent, earlier: ContactRecord | null): Html {
  const changes = changesOf(event, earlier);
  if (changes.length === 0) return html``;
  const isForgotten = changes.some(({ from }) => from === null);
  const isFound = needsEarlier(event) && earlier !== null;
  return html`<section aria-labelledby="changed"><h2 id="changed">What changed</h2>
${table({
  caption: 'Field by field',
  columns: [{ name: 'Field' }, { name: 'Before' }, { name: 'Now' }],
  rows: changes.map((change) => [change.label, beforeCell(change), nowCell(change)]),
  empty: '',
})}
${isForgotten ? html`<p class="soft">What it was before is personal data, which is not kept between two looks.</p>` : ''}
${isFound ? html`<p class="soft">What was before stood in the record that came with the event before this one.</p>` : ''}
</section>`;
}

function beforeCell({ from, list }: ShownChange): Html {
  if (from === null) return html`<span class="soft">not kept</span>`;
  if (list === null || list.removed.length === 0) return html`<span class="was">${from}</span>`;
  return html`<span class="was">${from}</span>${marks('Gone', 'gone', list.removed)}`;
}

function nowCell({ to, list }: ShownChange): Html {
  if (list === null || list.added.length === 0) return html`<span class="is">${to}</span>`;
  return html`<span class="is">${to}</span>${marks('Added', 'added', list.added)}`;
}

function marks(word: string, kind: 'added' | 'gone', items: readonly string[]): Html {
  const sign = kind === 'added' ? '+' : '−';
  const list = items.map((item) => html`<li><span aria-hidden="true">${sign}</span> ${item}</li>`);
  return html`<ul class="marks ${kind}" aria-label="${word}">${list}</ul>`;
}

/** The same in figures, on a line of time. */
function moments({ timestamp, data }: ShownEvent, nowMs: number): Html {
  const { notBefore = null, notAfter } = data.occurred ?? {};
  const all = [
    ['At the earliest', notBefore],
    ['At the latest', notAfter],
    ['Noticed', timestamp],
  ] as const;
  const shown = all.flatMap(([label, at]) => (at == null ? [] : [[label, at] as const]));
  // One alone stands in the sentence already.
  if (shown.length === 1) return html``;
  return html`<ol class="moments">${shown.map(
    ([label, at]) =>
      html`<li><span class="soft">${label}</span> <time datetime="${at}">${at.slice(11, 23)}</time> <span class="soft">${distanceWords(Date.parse(at), nowMs)}</span></li>`,
  )}</ol>`;
}
