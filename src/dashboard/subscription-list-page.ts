import { html } from 'hono/html';
import type { z } from 'zod';
import { type Overview, overviewSchema } from '#api/overview-schema.ts';
import { subscriptionPageSchema } from '#api/subscriptions.ts';
import { hasScope } from '#domain/api-key.ts';
import { address, withQuery } from './api-client.ts';
import { badge, type Html, pager, table } from './components.ts';
import type { DashboardContext } from './env.ts';
import type { Page } from './page.ts';
import {
  addressOf,
  briefWords,
  nameOf,
  type Standing,
  type Subscription,
  standingOf,
  standingWords,
  waitingOf,
} from './subscription-words.ts';
import { tabs } from './tabs.ts';
import type { ViewContext } from './view-context.ts';
import { countWords, numberWords } from './words.ts';

interface Listed {
  readonly list: z.output<typeof subscriptionPageSchema>;
  /** How many there are of each; null for a key that does not see all. */
  readonly totals: Overview['subscriptions'] | null;
  readonly status: Standing | null;
  readonly search: string;
  readonly isStart: boolean;
}

/** The worst first. */
const standings: readonly Standing[] = ['disabled', 'failing', 'paused', 'active'];
const rowsPerPage = 50;
const longestSearch = 200;

/** Who is told, and who of them is not reached. */
export const subscriptionListPage: Page<Listed> = {
  path: '/subscriptions',
  section: 'subscriptions',
  load: loadList,
  title: () => 'Subscriptions',
  view: viewList,
};

async function loadList(c: DashboardContext): Promise<Listed> {
  const api = c.get('api');
  const { cursor, status: wished } = c.req.query();
  const search = (c.req.query('search') ?? '').trim().slice(0, longestSearch);
  const status = standings.find((each) => each === wished) ?? null;
  const query = {
    order: 'trouble',
    limit: rowsPerPage,
    status,
    search: search === '' ? null : search,
    cursor,
  };
  const seesAll = hasScope(c.get('signedIn').principal, ['read']);
  const [list, overview] = await Promise.all([
    api.get(withQuery('/v1/subscriptions', query), subscriptionPageSchema),
    seesAll ? api.get('/v1/overview', overviewSchema) : null,
  ]);
  const totals = overview?.subscriptions ?? null;
  return { list, totals, status, search, isStart: cursor === undefined };
}

function viewList(listed: Listed, view: ViewContext): Html {
  const { list, totals, status, search, isStart } = listed;
  const here = { status, search: search === '' ? null : search };
  const next =
    list.next === null ? null : withQuery('/subscriptions', { ...here, cursor: list.next });
  return html`<div class="title-row"><h1>Subscriptions</h1>${newButton(view)}</div>
${view.live('lead', leadSentence(totals, list.data.length))}
<div class="list-tools">
${view.live('states', stateTabs(listed))}
<form method="get" action="/subscriptions" class="filters" role="search">
${status === null ? '' : html`<input type="hidden" name="status" value="${status}">`}
<label>Name, address or id <input type="search" name="search" value="${search}" maxlength="${longestSearch}"></label>
<button>Search</button>
</form>
</div>
${view.live('list', subscriptionTable(listed, view.nowMs))}
${pager(next, isStart ? null : withQuery('/subscriptions', here))}`;
}

function newButton({ principal }: ViewContext): Html {
  return hasScope(principal, ['subscriptions'])
    ? html`<a class="button main" href="/subscriptions/new">New subscription</a>`
    : html``;
}

/** Whether everybody is reached. */
function leadSentence(totals: Listed['totals'], shown: number): Html {
  if (totals === null) {
    return html`<p class="lead">Those that were made with your key.</p>`;
  }
  const { active, failing, paused, disabled } = totals;
  const all = active + failing + paused + disabled;
  if (all === 0 && shown === 0) return html`<p class="lead">Nobody has subscribed yet.</p>`;
  const unreached = failing + disabled;
  const pausedWords = paused === 0 ? '' : ` ${countWords(paused, 'is', 'are')} paused.`;
  if (unreached === 0) {
    return html`<p class="lead">Everybody is reached.${pausedWords}</p>`;
  }
  const isWord = unreached === 1 ? 'is' : 'are';
  return html`<p class="lead">${numberWords(unreached)} of ${countWords(all, 'subscription')} ${isWord} not reached now.${pausedWords}</p>`;
}

function stateTabs({ totals, status, search }: Listed): Html {
  const words = search === '' ? null : search;
  // A search looks through all, so how many it finds of each is not known.
  const countOf = (standing: Standing) =>
    totals === null || words !== null ? null : totals[standing];
  const all =
    totals === null || words !== null
      ? null
      : standings.reduce((sum, standing) => sum + totals[standing], 0);
  return tabs('By state', [
    {
      label: 'All',
      path: withQuery('/subscriptions', { search: words }),
      isCurrent: status === null,
      count: all,
    },
    ...standings.map((standing) => ({
      label: standingWords[standing].word,
      path: withQuery('/subscriptions', { status: standing, search: words }),
      isCurrent: status === standing,
      count: countOf(standing),
    })),
  ]);
}

function subscriptionTable({ list, status, search }: Listed, nowMs: number): Html {
  return table({
    caption: 'Subscriptions, those in trouble first',
    columns: [
      { name: 'Subscription' },
      { name: 'State' },
      { name: 'How it stands', kind: 'wide' },
      { name: 'Waiting', kind: 'number' },
      { name: 'Delivered', kind: 'number wide' },
      { name: 'Given up', kind: 'number wide' },
    ],
    rows: list.data.map((each) => subscriptionRow(each, nowMs)),
    empty: emptyWords(status, search),
  });
}

function subscriptionRow(subscription: Subscription, nowMs: number) {
  const { id, url, deliveries } = subscription;
  const { tone, word } = standingWords[standingOf(subscription)];
  const name = nameOf(subscription);
  const shownAddress = addressOf(url);
  return [
    html`<a href="${address`/subscriptions/${id}`}">${name}</a>${
      name === shownAddress ? '' : html`<span class="soft wide address">${shownAddress}</span>`
    }`,
    badge(tone, word),
    briefWords(subscription, nowMs),
    numberWords(waitingOf(subscription)),
    numberWords(deliveries.delivered),
    numberWords(deliveries.failed + deliveries.expired),
  ];
}

function emptyWords(status: Standing | null, search: string): string {
  if (search !== '') return 'Nothing is found. Ids, addresses and descriptions are looked through.';
  if (status === null) return 'There is no subscription yet. The first one is made in a minute.';
  return `None is ${standingWords[status].word.toLowerCase()} now.`;
}
