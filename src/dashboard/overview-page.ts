import { html } from 'hono/html';
import { type Concern, type Overview, overviewSchema } from '#api/overview-schema.ts';
import { hasScope } from '#domain/api-key.ts';
import { address } from './api-client.ts';
import { badge, card, facts, type Html, type Tone } from './components.ts';
import { isDeliveredWords, isSeenWords } from './overview-words.ts';
import type { Page } from './page.ts';
import { plot } from './plot.ts';
import type { ViewContext } from './view-context.ts';
import { ageWords, countWords, durationWords, numberWords } from './words.ts';

/** Is everything seen, is everything delivered, how fresh, how late, what needs me. */
export const overviewPage: Page<Overview | null> = {
  path: '/',
  section: 'overview',
  plots: true,
  load: async (c) =>
    // A key that sees only what it made sees no totals over all.
    hasScope(c.get('signedIn').principal, ['read'])
      ? await c.get('api').get('/v1/overview', overviewSchema)
      : null,
  title: () => 'Overview',
  view: (overview, view) =>
    overview === null
      ? ownOnly()
      : html`${view.live('answers', answers(overview, view))}
<section class="plots" aria-label="The last hour">${view.live('plots', plots(overview))}</section>`,
};

function ownOnly(): Html {
  return html`<h1>Overview</h1>
<p>Your key opens the subscriptions that were made with it: <a href="/subscriptions">to your subscriptions</a>.</p>`;
}

function answers(overview: Overview, view: ViewContext): Html {
  const seen = isSeenWords(overview);
  const delivered = isDeliveredWords(overview, view.nowMs);
  const needy = overview.concerns.filter(({ kind }) => kind !== 'source.baselining');
  const heading =
    needy.length === 0
      ? 'Nothing needs you'
      : `${countWords(needy.length, 'thing')} need${needy.length === 1 ? 's' : ''} you`;
  return html`<h1>${heading}</h1>
<div class="cards">
${card('Is everything seen?', html`<p class="answer">${badge(seen.tone, seen.answer)}</p><p>${seen.because}</p>${seenFacts(overview)}`, seen.tone)}
${card('Is everything delivered?', html`<p class="answer">${badge(delivered.tone, delivered.answer)}</p><p>${delivered.because}</p>${deliveredFacts(overview)}`, delivered.tone)}
</div>
<section aria-labelledby="needs">
<h2 id="needs">What needs you</h2>
${concerns(overview.concerns, view.nowMs)}
</section>`;
}

function seenFacts({ sources }: Overview): Html {
  const { watching, baselining, paused, failing, contacts, hotSeconds } = sources;
  const states = [
    [watching, 'watched'],
    [baselining, 'read for the first time'],
    [paused, 'paused'],
    [failing, 'failing'],
  ] as const;
  const shown = states.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`);
  return facts([
    ['Sources', html`<a href="/sources">${shown.length === 0 ? 'none' : shown.join(', ')}</a>`],
    ['Contacts', numberWords(contacts)],
    ['People seen lately, read', hotSeconds === null ? 'not yet' : `${ageWords(hotSeconds)} ago`],
  ]);
}

function deliveredFacts({ subscriptions, deliveries, minutes }: Overview): Html {
  const { active, failing, paused, disabled } = subscriptions;
  const delivered = sumOf(minutes, 'delivered');
  const refused = sumOf(minutes, 'refused');
  return facts([
    [
      'Subscriptions',
      html`<a href="/subscriptions">${numberWords(active + failing + paused + disabled)}</a>`,
    ],
    ['Delivered in the last hour', numberWords(delivered)],
    ['Failed attempts in the last hour', numberWords(refused)],
    ['Given up, kept for replay', numberWords(deliveries.failed + deliveries.expired)],
  ]);
}

const concernTones: Readonly<Record<Concern['kind'], readonly [Tone, string]>> = {
  'source.failing': ['bad', 'Source failing'],
  'source.baselining': ['idle', 'First reading'],
  'subscription.disabled': ['bad', 'Disabled'],
  'subscription.failing': ['warn', 'Failing'],
};

function concerns(list: readonly Concern[], nowMs: number): Html {
  if (list.length === 0) {
    return html`<p class="empty">Nothing. Every source answers, and no subscription fails.</p>`;
  }
  return html`<ul class="concerns">${list.map(({ kind, id, name, since, detail, waiting }) => {
    const [tone, word] = concernTones[kind];
    const path = kind.startsWith('source')
      ? address`/sources/${id}`
      : address`/subscriptions/${id}`;
    return html`<li><p class="title-row"><a href="${path}">${name}</a> ${badge(tone, word)}</p>
<p>${detail}${waiting === 0 ? '' : ` ${countWords(waiting, 'delivery waits', 'deliveries wait')}.`}</p>
${since === null ? '' : html`<p class="soft">For ${span(since, nowMs)}</p>`}</li>`;
  })}</ul>`;
}

function span(since: string, nowMs: number): Html {
  const words = ageWords((nowMs - Date.parse(since)) / 1000);
  return html`<time datetime="${since}" title="since ${since}">${words}</time>`;
}

function plots({ minutes }: Overview): Html {
  const times = minutes.map(({ at }) => Date.parse(at) / 1000);
  const events = sumOf(minutes, 'events');
  const delivered = sumOf(minutes, 'delivered');
  const refused = sumOf(minutes, 'refused');
  return html`${plot({
    id: 'plot-events',
    title: 'Changes noticed, per minute',
    times,
    series: [{ name: 'Changes', tone: 'accent', values: minutes.map((each) => each.events) }],
    summary: `${countWords(events, 'change')} in the last hour, ${numberWords(most(minutes, 'events'))} in the busiest minute.`,
  })}${plot({
    id: 'plot-deliveries',
    title: 'Deliveries, per minute',
    times,
    series: [
      { name: 'Delivered', tone: 'good', values: minutes.map((each) => each.delivered) },
      { name: 'Failed attempts', tone: 'bad', values: minutes.map((each) => each.refused) },
    ],
    summary: `${numberWords(delivered)} delivered in the last hour, ${countWords(refused, 'attempt')} failed.`,
  })}${plot({
    id: 'plot-lateness',
    title: 'Seconds from noticed to delivered',
    least: 0.1,
    times,
    series: [{ name: 'Seconds', tone: 'warn', values: minutes.map((each) => each.meanSeconds) }],
    summary: latenessWords(minutes),
  })}`;
}

type Minutes = Overview['minutes'];

function sumOf(minutes: Minutes, name: 'events' | 'delivered' | 'refused'): number {
  return minutes.reduce((sum, minute) => sum + minute[name], 0);
}

function most(minutes: Minutes, name: 'events' | 'delivered'): number {
  return Math.max(0, ...minutes.map((minute) => minute[name]));
}

function latenessWords(minutes: Minutes): string {
  const delivered = sumOf(minutes, 'delivered');
  if (delivered === 0) return 'Nothing was delivered in the last hour.';
  const late = minutes.reduce((sum, each) => sum + (each.meanSeconds ?? 0) * each.delivered, 0);
  return `${durationWords(late / delivered)} on average in the last hour, retries included.`;
}
