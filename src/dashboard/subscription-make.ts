import type { Hono } from 'hono';
import { html } from 'hono/html';
import { subscriptionWithSecretSchema } from '#api/subscription-schema.ts';
import { hasScope } from '#domain/api-key.ts';
import { address } from './api-client.ts';
import type { Html } from './components.ts';
import { crumb } from './crumb.ts';
import type { DashboardEnv } from './env.ts';
import { textOf } from './fields.ts';
import { filterPreview } from './filter-preview.ts';
import { showAgain } from './form-answers.ts';
import { actionForm } from './forms.ts';
import { addPage, type Page, type PagePorts } from './page.ts';
import { type Draft, fresh, hiddenOf, refused, reviewInput } from './subscription-draft.ts';
import { subscriptionForm } from './subscription-form.ts';
import { newInput, withoutNulls } from './subscription-input.ts';
import { secretOnce } from './subscription-secret.ts';
import { nameOf, type Subscription } from './subscription-words.ts';
import type { ViewContext } from './view-context.ts';

const section = 'subscriptions';

/** Making one: its form, and once the page that shows its secret. */
export function addMakePage(app: Hono<DashboardEnv>, ports: PagePorts): void {
  const page: Page<Draft> = {
    path: '/subscriptions/new',
    section,
    still: true,
    load: async () => ({ ...fresh, input: newInput, token: ports.newId() }),
    title: () => 'New subscription',
    view: viewNew,
  };
  addPage(app, ports, page);

  app.post('/subscriptions/new', async (c) => {
    const sent = await c.req.parseBody({ all: true });
    const again = (status: number, draft: Omit<Draft, 'token'>) =>
      // Another name, since what is sent under the first one is answered alike for ever.
      showAgain(
        c,
        ports,
        { status },
        {
          title: 'New subscription',
          section,
          body: (view) => viewNew({ ...draft, token: ports.newId() }, view),
        },
      );
    const review = await reviewInput(c, sent);
    if (review.kind === 'again') return again(review.status, review.draft);
    const { input, body } = review;
    const headers = { 'idempotency-key': `dashboard ${textOf(sent.token)}` };
    const made = await c
      .get('api')
      .ask('POST', '/v1/subscriptions', subscriptionWithSecretSchema, withoutNulls(body), headers);
    if (made.kind === 'refused') return again(made.problem.status, refused(input, made.problem));
    return showAgain(c, ports, made, {
      title: 'Subscription made',
      section,
      body: (view) => viewMade(made.value, made.value.secret, view),
    });
  });
}

function viewNew(draft: Draft, view: ViewContext): Html {
  const { input, errors, tested } = draft;
  if (!hasScope(view.principal, ['subscriptions'])) {
    return html`<h1>New subscription</h1><p class="lead">Your key may look at subscriptions, but not make one.</p>`;
  }
  const form = {
    action: '/subscriptions/new',
    backPath: '/subscriptions',
    label: 'Make it',
    input,
    errors,
    hidden: hiddenOf(draft),
    headerNames: [],
    preview: tested === null ? null : filterPreview(tested, view),
  };
  return html`${crumb('/subscriptions', 'Subscriptions')}<h1>New subscription</h1>
<p class="lead">It gets every event that is noticed from then on. Its secret is shown once, after this page.</p>
${draft.notice ?? ''}${subscriptionForm(form, view)}`;
}

function viewMade(subscription: Subscription, secret: string, view: ViewContext): Html {
  const path = address`/subscriptions/${subscription.id}`;
  return html`<h1>Subscribed: ${nameOf(subscription)}</h1>
<h2>Its secret</h2>
${secretOnce(secret)}
<div class="actions">${actionForm(view, { action: `${path}/test`, label: 'Send a test', kind: 'main' })}
<a class="button" href="${path}">To the subscription</a></div>`;
}
