import type { Hono } from 'hono';
import { html } from 'hono/html';
import { subscriptionWithSecretSchema } from '#api/subscription-schema.ts';
import { address } from './api-client.ts';
import { type Html, notice } from './components.ts';
import { copyable } from './copyable.ts';
import { crumb } from './crumb.ts';
import type { DashboardContext, DashboardEnv } from './env.ts';
import { refusalNotice, showAgain } from './form-answers.ts';
import { actionForm } from './forms.ts';
import { addPage, type Page, type PagePorts } from './page.ts';
import { loadSubscription } from './subscription-page.ts';
import { mayChange, nameOf, type Subscription } from './subscription-words.ts';
import type { ViewContext } from './view-context.ts';

interface Rotation {
  readonly subscription: Subscription;
  /** Of this form: sent twice, it rotates once. */
  readonly once: string;
}

const overlaps = [
  ['3600', '1 hour'],
  ['86400', '1 day'],
  ['604800', '7 days'],
  ['0', 'not at all: it ends at once'],
] as const;
const usualOverlap = '86400';

export function addSecretPages(app: Hono<DashboardEnv>, ports: PagePorts): void {
  const load = async (c: DashboardContext): Promise<Rotation> => ({
    subscription: await loadSubscription(c),
    once: ports.newId(),
  });
  const page: Page<Rotation> = {
    path: '/subscriptions/:id/secret',
    section: 'subscriptions',
    still: true,
    load,
    title: ({ subscription }) => `The secret of ${nameOf(subscription)}`,
    view: (rotation, view) => viewRotation(rotation, view, null),
  };
  addPage(app, ports, page);

  app.post('/subscriptions/:id/secret', async (c) => {
    const { overlapSeconds = usualOverlap, once } = await c.req.parseBody();
    const path = address`/v1/subscriptions/${c.req.param('id')}/rotate-secret`;
    const body = { overlapSeconds: Number(overlapSeconds) };
    const headers = { 'idempotency-key': `dashboard ${String(once)}` };
    const answer = await c
      .get('api')
      .ask('POST', path, subscriptionWithSecretSchema, body, headers);
    if (answer.kind === 'answered') {
      const { secret } = answer.value;
      return showAgain(c, ports, answer, {
        title: 'The new secret',
        section: 'subscriptions',
        body: () => rotated(answer.value, secret, body.overlapSeconds),
      });
    }
    const rotation = await load(c);
    return showAgain(c, ports, answer.problem, {
      title: page.title(rotation),
      section: 'subscriptions',
      body: (view) => viewRotation(rotation, view, refusalNotice(answer.problem)),
    });
  });
}

function viewRotation(
  { subscription, once }: Rotation,
  view: ViewContext,
  refusal: Html | null,
): Html {
  const { id } = subscription;
  const above = crumb(address`/subscriptions/${id}`, nameOf(subscription));
  if (!mayChange(view.principal, subscription)) {
    return html`${above}<h1>Rotate the secret</h1>
<p class="lead">Your key may look at this subscription, but not change its secret.</p>`;
  }
  const fields = html`<div class="stack">
<label for="overlap">How long the present secret still signs beside it</label>
<select id="overlap" name="overlapSeconds" aria-describedby="overlap-help">${overlaps.map(
    ([value, label]) =>
      html`<option value="${value}"${value === usualOverlap ? html` selected` : ''}>${label}</option>`,
  )}</select>
<p class="help" id="overlap-help">Meanwhile every delivery carries both signatures, so the receiver can change over without missing one.</p>
</div>`;
  return html`${above}<h1>Rotate the secret</h1>
<p class="lead">A new secret is made and shown once. It signs from the next attempt on.</p>
${refusal ?? ''}
<div class="card form-card">${actionForm(view, {
    action: address`/subscriptions/${id}/secret`,
    label: 'Make a new secret',
    hidden: { once },
    fields,
    kind: 'main',
  })}</div>`;
}

function rotated(subscription: Subscription, secret: string, overlapSeconds: number): Html {
  const [, label = ''] = overlaps.find(([value]) => Number(value) === overlapSeconds) ?? [];
  const before =
    overlapSeconds === 0
      ? 'The one before it signs nothing any more.'
      : `The one before it signs beside it for ${label}.`;
  return html`${crumb(address`/subscriptions/${subscription.id}`, nameOf(subscription))}
<h1>The new secret</h1>
${secretOnce(secret)}
<p>${before}</p>
<p><a class="button" href="${address`/subscriptions/${subscription.id}`}">To the subscription</a></p>`;
}

/** The one time that it is shown. */
export function secretOnce(secret: string): Html {
  return html`${notice('good', 'Copy it now: it is never shown again.')}
${copyable('secret', secret)}
<p class="help">The receiver checks the header <code>webhook-signature</code> with it, as Standard Webhooks has it; any library for that takes this text as it is.</p>`;
}
