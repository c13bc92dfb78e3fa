import { html } from 'hono/html';
import { bootstrapKeyId } from '#domain/api-key.ts';
import { code, facts, type Html, moment } from './components.ts';
import { addressOf, type Subscription } from './subscription-words.ts';
import type { ViewContext } from './view-context.ts';
import { countWords, numberWords } from './words.ts';

export const formatWords: Readonly<Record<Subscription['format'], string>> = {
  standard: 'Standard Webhooks: the event as it is',
  cloudevents: 'CloudEvents 1.0, as JSON',
  slack: 'A message for a Slack incoming webhook',
  template: 'A template of its own',
};

export const orderingWords: Readonly<Record<Subscription['ordering'], string>> = {
  none: 'Each as soon as it can; a retry holds up nothing',
  contact: 'The events of one contact in order',
};

/** Everything that was chosen for it; header values and the secret never come back. */
export function subscriptionSettings(subscription: Subscription, { nowMs }: ViewContext): Html {
  const { id, url, events, sources, format, ordering, maxInFlight, headers } = subscription;
  const { contentType, createdAt, createdBy, updatedAt, hook } = subscription;
  return html`<section aria-labelledby="settings"><h2 id="settings">Settings</h2>
<div class="card settings">${facts([
    ['Id', html`<code>${id}</code>`],
    ['Address', html`<code>${addressOf(url)}</code>`],
    ['Events', html`${events.map((type) => html`<code class="chip">${type}</code> `)}`],
    ['Sources', sources === undefined ? 'all' : sources.join(', ')],
    ['Format', `${formatWords[format]}${contentType === undefined ? '' : `, ${contentType}`}`],
    ['Order', orderingWords[ordering]],
    ['At one moment', `at most ${countWords(maxInFlight, 'delivery', 'deliveries')}`],
    ['Rate', rateWords(subscription)],
    ['Extra headers', headers.length === 0 ? 'none' : `${headers.join(', ')} (values are hidden)`],
    ...(hook === true ? [['Made by', 'an automation platform: a 410 removes it'] as const] : []),
    [
      'Made',
      html`${moment(createdAt, nowMs)}${createdBy === undefined ? '' : html` with <code>${createdBy === bootstrapKeyId ? 'ADMIN_API_KEY' : createdBy}</code>`}`,
    ],
    ['Changed', moment(updatedAt, nowMs)],
  ])}
${filterPart(subscription)}${templatePart(subscription)}${notesPart(subscription)}</div>
</section>`;
}

function rateWords({ ratePerSecond, format }: Subscription): string {
  if (ratePerSecond !== undefined) {
    return ratePerSecond < 1
      ? `at most one in ${numberWords(1 / ratePerSecond)} s`
      : `at most ${numberWords(Math.floor(ratePerSecond))} a second`;
  }
  return format === 'slack' ? 'at most 1 a second, as Slack wants it' : 'as fast as it answers';
}

function filterPart({ filter }: Subscription): Html {
  return filter === undefined
    ? html`<p class="soft">No filter: every event of these types is sent.</p>`
    : html`<h3>Only what fits this filter</h3>${code(filterText(filter))}`;
}

const shortFilter = 80;

/** On one line where it fits. */
export function filterText(filter: Readonly<Record<string, unknown>>): string {
  const spread = JSON.stringify(filter, null, 2);
  const line = spread.replaceAll(/\n\s*/g, ' ');
  // A text in it may hold no line of its own: JSON writes that as an escape.
  return line.length <= shortFilter ? line : spread;
}

function templatePart({ template }: Subscription): Html {
  return template === undefined ? html`` : html`<h3>Template</h3>${code(template)}`;
}

function notesPart({ metadata }: Subscription): Html {
  return metadata === undefined ? html`` : html`<h3>Notes</h3>${facts(Object.entries(metadata))}`;
}
