import type { Hono } from 'hono';
import { html } from 'hono/html';
import { z } from 'zod';
import { address, answered, withQuery } from './api-client.ts';
import { facts, type Html, notice } from './components.ts';
import { crumb } from './crumb.ts';
import type { DashboardContext, DashboardEnv } from './env.ts';
import { boxes, type FieldErrors, field, options, textOf, textsOf } from './fields.ts';
import { refusalNotice, showAgain } from './form-answers.ts';
import { actionForm } from './forms.ts';
import { addPage, type Page, type PagePorts } from './page.ts';
import { type ReplayChoice, type ReplayWish, readWish, replaySpans } from './replay-wish.ts';
import { loadSubscription } from './subscription-page.ts';
import { mayChange, nameOf, type Subscription } from './subscription-words.ts';
import type { ViewContext } from './view-context.ts';
import { countWords, numberWords } from './words.ts';

const countSchema = z.object({ count: z.int() });
const untouched: ReplayChoice = { what: 'failed', from: '', to: '', types: [] };
const section = 'subscriptions';

/** Choose, see how many that are, confirm: nothing is made again before its count was shown. */
export function addReplayPages(app: Hono<DashboardEnv>, ports: PagePorts): void {
  addPage(app, ports, replayPage);

  app.post('/subscriptions/:id/replay', async (c) => {
    const subscription = await loadSubscription(c);
    const choice = readChoice(await c.req.parseBody({ all: true }));
    const read = readWish(choice, ports.now());
    const again = (errors: FieldErrors, status: number, refusal: Html | null = null) =>
      showAgain(
        c,
        ports,
        { status },
        {
          title: replayPage.title(subscription),
          section,
          body: (view) => viewReplay(subscription, view, choice, errors, refusal),
        },
      );
    if (read.kind === 'unclear') {
      return again([{ path: read.field, message: read.message }], 400);
    }
    const answer = await askReplay(c, read.wish, true);
    if (answer.kind === 'refused') {
      return again([], answer.problem.status, refusalNotice(answer.problem));
    }
    return showAgain(
      c,
      ports,
      { status: 200 },
      {
        title: 'Replay: how many',
        section,
        body: (view) => viewCount(subscription, view, read.wish, answer.value.count),
      },
    );
  });

  app.post('/subscriptions/:id/replay/confirmed', async (c) => {
    const { status, since, until, types } = await c.req.parseBody();
    const chosen = textOf(types) === '' ? {} : { types: textOf(types).split(',') };
    const wish: ReplayWish =
      status === 'failed' ? { status } : { since: textOf(since), until: textOf(until), ...chosen };
    const { count } = answered(await askReplay(c, wish, false));
    const to = address`/subscriptions/${c.req.param('id')}`;
    return c.redirect(withQuery(to, { done: 'replayed', count }), 303);
  });
}

const replayPage: Page<Subscription> = {
  path: '/subscriptions/:id/replay',
  section,
  still: true,
  load: loadSubscription,
  title: (subscription) => `Replay to ${nameOf(subscription)}`,
  view: (subscription, view) => viewReplay(subscription, view, untouched, [], null),
};

function askReplay(c: DashboardContext, wish: ReplayWish, dryRun: boolean) {
  const path = address`/v1/subscriptions/${c.req.param('id') ?? ''}/replay`;
  return c.get('api').ask('POST', path, countSchema, { ...wish, dryRun });
}

function readChoice(sent: Readonly<Record<string, unknown>>): ReplayChoice {
  const [what, from, to] = [sent.what, sent.from, sent.to].map(textOf);
  return { what: what ?? '', from: from ?? '', to: to ?? '', types: textsOf(sent.types) };
}

function viewReplay(
  subscription: Subscription,
  view: ViewContext,
  choice: ReplayChoice,
  errors: FieldErrors,
  refusal: Html | null,
): Html {
  const { id } = subscription;
  const above = crumb(address`/subscriptions/${id}`, nameOf(subscription));
  if (!mayChange(view.principal, subscription)) {
    return html`${above}<h1>Replay</h1>
<p class="lead">Your key may look at this subscription, but not replay to it.</p>`;
  }
  const whats = [
    ['failed', 'What has failed'],
    ...replaySpans.map(([value, label]) => [value, label] as const),
    ['span', 'A span of time'],
  ] as const;
  const moment = (name: 'from' | 'to', label: string, help: string) =>
    field({
      name,
      label,
      help,
      errors,
      control: (attributes) =>
        html`<input type="datetime-local" step="1" value="${choice[name]}" ${attributes}>`,
    });
  const fields = html`<div class="fields">
${field({
  name: 'what',
  label: 'What is delivered again',
  errors,
  control: (attributes) => html`<select ${attributes}>${options(whats, choice.what)}</select>`,
})}
<fieldset class="when-span"><legend>The span of time</legend>
<div class="pair">${moment('from', 'From, UTC', 'When the change was noticed.')}${moment('to', 'To, UTC', 'Left empty: until now.')}</div></fieldset>
<details class="by-time"${choice.types.length > 0 ? html` open` : ''}><summary>Only some types</summary>
<div class="choices">${boxes('types', subscription.events, choice.types)}</div></details>
</div>`;
  return html`${above}<h1>Replay</h1>
<p class="lead">Deliveries are made again under the same <code>webhook-id</code>, behind what waits. A receiver that keeps those ids does nothing twice. First you see how many they are.</p>
${refusal ?? ''}
<div class="card form-card">${actionForm(view, {
    action: address`/subscriptions/${id}/replay`,
    label: 'Count them',
    fields,
    kind: 'main',
  })}</div>`;
}

function viewCount(
  subscription: Subscription,
  view: ViewContext,
  wish: ReplayWish,
  count: number,
): Html {
  const { id } = subscription;
  const base = address`/subscriptions/${id}`;
  const above = crumb(base, nameOf(subscription));
  const other = html`<a class="button" href="${base}/replay">Choose otherwise</a>`;
  if (count === 0) {
    return html`${above}<h1>Nothing to deliver again</h1>
<p class="lead">What waits or is being retried is on its way already, and is not counted.</p>
<div class="card settings">${wishFacts(wish)}</div>
<p>${other}</p>`;
  }
  const counted = countWords(count, 'delivery', 'deliveries');
  return html`${above}<h1>${counted} would be made again</h1>
${subscription.status === 'active' ? '' : notice('warn', 'This subscription is not active: they will wait until it is resumed.')}
<div class="card settings">${wishFacts(wish)}</div>
<div class="actions">${actionForm(view, {
    action: `${base}/replay/confirmed`,
    label: count === 1 ? 'Deliver it again' : `Deliver all ${numberWords(count)} again`,
    hidden: hiddenOf(wish),
    kind: 'main',
  })}${other}</div>`;
}

function wishFacts(wish: ReplayWish): Html {
  if ('status' in wish) return facts([['What', 'all that has failed and whose event is kept']]);
  const types = wish.types ?? [];
  return facts([
    ['Noticed from', utc(wish.since)],
    ['To', utc(wish.until)],
    ['Types', types.length === 0 ? 'all that it wants' : types.join(', ')],
  ]);
}

function utc(iso: string): Html {
  return html`<time datetime="${iso}">${iso.slice(0, 19).replace('T', ' ')} UTC</time>`;
}

function hiddenOf(wish: ReplayWish): Record<string, string> {
  if ('status' in wish) return { status: wish.status };
  return { since: wish.since, until: wish.until, types: (wish.types ?? []).join(',') };
}
