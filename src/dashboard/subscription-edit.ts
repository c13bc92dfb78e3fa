import type { Hono } from 'hono';
import { html } from 'hono/html';
import { subscriptionSchema } from '#api/subscription-schema.ts';
import { address, answered, withQuery } from './api-client.ts';
import { type Html, notice } from './components.ts';
import { crumb } from './crumb.ts';
import type { DashboardContext, DashboardEnv } from './env.ts';
import { textOf } from './fields.ts';
import { filterPreview } from './filter-preview.ts';
import { showAgain } from './form-answers.ts';
import { addPage, type Page, type PagePorts } from './page.ts';
import { type Draft, fresh, hiddenOf, refused, reviewInput } from './subscription-draft.ts';
import { subscriptionForm } from './subscription-form.ts';
import { inputOf, wishText } from './subscription-input.ts';
import { mayChange, nameOf, type Subscription } from './subscription-words.ts';
import type { ViewContext } from './view-context.ts';

const section = 'subscriptions';

interface Edited {
  readonly subscription: Subscription;
  readonly draft: Draft;
}

async function loadEdited(c: DashboardContext): Promise<Edited> {
  const path = address`/v1/subscriptions/${c.req.param('id') ?? ''}`;
  const answer = await c.get('api').ask('GET', path, subscriptionSchema);
  const subscription = answered(answer);
  const token = answer.kind === 'answered' ? (answer.etag ?? '*') : '*';
  return { subscription, draft: { ...fresh, input: inputOf(subscription), token } };
}

/** Changing one: the same form as for making it, over what it is now. */
export function addEditPage(app: Hono<DashboardEnv>, ports: PagePorts): void {
  addPage(app, ports, page);

  app.post('/subscriptions/:id/edit', async (c) => {
    const sent = await c.req.parseBody({ all: true });
    const again = async (status: number, draft: Omit<Draft, 'token'>, etag?: string) => {
      const edited = await loadEdited(c);
      const shown = { ...edited, draft: { ...draft, token: etag ?? edited.draft.token } };
      return showAgain(
        c,
        ports,
        { status },
        {
          title: page.title(edited),
          section,
          body: (view) => viewEdit(shown, view),
        },
      );
    };
    const etag = textOf(sent.token);
    const review = await reviewInput(c, sent);
    if (review.kind === 'again') return again(review.status, review.draft, etag);
    const id = c.req.param('id');
    const headers = { 'if-match': etag };
    const path = address`/v1/subscriptions/${id}`;
    const api = c.get('api');
    const changed = await api.ask('PATCH', path, subscriptionSchema, review.body, headers);
    if (changed.kind === 'answered') {
      return c.redirect(withQuery(address`/subscriptions/${id}`, { done: 'saved' }), 303);
    }
    const { status } = changed.problem;
    // Whoever has seen that it changed may save over it.
    if (status === 412)
      return again(412, {
        ...fresh,
        input: review.input,
        notice: changedMeanwhile,
        tried: wishText(review.input),
      });
    return again(status, refused(review.input, changed.problem), etag);
  });
}

const page: Page<Edited> = {
  path: '/subscriptions/:id/edit',
  section,
  still: true,
  load: loadEdited,
  title: ({ subscription }) => `Edit ${nameOf(subscription)}`,
  view: viewEdit,
};

const changedMeanwhile = notice(
  'warn',
  'Somebody else changed it while you wrote. Your input is kept; saving again puts it over that change.',
);

function viewEdit({ subscription, draft }: Edited, view: ViewContext): Html {
  const path = address`/subscriptions/${subscription.id}`;
  const above = crumb(path, nameOf(subscription));
  if (!mayChange(view.principal, subscription)) {
    return html`${above}<h1>Edit</h1><p class="lead">Your key may look at this subscription, but not change it.</p>`;
  }
  const form = {
    action: `${path}/edit`,
    backPath: path,
    label: 'Save',
    input: draft.input,
    errors: draft.errors,
    hidden: hiddenOf(draft),
    headerNames: subscription.headers,
    preview: draft.tested === null ? null : filterPreview(draft.tested, view),
  };
  return html`${above}<h1>Edit</h1>
<p class="lead">A change holds for events that are noticed from then on. With another address, what waits is tried there at once.</p>
${draft.notice ?? ''}${subscriptionForm(form, view)}`;
}
