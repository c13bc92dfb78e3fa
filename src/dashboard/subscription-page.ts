import { html } from 'hono/html';
import { deliveryPageSchema } from '#api/deliveries.ts';
import { subscriptionSchema } from '#api/subscription-schema.ts';
import { address, withQuery } from './api-client.ts';
import { aboutLink } from './attempt-view.ts';
import { badge, card, facts, type Html, moment, table } from './components.ts';
import { crumb } from './crumb.ts';
import {
  type Attempt,
  attemptWords,
  type Delivery,
  type Success,
  successOf,
} from './delivery-words.ts';
import type { DashboardContext } from './env.ts';
import type { Page } from './page.ts';
import { subscriptionActions } from './subscription-actions-view.ts';
import { subscriptionSettings } from './subscription-settings.ts';
import {
  nameOf,
  type Subscription,
  standingOf,
  standingSentences,
  standingWords,
  type Waiting,
  waitingOf,
} from './subscription-words.ts';
import type { ViewContext } from './view-context.ts';
import { countWords, durationWords, numberWords } from './words.ts';

export interface ShownSubscription {
  readonly subscription: Subscription;
  readonly waiting: Waiting;
  /** Null where too much is being retried to look through it all. */
  readonly success: Success | null;
  /** The latest attempts of all deliveries, the latest first. */
  readonly latest: readonly { readonly delivery: Delivery; readonly attempt: Attempt }[];
}

const listedDeliveries = 50;
const shownAttempts = 8;

/** How one subscription stands, what was tried last, and what can be done about it. */
export const subscriptionPage: Page<ShownSubscription> = {
  path: '/subscriptions/:id',
  section: 'subscriptions',
  load: loadShown,
  title: ({ subscription }) => nameOf(subscription),
  view: viewSubscriptionPage,
};

export function loadSubscription(c: DashboardContext): Promise<Subscription> {
  const path = address`/v1/subscriptions/${c.req.param('id') ?? ''}`;
  return c.get('api').get(path, subscriptionSchema);
}

async function loadShown(c: DashboardContext): Promise<ShownSubscription> {
  const path = address`/v1/subscriptions/${c.req.param('id') ?? ''}/deliveries`;
  const list = (status: string, limit: number) =>
    c.get('api').get(withQuery(path, { status, limit }), deliveryPageSchema);
  const subscription = await loadSubscription(c);
  const [pending, retrying, delivered, failed] = await Promise.all([
    list('pending', 1),
    list('retrying', listedDeliveries),
    list('delivered', listedDeliveries),
    list('failed', listedDeliveries),
  ]);
  const lists = [retrying, delivered, failed];
  const first = pending.data[0] ?? retrying.data[0] ?? null;
  return {
    subscription,
    waiting: {
      firstAt: first?.committedAt ?? null,
      nextAttemptAt:
        retrying.data.find((each) => each.nextAttemptAt !== null)?.nextAttemptAt ?? null,
    },
    success: retrying.next === null ? successOf(lists) : null,
    latest: latestOf(lists.flatMap(({ data }) => data)),
  };
}

function latestOf(deliveries: readonly Delivery[]): ShownSubscription['latest'] {
  return deliveries
    .flatMap((delivery) => delivery.attempts.map((attempt) => ({ delivery, attempt })))
    .sort((left, right) => right.attempt.at.localeCompare(left.attempt.at))
    .slice(0, shownAttempts);
}

function viewSubscriptionPage(shown: ShownSubscription, view: ViewContext): Html {
  const { subscription } = shown;
  return html`${crumb('/subscriptions', 'Subscriptions')}
${view.live('state', standing(shown, view.nowMs))}
${subscriptionActions(subscription, view)}
${view.live('figures', figures(shown, view))}
${subscriptionSettings(subscription, view)}`;
}

function standing({ subscription, waiting }: ShownSubscription, nowMs: number): Html {
  const { tone, word } = standingWords[standingOf(subscription)];
  const sentences = standingSentences(subscription, waiting, nowMs);
  return html`<div class="title-row"><h1>${nameOf(subscription)}</h1>${badge(tone, word)}</div>
<p class="lead">${sentences.join(' ')}</p>`;
}

function figures(shown: ShownSubscription, view: ViewContext): Html {
  const { subscription, latest } = shown;
  const { id } = subscription;
  const deliveries = address`/subscriptions/${id}/deliveries`;
  return html`<div class="cards">
${card('What waits', waitingCard(shown, view.nowMs))}
${card('How attempts went', successCard(shown))}
</div>
<section aria-labelledby="latest">
<div class="title-row"><h2 id="latest">Latest attempts</h2><a href="${deliveries}">All deliveries</a></div>
${attemptTable(id, latest, view)}
</section>`;
}

function waitingCard({ subscription, waiting }: ShownSubscription, nowMs: number): Html {
  const { pending, retrying } = subscription.deliveries;
  return html`<p class="answer">${numberWords(waitingOf(subscription))}</p>${facts([
    ['First in line, noticed', moment(waiting.firstAt, nowMs, 'nothing waits')],
    ['Not tried yet', numberWords(pending)],
    ['Tried, and tried again', numberWords(retrying)],
    ['Next attempt', nextAttempt(subscription, waiting.nextAttemptAt, nowMs)],
  ])}`;
}

function nextAttempt(
  { status, deliveries }: Subscription,
  nextAttemptAt: string | null,
  nowMs: number,
): Html {
  if (nextAttemptAt === null) {
    return status === 'active' && deliveries.pending > 0
      ? html`as soon as its turn comes`
      : html`none`;
  }
  return Date.parse(nextAttemptAt) <= nowMs ? html`now` : moment(nextAttemptAt, nowMs);
}

function successCard({ subscription, success }: ShownSubscription): Html {
  const { delivered, failed, expired, skipped } = subscription.deliveries;
  const ended = facts([
    ['Delivered', numberWords(delivered)],
    ['Failed for good', numberWords(failed)],
    ['Expired before they were sent', numberWords(expired)],
    ['Skipped', numberWords(skipped)],
  ]);
  return html`${successWords(success)}${ended}`;
}

function successWords(success: Success | null): Html {
  if (success === null) {
    return html`<p class="answer">Most fail</p><p class="soft">Too many are tried again to count them here.</p>`;
  }
  const { succeeded, attempts, latest } = success;
  if (attempts === 0) return html`<p class="answer">No attempt yet</p>`;
  const percent = Math.floor((succeeded / attempts) * 100);
  return html`<p class="answer">${percent} % <span class="soft">${numberWords(succeeded)} of the last ${countWords(attempts, 'attempt')}</span></p>
${strip(latest)}`;
}

/** Each attempt is a stroke, the latest at the right: short where it succeeded, tall where it did not. */
function strip(latest: readonly boolean[]): Html {
  const strokes = latest.map((succeeded, at) => {
    const x = (60 - latest.length + at) * 10;
    return succeeded
      ? html`<rect class="taken" x="${x}" y="14" width="6" height="10" rx="1"/>`
      : html`<rect class="refused" x="${x}" y="2" width="6" height="22" rx="1"/>`;
  });
  return html`<svg class="strip" viewBox="0 0 600 24" preserveAspectRatio="none" aria-hidden="true">${strokes}</svg>`;
}

function attemptTable(
  id: string,
  latest: ShownSubscription['latest'],
  { principal, nowMs }: ViewContext,
): Html {
  return table({
    caption: 'The latest attempts of all its deliveries',
    columns: [
      { name: 'When' },
      { name: 'Result' },
      { name: 'About' },
      { name: 'What it means', kind: 'wide' },
      { name: 'Took', kind: 'number wide' },
    ],
    rows: latest.map(({ delivery, attempt }) => {
      const { tone, word, meaning } = attemptWords(attempt);
      const path = withQuery(address`/subscriptions/${id}/deliveries`, { status: delivery.status });
      return [
        html`<a href="${path}">${moment(attempt.at, nowMs)}</a>`,
        badge(tone, word),
        aboutLink(delivery, principal),
        meaning,
        durationWords(attempt.durationMs / 1000),
      ];
    }),
    empty: 'Nothing was sent to it yet. A test shows whether it can be reached.',
  });
}
