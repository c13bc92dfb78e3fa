import { z } from 'zod';
import { eventPageSchema } from '#api/events.ts';
import { type ApiClient, address, answered, withQuery } from './api-client.ts';
import { calmText, contactIdOf, contactName, detailOf, valueWords } from './contact-words.ts';
import { storyPath } from './event-table.ts';
import { eventSentence, type ShownEvent } from './event-words.ts';

/** What was found for what somebody typed. */
export type Finding =
  /** One page and no doubt. */
  | { readonly kind: 'page'; readonly path: string }
  | {
      readonly kind: 'contacts';
      readonly contacts: readonly FoundContact[];
      readonly lookedAt: number;
    }
  | { readonly kind: 'nothing'; readonly because: string };

export interface FoundContact {
  readonly path: string;
  readonly name: string;
  readonly source: string;
  /** The newest event that shows what was sought. */
  readonly event: ShownEvent;
}

const pageSize = 200;
const mostPages = 5;
const mostContacts = 50;

/** An id leads to its page; any other text to the contacts that the latest events show with it. */
export async function search(api: ApiClient, sought: string): Promise<Finding> {
  if (/^evt_\S+$/.test(sought)) {
    return (
      (await pageOfOne(api, 'events', sought)) ??
      nothing(`There is no event ${sought}. It may be older than events are kept.`)
    );
  }
  if (/^sub_\S+$/.test(sought)) {
    return (
      (await pageOfOne(api, 'subscriptions', sought)) ??
      nothing(`There is no subscription ${sought}. It may have been deleted.`)
    );
  }
  if (/^[a-z0-9-]{1,32}$/.test(sought)) {
    const source = await pageOfOne(api, 'sources', sought);
    if (source !== null) return source;
  }
  return (await contactOf(api, sought)) ?? searchText(api, sought);
}

function nothing(because: string): Finding {
  return { kind: 'nothing', because };
}

async function pageOfOne(
  api: ApiClient,
  kind: 'events' | 'subscriptions' | 'sources',
  id: string,
): Promise<Finding | null> {
  const path = address`/${kind}/${id}`;
  const answer = await api.ask('GET', `/v1${path}`, z.unknown());
  if (answer.kind === 'refused' && answer.problem.status === 404) return null;
  answered(answer);
  return { kind: 'page', path };
}

/** By its id, if it is one and anything was noticed of it. */
async function contactOf(api: ApiClient, id: string): Promise<Finding | null> {
  if (/\s/.test(id) || id.length > 100) return null;
  const { data } = await api.get(withQuery('/v1/events', { contact: id }), eventPageSchema);
  const contacts = foundIn(data, () => true);
  const [only] = contacts;
  if (only === undefined) return null;
  if (contacts.length === 1) return { kind: 'page', path: only.path };
  return { kind: 'contacts', contacts, lookedAt: data.length };
}

async function searchText(api: ApiClient, sought: string): Promise<Finding> {
  const events: ShownEvent[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < mostPages; page += 1) {
    const path = withQuery('/v1/events', { limit: pageSize, cursor });
    const listed: z.output<typeof eventPageSchema> = await api.get(path, eventPageSchema);
    events.push(...listed.data);
    cursor = listed.next;
    if (cursor === null) break;
  }
  const contacts = foundIn(events, (event) => shows(event, sought));
  if (contacts.length > 0) return { kind: 'contacts', contacts, lookedAt: events.length };
  const where =
    cursor === null
      ? 'in none of the events that are kept'
      : `in none of the latest ${events.length} events`;
  return nothing(
    `“${calmText(sought, 80)}” stands ${where}: not in a name, e-mail address, phone number, tag, status or message.`,
  );
}

/** Each contact once, with its newest event of those that count. */
function foundIn(
  events: readonly ShownEvent[],
  counts: (event: ShownEvent) => boolean,
): FoundContact[] {
  const found = new Map<string, FoundContact>();
  for (const event of events) {
    const path = storyPath(event);
    if (path === null || found.has(path) || found.size === mostContacts || !counts(event)) continue;
    const name = contactName(event.data.contact ?? {});
    found.set(path, { path, name, source: event.data.source, event });
  }
  return [...found.values()];
}

const soughtDetails = ['name', 'email', 'phone', 'tags', 'attributes', 'status'];

/** Whatever the case of the letters. */
function shows(event: ShownEvent, sought: string): boolean {
  const contact = event.data.contact ?? {};
  const details = soughtDetails.map((name) => valueWords(detailOf(contact, name)));
  const texts = [contactIdOf(contact), eventSentence(event), ...details];
  return texts.some((text) => text.toLowerCase().includes(sought.toLowerCase()));
}
