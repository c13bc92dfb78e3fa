import { expect, test } from 'vitest';
import type { ChangeEvent } from '#domain/change-event.ts';
import { makeEvent } from '../../support/stage.ts';
import { makeSource } from '../api/api-under-test.ts';
import { openDashboard } from './dashboard-under-test.ts';
import { fragmentsOf, openLive } from './watching.ts';

async function openWith(...events: ChangeEvent[]) {
  const on = await openDashboard();
  for (const id of ['east', 'west']) await on.api.store.sources.create(makeSource(id));
  for (const event of events) await on.api.store.eventLog.append(event.data.source, event);
  return { ...on, browser: await on.signedIn() };
}

function ofType(event: ChangeEvent, type: ChangeEvent['type']): ChangeEvent {
  return { ...event, type };
}

/** The ids of the events that a page leads to, in their order. */
function shownIn({ text }: { readonly text: string }): string[] {
  return [...text.matchAll(/href="\/events\/(evt_\d+)"/g)].map(([, id = '']) => id);
}

test('the newest event stands first, in a sentence', async () => {
  const { browser } = await openWith(makeEvent(1, 'east'), makeEvent(2, 'west'));
  const page = await browser.get('/events');
  expect(page.status).toBe(200);
  expect(shownIn(page)).toEqual([makeEvent(2).id, makeEvent(1).id]);
  expect(page.text).toContain('Contact contact-2 is new.');
  expect(page.text).toContain('href="/contacts/west/contact-2"');
});

test.each([
  ['type=contact.deleted', [2]],
  ['source=east', [1]],
  ['contact=contact-1', [1]],
  ['type=contact.deleted&source=west', [2]],
  ['type=&source=&contact=', [3, 2, 1]],
])('/events?%s shows these and no others, and keeps what was chosen', async (query, numbers) => {
  // Of events within one millisecond the later of a log counts as newer, and of two first ones that in the log of the greater name.
  const gone = ofType(makeEvent(2, 'west'), 'contact.deleted');
  const { browser } = await openWith(makeEvent(1, 'east'), gone, makeEvent(3, 'west'));
  const page = await browser.get(`/events?${query}`);
  expect(shownIn(page)).toEqual(numbers.map((number) => makeEvent(number).id));
  const chosen = new URLSearchParams(query);
  for (const name of ['type', 'source']) {
    if (chosen.get(name))
      expect(page.text).toContain(`<option value="${chosen.get(name)}" selected>`);
  }
  if (chosen.get('contact')) expect(page.text).toContain('name="contact" value="contact-1"');
});

test('what is about no contact leads to the source or the subscription that it is about', async () => {
  const failing: ChangeEvent = {
    ...makeEvent(1),
    type: 'source.failing',
    data: { source: 'east', error: { message: 'The inbox refused the API token.' } },
  };
  const tested: ChangeEvent = {
    ...makeEvent(2),
    type: 'subscription.test',
    data: { source: 'service', subscription: 'sub_one' },
  };
  const { browser } = await openWith(failing, tested);
  const { text } = await browser.get('/events');
  expect(text).toContain('cannot be read: The inbox refused the API token.');
  expect(text).toContain('<a href="/sources/east">east</a>');
  expect(text).toContain('<a href="/subscriptions/sub_one">a subscription</a>');
  const page = await browser.get(`/events/${failing.id}`);
  expect(page.text).toContain('href="/sources/east">This source</a>');
});

test('pages lead on to the older ones, and back', async () => {
  const events = Array.from({ length: 60 }, (_, number) => makeEvent(number, 'east'));
  const { browser } = await openWith(...events);
  const first = await browser.get('/events?source=east');
  expect(shownIn(first)).toHaveLength(50);
  const [, next = ''] = /href="([^"]+)" rel="next"/.exec(first.text) ?? [];
  const second = await browser.get(next.replaceAll('&amp;', '&'));
  expect(shownIn(second)).toEqual(
    events
      .slice(0, 10)
      .map(({ id }) => id)
      .reverse(),
  );
  expect(second.text).toContain('href="/events?source=east" rel="first"');
  expect(second.text).not.toContain('rel="next"');
  expect(second.text).not.toContain('data-live-source');
});

test.each([
  ['/events?type=contact.vanished', 'type'],
  ['/events?source=Not%20An%20Id', 'source'],
  ['/events?cursor=made-up', 'cursor'],
])('%s is a page that says what does not fit', async (path, name) => {
  const { browser } = await openWith();
  const { status, text } = await browser.get(path);
  expect(status).toBe(400);
  expect(text).toContain('<h1>This does not fit</h1>');
  expect(text).toContain(`<code>${name}</code>`);
});

test('where nothing happened yet the page says why, and what to do', async () => {
  const empty = await openDashboard();
  const nobody = await (await empty.signedIn()).get('/events');
  expect(nobody.text).toContain('no inbox is connected. Connect one under Sources.');
  const { browser } = await openWith();
  expect((await browser.get('/events')).text).toContain('the first change after that shows here');
  const filtered = await browser.get('/events?contact=nobody');
  expect(filtered.text).toContain('No event fits these filters.');
});

test('what comes while somebody reads is counted, and moves nothing', async () => {
  const { api, browser, watch, nextRound } = await openLive();
  await api.store.sources.create(makeSource('east'));
  const add = (number: number, type: ChangeEvent['type'] = 'contact.created') =>
    api.store.eventLog.append('east', ofType(makeEvent(number, 'east'), type));
  await add(1);
  const page = await browser.get('/events?type=contact.created');
  const [, path = ''] = /data-live-source="([^"]+)"/.exec(page.text) ?? [];
  const { messages } = await watch(path.replaceAll('&amp;', '&'));
  expect(await fragmentsOf(messages)).toEqual(new Map([['news', '']]));
  await add(2);
  await add(3, 'contact.deleted');
  nextRound();
  const one = await fragmentsOf(messages);
  expect([...one.keys()]).toEqual(['news']);
  expect(one.get('news')).toContain('href="/events?type=contact.created">1 new event: show it');
  await add(4);
  await add(5);
  nextRound();
  expect((await fragmentsOf(messages)).get('news')).toContain('3 new events: show them');
});

test('the first event of all is news too', async () => {
  const { api, browser, watch } = await openLive();
  const page = await browser.get('/events');
  await api.store.sources.create(makeSource('east'));
  await api.store.eventLog.append('east', makeEvent(1, 'east'));
  const [, path = ''] = /data-live-source="([^"]+)"/.exec(page.text) ?? [];
  const { messages } = await watch(path.replaceAll('&amp;', '&'));
  expect((await fragmentsOf(messages)).get('news')).toContain('1 new event: show it');
});

test.each(['/events', '/events/evt_1', '/contacts/east/contact-1', '/search?q=Ada'])(
  '%s tells a key without `read` plainly that it may not',
  async (path) => {
    const { signedIn } = await openWith(makeEvent(1, 'east'));
    const { status, text } = await (await signedIn('subscriptions')).get(path);
    expect(status).toBe(403);
    expect(text).toContain('<h1>Not with this key</h1>');
    expect(text).not.toContain('contact-1');
  },
);
