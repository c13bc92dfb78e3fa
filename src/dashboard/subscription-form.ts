import { html } from 'hono/html';
import { hasScope } from '#domain/api-key.ts';
import { subscriptionFormats } from '#domain/subscription.ts';
import type { Html } from './components.ts';
import { boxes, errorsOf, type FieldErrors, field, fieldError, options } from './fields.ts';
import { eventGroups, type SubscriptionInput } from './subscription-input.ts';
import { formatWords, orderingWords } from './subscription-settings.ts';
import type { ViewContext } from './view-context.ts';

export interface SubscriptionForm {
  readonly action: string;
  /** Where it leads when nothing is to be done. */
  readonly backPath: string;
  /** What its main button says. */
  readonly label: string;
  readonly input: SubscriptionInput;
  readonly errors: FieldErrors;
  /** Sent with it, unseen. */
  readonly hidden: Readonly<Record<string, string>>;
  /** Which headers are stored, whose values are not shown. */
  readonly headerNames: readonly string[];
  /** What the filter does, when it was tried. */
  readonly preview: Html | null;
}

/** Everything that can be chosen of a subscription; the rest is folded away until somebody wants it. */
export function subscriptionForm(form: SubscriptionForm, view: ViewContext): Html {
  const { action, backPath, label, hidden } = form;
  const unseen = { csrf: view.csrfToken, ...hidden };
  // The first button is the one that the Enter key presses.
  return html`<form method="post" action="${action}" class="subscription-form">
${Object.entries(unseen).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
<button name="intent" value="save" class="visually-hidden" tabindex="-1" aria-hidden="true">${label}</button>
${mainFields(form)}
${filterFields(form, view)}
${moreFields(form)}
<div class="actions"><button class="main" name="intent" value="save">${label}</button>
<a class="button" href="${backPath}">Leave it</a></div>
</form>`;
}

type Control = (attributes: Html) => Html;

function mainFields({ input, errors }: SubscriptionForm): Html {
  const url: Control = (attributes) =>
    html`<input type="url" required maxlength="2048" value="${input.url}" placeholder="https://example.com/webhooks/inbox" autocomplete="off" spellcheck="false" ${attributes}>`;
  const description: Control = (attributes) =>
    html`<input maxlength="1000" value="${input.description}" placeholder="Orders in the CRM" autocomplete="off" ${attributes}>`;
  const own = errorsOf(errors, 'events');
  const groups = eventGroups.map(
    ([name, types]) =>
      html`<div class="choices" role="group" aria-label="${name}"><p class="soft">${name}</p>${boxes('events', types, input.events)}</div>`,
  );
  return html`<div class="card form-card">
${field({ name: 'description', label: 'Name', help: 'What it is for, in your own words. May be left empty.', errors, control: description })}
${field({ name: 'url', label: 'Address', help: 'Where events are sent: http or https. A private address only where DELIVERY_ALLOWED_NETWORKS allows it.', errors, control: url })}
<fieldset${own.length === 0 ? '' : html` aria-describedby="events-error"`}><legend>Events</legend>
<div class="event-groups">${groups}</div>${fieldError('events', own)}</fieldset>
</div>`;
}

function filterFields(form: SubscriptionForm, view: ViewContext): Html {
  const { action, input, errors, preview } = form;
  const control: Control = (attributes) =>
    html`<textarea rows="5" class="mono" spellcheck="false" placeholder='{ "changes.status.to": "CLOSED" }' ${attributes}>${input.filter}</textarea>`;
  // Trying it out shows events, which not every key may see.
  const button = hasScope(view.principal, ['read'])
    ? html`<div class="actions"><button name="intent" value="try" formaction="${action}#filter-part">Try the filter</button></div>`
    : '';
  return html`<div class="card form-card" id="filter-part">
${field({
  name: 'filter',
  label: 'Filter',
  help: html`A MongoDB-style query over the event, as JSON, such as <code>{ "changes.status.to": "CLOSED" }</code>. Left empty, every event of these types is sent.`,
  errors,
  control,
})}
${button}
${preview ?? ''}
</div>`;
}

const folded = [
  'sources',
  'format',
  'template',
  'contentType',
  'ordering',
  'maxInFlight',
  'ratePerSecond',
  'headers',
];

function moreFields(form: SubscriptionForm): Html {
  const { input, errors } = form;
  const isWanted =
    folded.some((name) => errorsOf(errors, name).length > 0) || input.format === 'template';
  const formats = subscriptionFormats.map((format) => [format, formatWords[format]] as const);
  const orderings = Object.entries(orderingWords);
  const select =
    (list: readonly (readonly [string, string])[], chosen: string): Control =>
    (attributes) =>
      html`<select ${attributes}>${options(list, chosen)}</select>`;
  return html`<details class="panel"${isWanted ? html` open` : ''}><summary>Format, order, rates and headers</summary>
<div class="form-card">
${field({ name: 'format', label: 'Format', errors, control: select(formats, input.format) })}
${templateFields(form)}
${field({ name: 'ordering', label: 'Order', errors, control: select(orderings, input.ordering) })}
${rateFields(form)}
${field({
  name: 'sources',
  label: 'Sources',
  help: 'Ids, with commas between them. Left empty: all.',
  errors,
  control: (attributes) =>
    html`<input value="${input.sources}" autocomplete="off" spellcheck="false" ${attributes}>`,
})}
${headerField(form)}
</div></details>`;
}

function templateFields({ input, errors }: SubscriptionForm): Html {
  // Hidden by the style sheet while another format is chosen.
  return html`<div class="template-only">${field({
    name: 'template',
    label: 'Template',
    help: html`Liquid over the event, for the format with a template of its own alone. <code>{{ data.contact.status | json }}</code> puts a value into JSON.`,
    errors,
    control: (attributes) =>
      html`<textarea rows="4" class="mono" spellcheck="false" ${attributes}>${input.template}</textarea>`,
  })}
${field({
  name: 'contentType',
  label: 'Content type of what it renders',
  errors,
  control: (attributes) =>
    html`<input value="${input.contentType}" placeholder="application/json" autocomplete="off" spellcheck="false" ${attributes}>`,
})}</div>`;
}

function rateFields({ input, errors }: SubscriptionForm): Html {
  return html`<div class="pair">${field({
    name: 'maxInFlight',
    label: 'At one moment, at most',
    help: 'Deliveries on their way, 1 to 64.',
    errors,
    control: (attributes) =>
      html`<input inputmode="numeric" value="${input.maxInFlight}" autocomplete="off" ${attributes}>`,
  })}${field({
    name: 'ratePerSecond',
    label: 'Each second, at most',
    help: 'Left empty: as fast as it answers. 0.5 is one in two seconds.',
    errors,
    control: (attributes) =>
      html`<input inputmode="decimal" value="${input.ratePerSecond}" autocomplete="off" ${attributes}>`,
  })}</div>`;
}

function headerField({ input, errors, headerNames }: SubscriptionForm): Html {
  const help =
    headerNames.length === 0
      ? 'One on each line, as Name: value. Their values are never shown again.'
      : `Stored: ${headerNames.join(', ')}. Left empty, they stay; what is written here takes the place of all of them.`;
  return field({
    name: 'headers',
    label: 'Extra headers',
    help,
    errors,
    control: (attributes) =>
      html`<textarea rows="2" class="mono" spellcheck="false" autocomplete="off" ${attributes}>${input.headers}</textarea>`,
  });
}
