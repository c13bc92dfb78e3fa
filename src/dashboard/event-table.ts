import { html } from 'hono/html';
import { serviceSourceId } from '#domain/change-event.ts';
import { address } from './api-client.ts';
import { type Html, moment, table } from './components.ts';
import { contactIdOf, contactName } from './contact-words.ts';
import { eventSentence, eventTitles, type ShownEvent } from './event-words.ts';

/** Events, a sentence each. */
export function eventTable(
  events: readonly ShownEvent[],
  nowMs: number,
  { caption, empty }: { readonly caption: string; readonly empty: string },
): Html {
  return table({
    caption,
    columns: [
      { name: 'What happened' },
      { name: 'Type', kind: 'wide' },
      { name: 'About', kind: 'wide' },
      { name: 'Noticed', kind: 'number' },
    ],
    rows: events.map((event) => [
      html`<a class="quiet" href="${address`/events/${event.id}`}">${eventSentence(event)}</a>`,
      html`<span class="short soft">${eventTitles[event.type]}</span>`,
      aboutLink(event),
      moment(event.timestamp, nowMs),
    ]),
    empty,
  });
}

/** Where a contact's whole story stands; null for an event about nobody. */
export function storyPath({ data }: ShownEvent): string | null {
  const { source, contact } = data;
  const id = contact === undefined ? '' : contactIdOf(contact);
  return id === '' ? null : address`/contacts/${source}/${id}`;
}

/** Whom or what it is about; `path` null for the service itself. */
export function subjectOf(event: ShownEvent): {
  readonly path: string | null;
  readonly label: string;
} {
  const { source, subscription } = event.data;
  const story = storyPath(event);
  if (story !== null) return { path: story, label: 'This contact’s story' };
  if (typeof subscription === 'string') {
    return { path: address`/subscriptions/${subscription}`, label: 'This subscription' };
  }
  if (source === serviceSourceId) return { path: null, label: 'The service' };
  return { path: address`/sources/${source}`, label: 'This source' };
}

function aboutLink(event: ShownEvent): Html {
  const { source, contact, subscription } = event.data;
  const { path } = subjectOf(event);
  const name = contact === undefined ? source : contactName(contact);
  if (path === null) return html`<span class="soft">the service</span>`;
  return html`<a href="${path}">${typeof subscription === 'string' ? 'a subscription' : name}</a>`;
}
