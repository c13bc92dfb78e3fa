import { type EventType, eventTypes } from '#domain/change-event.ts';
import { type FieldErrors, textOf, textsOf } from './fields.ts';
import { filterText } from './subscription-settings.ts';
import type { Subscription } from './subscription-words.ts';

/** What the form of a subscription holds, as texts. */
export interface SubscriptionInput {
  readonly description: string;
  readonly url: string;
  readonly events: readonly string[];
  readonly sources: string;
  readonly filter: string;
  readonly format: string;
  readonly template: string;
  readonly contentType: string;
  readonly ordering: string;
  readonly maxInFlight: string;
  readonly ratePerSecond: string;
  /** One `Name: value` a line. What is stored never comes back, so for a change it begins empty. */
  readonly headers: string;
}

const texts = [
  'description',
  'url',
  'sources',
  'filter',
  'format',
  'template',
  'contentType',
  'ordering',
  'maxInFlight',
  'ratePerSecond',
  'headers',
] as const;

/** Types about contacts: what most who subscribe want. */
const usualEvents: readonly EventType[] = [
  'contact.created',
  'contact.status_changed',
  'contact.message_received',
];

export const newInput: SubscriptionInput = {
  description: '',
  url: '',
  events: usualEvents,
  sources: '',
  filter: '',
  format: 'standard',
  template: '',
  contentType: '',
  ordering: 'none',
  maxInFlight: '8',
  ratePerSecond: '',
  headers: '',
};

export function inputOf(subscription: Subscription): SubscriptionInput {
  const { description = '', url, events, sources = [], filter, format } = subscription;
  const { template = '', contentType = '', ordering, maxInFlight, ratePerSecond } = subscription;
  return {
    description,
    url,
    events,
    sources: sources.join(', '),
    filter: filter === undefined ? '' : filterText(filter),
    format,
    template,
    contentType,
    ordering,
    maxInFlight: String(maxInFlight),
    ratePerSecond: ratePerSecond === undefined ? '' : String(ratePerSecond),
    headers: '',
  };
}

/** As a browser sent it; browsers end lines with CR and LF. */
export function readInput(sent: Readonly<Record<string, unknown>>): SubscriptionInput {
  const read = texts.map((name) => [name, textOf(sent[name]).replaceAll('\r\n', '\n')] as const);
  const fields = Object.fromEntries(read) as Record<(typeof texts)[number], string>;
  return { ...fields, events: textsOf(sent.events) };
}

/** What the API is sent, or why that cannot be made out. What is left empty is null. */
export type ReadBody =
  | { readonly kind: 'body'; readonly body: Readonly<Record<string, unknown>> }
  | { readonly kind: 'unclear'; readonly errors: FieldErrors };

export function bodyOf(input: SubscriptionInput): ReadBody {
  const filter = readFilter(input.filter);
  const headers = readHeaders(input.headers);
  const errors = [
    ...(filter.kind === 'unclear' ? [{ path: 'filter', message: filter.message }] : []),
    ...(headers === null
      ? [{ path: 'headers', message: 'Write one header on each line, as Name: value.' }]
      : []),
  ];
  if (filter.kind === 'unclear' || headers === null) return { kind: 'unclear', errors };
  const { description, url, events, format, ordering } = input;
  const sources = input.sources.split(/[\s,]+/).filter((id) => id !== '');
  const isTemplate = format === 'template';
  const body = {
    description: orNull(description.trim()),
    url: url.trim(),
    events,
    sources: sources.length === 0 ? null : sources,
    filter: filter.filter,
    format,
    // What another format does not use would be refused beside it.
    template: isTemplate ? input.template : null,
    contentType: isTemplate ? orNull(input.contentType.trim()) : null,
    ordering,
    maxInFlight: readNumber(input.maxInFlight),
    ratePerSecond: readNumber(input.ratePerSecond),
    ...(Object.keys(headers).length === 0 ? {} : { headers }),
  };
  return { kind: 'body', body };
}

/** For something new: there is nothing yet that null could take away. */
export function withoutNulls(body: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null));
}

/** What of the input decides which events come: a filter that was tried with it need not be tried again. */
export function wishText({ events, sources, filter }: SubscriptionInput): string {
  return JSON.stringify([events, sources, filter]);
}

/** What the filter is tried with. */
export function filterTestOf(body: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { filter, events, sources } = body;
  return withoutNulls({ filter, events, sources });
}

/** In the order of the form. */
export const eventGroups: readonly (readonly [string, readonly EventType[]])[] = [
  ['About contacts', eventTypes.filter((type) => type.startsWith('contact.'))],
  ['About the service, for operators', eventTypes.filter((type) => !type.startsWith('contact.'))],
];

function readFilter(
  text: string,
):
  | { readonly kind: 'filter'; readonly filter: unknown }
  | { readonly kind: 'unclear'; readonly message: string } {
  if (text.trim() === '') return { kind: 'filter', filter: null };
  try {
    return { kind: 'filter', filter: JSON.parse(text) as unknown };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { kind: 'unclear', message: `This is no JSON: ${reason}` };
  }
}

/** Null where a line is no header. */
function readHeaders(text: string): Record<string, string> | null {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const pairs = lines.map((line) => /^([^:]+):(.*)$/.exec(line));
  if (pairs.includes(null)) return null;
  return Object.fromEntries(pairs.map((pair) => [pair?.[1]?.trim(), pair?.[2]?.trim()]));
}

/** A text that is no number goes to the API as it is, which says what is wrong with it. */
function readNumber(text: string): number | string | null {
  const trimmed = text.trim();
  if (trimmed === '') return null;
  const number = Number(trimmed);
  return Number.isNaN(number) ? trimmed : number;
}

function orNull(text: string): string | null {
  return text === '' ? null : text;
}
