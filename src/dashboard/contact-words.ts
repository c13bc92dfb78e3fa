import type { DetailName } from '#domain/contact-details.ts';
import { describeValue, fieldOf, textOf } from '#domain/describe-value.ts';

/** A record of the inbox as an event holds it: any shape, and every text in it a stranger's. */
export type ContactRecord = Readonly<Record<string, unknown>>;

/** Break lines, or turn the order in which the rest is read: a name with these could pass for another part of the page. */
const unruly = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu;

/** A stranger's text on one line, cut between characters. */
export function calmText(text: string, mostCharacters: number): string {
  const calm = text.replaceAll(unruly, ' ').replaceAll(/ {2,}/g, ' ').trim().toWellFormed();
  const characters = [...calm];
  if (characters.length <= mostCharacters) return calm;
  return `${characters.slice(0, mostCharacters - 1).join('')}…`;
}

const mostName = 80;
const mostValue = 500;

const endOfId = 6;

/** How people call a contact: by the name it has or gave, else by the end of its id, which differs most. */
export function contactName(contact: ContactRecord): string {
  const details = fieldOf(fieldOf(contact, 'profile'), 'userDetails');
  for (const name of ['name', 'userProvidedName']) {
    const given = calmText(textOf(fieldOf(details, name)), mostName);
    if (given !== '') return given;
  }
  return `Contact ${shortId(contactIdOf(contact))}`;
}

/** The end of a long id. */
export function shortId(id: string): string {
  return id.length > 2 * endOfId ? `…${id.slice(-endOfId)}` : id;
}

export function contactIdOf(contact: ContactRecord): string {
  return textOf(fieldOf(contact, '_id'));
}

/** Any value of a record in words, `nothing` for an empty one. */
export function valueWords(value: unknown): string {
  return calmText(describeValue(value), mostValue) || 'nothing';
}

/** Where a record holds what is watched. */
const places: Readonly<Record<DetailName, readonly string[]>> = {
  name: ['profile', 'userDetails', 'name'],
  email: ['profile', 'userDetails', 'contact', 'email'],
  phone: ['profile', 'userDetails', 'contact', 'phone'],
  tags: ['profile', 'userDetails', 'tags'],
  segments: ['segments'],
  attributes: ['profile', 'userDetails', 'attributes'],
  hasOrdered: ['hasOrdered'],
  isSubscriber: ['isSubscriber'],
  isUserBlocked: ['isUserBlocked'],
};

/** What a record says of a detail, by the name that `changes` has for it. */
export function detailOf(contact: ContactRecord, name: string): unknown {
  const place = Object.hasOwn(places, name) ? places[name as DetailName] : [name];
  return place.reduce<unknown>(fieldOf, contact);
}

const labels: ReadonlyMap<string, string> = new Map([
  ['_agentAssigned', 'Agent'],
  ['status', 'Status'],
  ['isLiveChatActive', 'Live chat'],
  ['name', 'Name'],
  ['email', 'E-mail'],
  ['phone', 'Phone'],
  ['tags', 'Tags'],
  ['segments', 'Segments'],
  ['attributes', 'Attributes'],
  ['hasOrdered', 'Orders'],
  ['isSubscriber', 'Subscriber'],
  ['isUserBlocked', 'Blocked'],
]);

/** The name of a field as people say it; one that is not known as it is. */
export function fieldLabel(name: string): string {
  return labels.get(name) ?? (calmText(name, mostName) || 'Other');
}

const saysNothing = ['nothing', 'no', 'status: no'];

/** What is watched of a contact, with what says nothing left out. */
export function contactFacts(contact: ContactRecord): (readonly [label: string, value: string])[] {
  const watched = ['status', '_agentAssigned', 'isLiveChatActive', ...Object.keys(places)];
  return watched
    .filter((name) => name !== 'name')
    .map((name) => [fieldLabel(name), valueWords(detailOf(contact, name))] as const)
    .filter(([, value]) => !saysNothing.includes(value));
}

/** A time as the record has it; null for anything that is none. */
export function timeOf(contact: ContactRecord, name: 'createdAt' | 'lastSeenAt'): string | null {
  const value = textOf(contact[name]);
  return /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value) && !Number.isNaN(Date.parse(value))
    ? value
    : null;
}
