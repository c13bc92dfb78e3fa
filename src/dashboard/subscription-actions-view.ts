import { html } from 'hono/html';
import { address } from './api-client.ts';
import type { Html } from './components.ts';
import { actionForm } from './forms.ts';
import { mayChange, type Subscription, waitingOf } from './subscription-words.ts';
import type { ViewContext } from './view-context.ts';
import { numberWords } from './words.ts';

/** What can be done about it; nothing for a key that may only look. */
export function subscriptionActions(subscription: Subscription, view: ViewContext): Html {
  if (!mayChange(view.principal, subscription)) return html``;
  const { id, status } = subscription;
  const base = address`/subscriptions/${id}`;
  return html`<div class="actions">
${status === 'active' ? '' : resumeForms(subscription, view)}
${actionForm(view, { action: `${base}/test`, label: 'Send a test' })}
${status === 'active' ? actionForm(view, { action: `${base}/pause`, label: 'Pause' }) : ''}
<a class="button" href="${base}/replay">Replay</a>
<a class="button" href="${base}/edit">Edit</a>
<a class="button" href="${base}/secret">Rotate the secret</a>
<a class="button" href="${base}/delete">Delete</a>
</div>`;
}

/** What has waited is delivered, or skipped: both are one step, so both say what they do. */
function resumeForms(subscription: Subscription, view: ViewContext): Html {
  const action = address`/subscriptions/${subscription.id}/resume`;
  const waiting = waitingOf(subscription);
  if (waiting === 0) return actionForm(view, { action, label: 'Resume', kind: 'main' });
  const count = numberWords(waiting);
  return html`${actionForm(view, {
    action,
    label: `Resume, deliver ${waiting === 1 ? 'the one that waits' : `the ${count} that wait`}`,
    hidden: { backlog: 'deliver' },
    kind: 'main',
  })}${actionForm(view, {
    action,
    label: `Resume, skip ${waiting === 1 ? 'it' : 'them'}`,
    hidden: { backlog: 'skip' },
  })}`;
}
