import { expect, test } from 'vitest';
import type { ChangeEvent } from '#domain/change-event.ts';
import { refOf } from '#domain/delivery.ts';
import { laneKeys } from '#store/keys.ts';
import { makeEvent, makeSubscription, subscribe } from '../../support/stage.ts';
import { makeSource } from '../api/api-under-test.ts';
import { openDashboard } from './dashboard-under-test.ts';

const person = (name: string, more: object = {}) => ({
  _id: 'contact-1',
  status: 'OPEN',
  profile: { userDetails: { name, ...more } },
});

function makeUpdate(number: number, contact: object, changes: object): ChangeEvent {
  const made = makeEvent(number, 'east');
  const { reason: _, ...data } = made.data;
  const occurred = { notBefore: '2026-06-12T09:59:49.000Z', notAfter: '2026-06-12T10:00:00.000Z' };
  return {
    ...made,
    type: 'contact.updated',
    data: {
      ...data,
      contact: contact as Record<string, unknown>,
      changes,
      occurred,
    } as ChangeEvent['data'],
  };
}

async function openWith(...events: ChangeEvent[]) {
  const on = await openDashboard();
  await on.api.store.sources.create(makeSource('east'));
  const refs = [];
  for (const event of events) {
    const logId = await on.api.store.eventLog.append('east', event);
    await on.api.store.eventLog.markRelayed('east', logId);
    refs.push(refOf('east', logId, event));
  }
  return { ...on, refs, browser: await on.signedIn() };
}

const hostile = '<script>alert(1)</script>" onmouseover="alert(2)';

test('what a contact wrote is text on every page, and never markup or an attribute', async () => {
  const contact = {
    ...person(hostile, { tags: [hostile], [hostile]: 'javascript:alert(3)' }),
    lastMessage: { text: hostile },
  };
  const update = makeUpdate(1, contact, { tags: { to: [hostile] }, [hostile]: { to: hostile } });
  const message = { ...makeUpdate(2, contact, {}), type: 'contact.message_received' as const };
  const { browser } = await openWith(update, message);
  const paths = [
    '/events',
    `/events/${update.id}`,
    `/events/${message.id}`,
    '/contacts/east/contact-1',
    '/search?q=alert',
    `/search?q=${encodeURIComponent(hostile)}`,
    `/events?contact=${encodeURIComponent(hostile)}`,
    `/contacts/east/${encodeURIComponent(hostile)}`,
  ];
  for (const path of paths) {
    const { status, text } = await browser.get(path);
    expect(status, path).toBe(200);
    expect(text, path).toContain('&lt;script&gt;');
    expect(text, path).not.toMatch(/<script>|<script(?![^>]* src="\/assets\/)/);
    const tags = [...text.matchAll(/<[a-z][^>]*>/g)].map(([tag]) =>
      tag.replaceAll(/"[^"]*"/g, '""'),
    );
    for (const tag of tags) expect(tag, path).not.toMatch(/onmouseover|javascript:/);
  }
});

test('no text of a contact becomes a link', async () => {
  const contact = person('https://evil.example', { website: 'https://evil.example' });
  const { browser } = await openWith(
    makeUpdate(1, contact, { name: { to: 'https://evil.example' } }),
  );
  for (const path of ['/events', `/events/${makeEvent(1).id}`, '/contacts/east/contact-1']) {
    expect((await browser.get(path)).text).not.toMatch(/(href|src|action)="[^"]*evil/);
  }
});

test('the diff shows what was, from the record that came before, and what came and went', async () => {
  const first = makeEvent(1, 'east');
  const before = { ...first, data: { ...first.data, contact: person('Ada', { tags: ['lead'] }) } };
  const after = makeUpdate(2, person('Ada', { tags: ['vip'] }), { tags: { to: ['vip'] } });
  const { browser } = await openWith(before, makeEvent(9, 'east'), after);
  const { text } = await browser.get(`/events/${after.id}`);
  expect(text).toContain('Ada’s tags changed.');
  expect(text).toContain('<span class="was">lead</span>');
  expect(text).toMatch(/aria-label="Gone"><li>.*lead<\/li>/);
  expect(text).toMatch(/aria-label="Added"><li>.*vip<\/li>/);
  expect(text).toContain('came with the event before this one');
});

test('what nobody kept is said to be not kept', async () => {
  const { browser } = await openWith(makeUpdate(1, person('Ada'), { name: { to: 'Ada' } }));
  const { text } = await browser.get(`/events/${makeEvent(1).id}`);
  expect(text).toContain('not kept');
  expect(text).toContain('It happened between 09:59:49 and 10:00:00 UTC on 12 June 2026');
});

test('each subscription shows how the delivery stands, with the way there', async () => {
  const { browser, api, refs } = await openWith(makeEvent(1, 'east'));
  const { store, connection } = api;
  await subscribe(store, makeSubscription('sub_one', { description: 'CRM <sync>' }));
  await subscribe(store, makeSubscription('sub_two', { url: 'https://example.com/hook' }));
  const attempt = { at: '2026-06-12T09:59:00.000Z', durationMs: 5, statusCode: 500 };
  await connection.redis.zadd(laneKeys('sub_one').failed, 1, refs[0] ?? '');
  await connection.redis.hset(
    laneKeys('sub_one').records,
    refs[0] ?? '',
    JSON.stringify({ attempts: [attempt] }),
  );
  const { text } = await browser.get(`/events/${makeEvent(1).id}`);
  expect(text).toContain('<a href="/subscriptions/sub_one">CRM &lt;sync&gt;</a>');
  expect(text).toContain('href="/subscriptions/sub_one/deliveries?status=failed"');
  expect(text).toContain('Answered 500');
  expect(text).toContain('<a href="/subscriptions/sub_two">example.com</a>');
  expect(text).toContain('nothing known any more, or not yet');
});

test('the page stays live as long as the event is on its way somewhere', async () => {
  const { browser, api, refs } = await openWith(makeEvent(1, 'east'));
  await subscribe(api.store, makeSubscription('sub_one'));
  const isLive = async () =>
    (await browser.get(`/events/${makeEvent(1).id}`)).text.includes('data-live-source');
  expect(await isLive()).toBe(true);
  api.nowMs += 61_000;
  expect(await isLive()).toBe(false);
  await api.connection.redis.rpush(laneKeys('sub_one').waiting, refs[0] ?? '');
  expect(await isLive()).toBe(true);
});

test('an event goes again to all, or to one, and the page says to how many', async () => {
  const { browser, api, refs } = await openWith(makeEvent(1, 'east'));
  const { redis } = api.connection;
  for (const id of ['sub_one', 'sub_two'] as const)
    await subscribe(api.store, makeSubscription(id));
  const path = `/events/${makeEvent(1).id}`;
  const one = await browser.submit(`${path}/redeliver`, { subscription: ' sub_one ' });
  expect(one.status).toBe(303);
  expect(one.headers.get('location')).toBe(`${path}?done=redelivered&count=1`);
  expect(await redis.lrange(laneKeys('sub_one').waiting, 0, -1)).toEqual(refs);
  expect(await redis.llen(laneKeys('sub_two').waiting)).toBe(0);
  await browser.submit(`${path}/redeliver`, { subscription: '' });
  expect(await redis.lrange(laneKeys('sub_two').waiting, 0, -1)).toEqual(refs);
  const none = await browser.submit(`${path}/redeliver`);
  expect((await browser.get(none.headers.get('location') ?? '')).text).toContain(
    'Nothing was sent again',
  );
  expect((await browser.submit(`${path}/redeliver`, { subscription: 'sub_no' })).status).toBe(404);
});

test('who may only read sees no button, and sends nothing by hand either', async () => {
  const { signedIn, api } = await openWith(makeEvent(1, 'east'));
  await subscribe(api.store, makeSubscription('sub_one'));
  const reader = await signedIn('read');
  const path = `/events/${makeEvent(1).id}`;
  const { status, text } = await reader.get(path);
  expect(status).toBe(200);
  expect(text).not.toContain('Deliver it again');
  expect((await reader.submit(`${path}/redeliver`)).status).toBe(403);
  expect(await api.connection.redis.llen(laneKeys('sub_one').waiting)).toBe(0);
});

test('an event that is not there is a page that says so', async () => {
  const { browser } = await openWith();
  const { status, text } = await browser.get('/events/evt_gone');
  expect(status).toBe(404);
  expect(text).toContain('There is no event evt_gone.');
});
