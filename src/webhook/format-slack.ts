import type { ChangeEvent } from '#domain/change-event.ts';
import { describeValue, fieldOf, textOf } from '#domain/describe-value.ts';
import { slackLines, slackText } from './slack-text.ts';
import { advices, labels, rateAdvice, titles, toldByTitle, toldElsewhere } from './slack-words.ts';

/** Slack's own limits are far above (150, 2,000, 3,000 and 40,000 characters): an alert is read at a glance. */
const mostHeader = 140;
const mostField = 300;
const mostQuote = 1000;
const mostFallback = 600;
const mostId = 100;
const mostAnswer = 1024;
/** Slack's limit: the rest of a long list of changes is in the API. */
const mostFields = 10;

interface PlainText {
  readonly type: 'plain_text';
  readonly text: string;
  /** Whether `:smile:` turns into a picture: not where a stranger wrote it. */
  readonly emoji: false;
}
interface Mrkdwn {
  readonly type: 'mrkdwn';
  readonly text: string;
}
type Block =
  | { readonly type: 'header'; readonly text: PlainText }
  | { readonly type: 'section'; readonly text: PlainText }
  | { readonly type: 'section'; readonly fields: readonly PlainText[] }
  | { readonly type: 'context'; readonly elements: readonly (PlainText | Mrkdwn)[] };
type Field = readonly [label: string, value: string];

/**
 * A message for a Slack incoming webhook: who, what has changed, when and in which source. All that comes from outside is
 * escaped and stands in `plain_text`, where Slack makes no links, mentions or styles of it.
 */
export function toSlackMessage(event: ChangeEvent): string {
  const title = slackText(textOf(fieldOf(titles, event.type)) || event.type, mostHeader) || 'Event';
  const fields = fieldsFor(event).slice(0, mostFields);
  const quote = quoteOf(event);
  const blocks: Block[] = [
    { type: 'header', text: plain(title) },
    ...(fields.length === 0
      ? []
      : [
          {
            type: 'section' as const,
            fields: fields.map(([label, value]) => plain(`${label}\n${value}`)),
          },
        ]),
    ...(quote === '' ? [] : [{ type: 'section' as const, text: plain(quote) }]),
    { type: 'context', elements: contextOf(event) },
  ];
  return JSON.stringify({
    text: fallbackOf(title, fields),
    blocks,
    // Of `text`, which notifications show: no styles, and no links of what looks like one.
    mrkdwn: false,
    parse: 'none',
    link_names: false,
    unfurl_links: false,
    unfurl_media: false,
  });
}

function fieldsFor({ type, data }: ChangeEvent): Field[] {
  const { contact, changes, reason } = data;
  if (contact === undefined) {
    const details = Object.entries(data).filter(([name]) => !toldElsewhere.has(name));
    return details
      .map(([name, value]) => field(name, describeValue(value)))
      .filter(([, value]) => value !== '');
  }
  const told = Object.entries(changes ?? {}).filter(([name]) => !toldByTitle.has(name));
  return [
    ...whoFields(contact, new Set(told.map(([name]) => name))),
    ...told.map(([name, change]) => field(name, describeChange(change))),
    ...(type === 'contact.created' && reason !== undefined
      ? [field('reason', textOf(reason))]
      : []),
  ].filter(([, value]) => value !== '');
}

/** What changes anyway is told there. */
function whoFields(
  contact: Readonly<Record<string, unknown>>,
  changed: ReadonlySet<string>,
): Field[] {
  const details = fieldOf(fieldOf(contact, 'profile'), 'userDetails');
  const known: Field[] = [
    ['name', textOf(fieldOf(details, 'name')) || textOf(fieldOf(details, 'userProvidedName'))],
    ['phone', describeValue(fieldOf(fieldOf(details, 'contact'), 'phone'))],
    ['email', textOf(fieldOf(fieldOf(details, 'contact'), 'email'))],
    ['status', textOf(fieldOf(contact, 'status'))],
  ];
  return known.flatMap(([name, value]) =>
    changed.has(name) || value === '' ? [] : [field(name, value)],
  );
}

function describeChange(change: unknown): string {
  const to = describeValue(fieldOf(change, 'to')) || 'none';
  const isFromKnown =
    typeof change === 'object' && change !== null && Object.hasOwn(change, 'from');
  return isFromKnown ? `${describeValue(fieldOf(change, 'from')) || 'none'} → ${to}` : to;
}

function field(name: string, value: string): Field {
  return [labels.get(name) ?? (slackText(name, mostId) || 'Other'), slackText(value, mostField)];
}

/** What the visitor wrote. */
function quoteOf({ type, data }: ChangeEvent): string {
  if (type !== 'contact.message_received') return '';
  return slackLines(textOf(fieldOf(fieldOf(data.contact, 'lastMessage'), 'text')), mostQuote);
}

/** When, in the reader's own time zone; where; and what to ask the API for. */
function contextOf({ timestamp, data, id }: ChangeEvent): (PlainText | Mrkdwn)[] {
  const contactId = slackText(textOf(fieldOf(data.contact, '_id')), mostId);
  return [
    ...timeOf(timestamp),
    plain(`Source ${slackText(textOf(data.source), mostId)}`),
    ...(contactId === '' ? [] : [plain(`Contact ${contactId}`)]),
    plain(`Event ${slackText(textOf(id), mostId)}`),
  ];
}

const lastMs = Date.UTC(9999, 11, 31);

function timeOf(timestamp: string): Mrkdwn[] {
  const ms = Date.parse(timestamp);
  if (!(ms >= 0 && ms <= lastMs)) return [];
  const text = `<!date^${Math.floor(ms / 1000)}^{date_short_pretty}, {time_secs}|${new Date(ms).toISOString()}>`;
  return [{ type: 'mrkdwn', text }];
}

function fallbackOf(title: string, fields: readonly Field[]): string {
  const parts = fields.map(([label, value]) => `${label}: ${value}`);
  let text = title;
  for (const part of parts) {
    const longer = `${text} · ${part}`;
    if (longer.length > mostFallback) break;
    text = longer;
  }
  return text;
}

function plain(text: string): PlainText {
  return { type: 'plain_text', text, emoji: false };
}

/** What an answer of Slack asks the subscription's owner to do; null where it says nothing that is known. */
export function slackAdvice(statusCode: number, response: string): string | null {
  if (statusCode >= 200 && statusCode < 300) return null;
  // A bare word as a rule; `ok: false` and the word in JSON from its newer parts.
  for (const [word] of response.slice(0, mostAnswer).matchAll(/[a-z_]+/g)) {
    const advice = advices.get(word);
    if (advice !== undefined) return `${advice} (${word}).`;
  }
  return statusCode === 429 ? `${rateAdvice}.` : null;
}
