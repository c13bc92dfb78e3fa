import { expect, test } from 'vitest';
import type { ChangeEvent } from '#domain/change-event.ts';
import { makeEvent, makeSubscription, subscribe } from '../../support/stage.ts';
import { makeSource } from '../api/api-under-test.ts';
import { openDashboard } from './dashboard-under-test.ts';

/** An event of Ada's, in the log of a source. */
function ofAda(number: number, source: string, changes: Partial<ChangeEvent> = {}): ChangeEvent {
  const made = makeEvent(number, source);
  const userDetails = { name: 'Ada Lovelace', contact: { email: 'ada@example.com' } };
  const contact = { _id: 'ada-1', status: 'ONHOLD', profile: { userDetails } };
  return { ...made, data: { ...made.data, contact }, ...changes };
}

const on = await openDashboard();
for (const id of ['east', 'west']) await on.api.store.sources.create(makeSource(id));
await subscribe(on.api.store, makeSubscription('sub_one'));
const written = [
  makeEvent(1, 'east'),
  ofAda(2, 'east'),
  makeEvent(3, 'west'),
  ofAda(4, 'east', { type: 'contact.live_chat_started' }),
];
for (const event of written) await on.api.store.eventLog.append(event.data.source, event);
const browser = await on.signedIn();

test('a contact’s story has its events and no others, the newest first', async () => {
  const { text } = await browser.get('/contacts/east/ada-1');
  expect(text).toContain('<h1>Ada Lovelace</h1>');
  const [began = -1, isNew = -1] = [
    'A live chat with Ada Lovelace began.',
    'Ada Lovelace is new.',
  ].map((sentence) => text.indexOf(sentence));
  expect(began).toBeGreaterThan(0);
  expect(isNew).toBeGreaterThan(began);
  expect(text).toContain('<dt>E-mail</dt><dd>ada@example.com</dd>');
  expect(text).toContain('<dt>Status</dt><dd>ONHOLD</dd>');
  expect(text).not.toContain('contact-1');
});

test('who was deleted is called as before, and said to be deleted', async () => {
  const own = await openDashboard();
  await own.api.store.sources.create(makeSource('east'));
  const gone = { ...makeEvent(3, 'east'), type: 'contact.deleted' as const };
  const left = { ...gone, data: { ...gone.data, contact: { _id: 'ada-1', status: 'DELETED' } } };
  for (const event of [ofAda(2, 'east'), left]) await own.api.store.eventLog.append('east', event);
  const { text } = await (await own.signedIn()).get('/contacts/east/ada-1');
  expect(text).toContain('<h1>Ada Lovelace</h1>');
  expect(text).toContain('</span> Deleted</span>');
  expect(text).not.toContain('<dt>E-mail</dt>');
});

test('of whom nothing is kept, the page says why that may be', async () => {
  const { status, text } = await browser.get('/contacts/west/ada-1');
  expect(status).toBe(200);
  expect(text).toContain('Nothing is kept of this contact');
});

test.each([
  [makeEvent(3).id, `/events/${makeEvent(3).id}`],
  [` ${makeEvent(3).id} `, `/events/${makeEvent(3).id}`],
  ['sub_one', '/subscriptions/sub_one'],
  ['west', '/sources/west'],
  ['ada-1', '/contacts/east/ada-1'],
])('"%s" leads straight to its page', async (sought, path) => {
  const { status, headers } = await browser.get(`/search?q=${encodeURIComponent(sought)}`);
  expect(status).toBe(303);
  expect(headers.get('location')).toBe(path);
});

test.each(['LOVELACE', 'ada@example', 'onhold', 'a live chat'])(
  '"%s" leads to whom it was seen with, once',
  async (sought) => {
    const { status, text } = await browser.get(`/search?q=${encodeURIComponent(sought)}`);
    expect(status).toBe(200);
    expect([...text.matchAll(/href="\/contacts\/[^"]+"/g)].map(String)).toEqual([
      'href="/contacts/east/ada-1"',
    ]);
    expect(text).toContain('<td class="">A live chat with Ada Lovelace began.</td>');
    expect(text).toContain(`1 contact with “${sought}” in the latest 4 events.`);
  },
);

test.each([
  ['evt_gone', 'There is no event evt_gone.'],
  ['sub_gone', 'There is no subscription sub_gone.'],
  ['nobody at all', '“nobody at all” stands in none of the events that are kept'],
])('"%s" is plainly said not to be there', async (sought, sentence) => {
  const { status, text } = await browser.get(`/search?q=${encodeURIComponent(sought)}`);
  expect(status).toBe(200);
  expect(text).toContain(`Nothing was found. ${sentence}`);
  expect(text).toContain(`value="${sought}"`);
});

test('a contact in two inboxes is asked for by name', async () => {
  const own = await openDashboard();
  for (const id of ['east', 'west']) {
    await own.api.store.sources.create(makeSource(id));
    await own.api.store.eventLog.append(id, ofAda(id === 'east' ? 1 : 2, id));
  }
  const { text } = await (await own.signedIn()).get('/search?q=ada-1');
  for (const id of ['east', 'west']) expect(text).toContain(`href="/contacts/${id}/ada-1"`);
});

test('an empty search says what can be looked for', async () => {
  for (const path of ['/search', '/search?q=', '/search?q=%20']) {
    expect((await browser.get(path)).text).toContain('is found by its id');
  }
});

test('a key that sees only its own subscriptions finds these by their id', async () => {
  const { id, key } = await on.makeKey('subscriptions');
  await subscribe(on.api.store, makeSubscription('sub_own', { createdBy: id as `key_${string}` }));
  const own = on.open();
  await own.signIn(key);
  expect((await own.get('/search?q=sub_own')).headers.get('location')).toBe(
    '/subscriptions/sub_own',
  );
  expect((await own.get('/search?q=sub_one')).text).toContain('There is no subscription sub_one.');
});
