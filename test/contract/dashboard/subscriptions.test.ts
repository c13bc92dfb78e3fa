import { expect, test } from 'vitest';
import type { SubscriptionId } from '#domain/subscription.ts';
import { laneKeys } from '#store/keys.ts';
import { makeSubscription, subscribe } from '../../support/stage.ts';
import { makeSource } from '../api/api-under-test.ts';
import { openDashboard } from './dashboard-under-test.ts';
import { create, rowsOf } from './subscribing.ts';

const on = await openDashboard();
const { api } = on;
await api.store.sources.create(makeSource('default'));

async function stand(id: string, fields: Record<string, string | number>): Promise<void> {
  await api.connection.redis.hset(laneKeys(id as SubscriptionId).state, fields);
}

test('before anybody has subscribed the list says so', async () => {
  const { text } = await (await on.signedIn()).get('/subscriptions');
  expect(text).toContain('Nobody has subscribed yet.');
  expect(text).toContain('There is no subscription yet.');
});

test('those in trouble come first, each with its state, and the lead says how many they are', async () => {
  const names = ['well', 'ailing', 'stopped', 'off'];
  const ids = [];
  for (const name of names) ids.push(await create(on, { description: `The ${name} one` }));
  const [, ailing = '', stopped = '', off = ''] = ids;
  await stand(ailing, { failures: 3, failingSinceMs: api.nowMs - 60_000 });
  await stand(stopped, { status: 'paused' });
  await stand(off, { status: 'disabled', disabledReason: 'gone', failures: 1 });
  const { text } = await (await on.signedIn()).get('/subscriptions');
  expect(text).toContain('2 of 4 subscriptions are not reached now. 1 is paused.');
  const rows = rowsOf(text);
  expect(rows.map((row) => /The (\w+) one/.exec(row)?.[1])).toEqual([
    'off',
    'ailing',
    'stopped',
    'well',
  ]);
  expect(rows[0]).toContain('It answered 410; nothing is sent.');
  expect(rows[1]).toContain('The last 3 attempts failed; it began 1 min ago.');
});

test.each([
  ['a state', 'status=failing', ['ailing']],
  ['a word in another case', 'search=WELL', ['well']],
  ['both, of which nobody is', 'status=paused&search=well', []],
  ['a state that there is not, as if none were named', 'status=odd&search=off', ['off']],
])('the list can be narrowed by %s', async (_, query, expected) => {
  const { text } = await (await on.signedIn()).get(`/subscriptions?${query}`);
  expect(rowsOf(text).map((row) => /The (\w+) one/.exec(row)?.[1])).toEqual(expected);
});

test('the states are counted, and a search is kept when another state is chosen', async () => {
  const browser = await on.signedIn();
  const counted = (await browser.get('/subscriptions')).text;
  expect(counted).toMatch(/status=failing">Failing <span class="count">1<\/span>/);
  const { text } = await browser.get('/subscriptions?search=one&status=failing');
  expect(text).toContain('href="/subscriptions?status=paused&amp;search=one"');
  expect(text).toContain('name="search" value="one"');
  expect(text).toMatch(/aria-current="page">Failing</);
});

test('beside many, the list goes on from page to page, and none is missing', async () => {
  const many = await openDashboard();
  const ids = Array.from({ length: 60 }, (_, number): SubscriptionId => `sub_${number}`);
  await Promise.all(ids.map((id) => subscribe(many.api.store, makeSubscription(id))));
  const browser = await many.signedIn();
  const seen: string[] = [];
  let path: string | undefined = '/subscriptions';
  while (path !== undefined) {
    const { text } = await browser.get(path);
    seen.push(...rowsOf(text).map((row) => /subscriptions\/(sub_[\w-]+)/.exec(row)?.[1] ?? ''));
    path = /href="([^"]+)" rel="next"/.exec(text)?.[1]?.replaceAll('&amp;', '&');
  }
  expect(seen.sort()).toEqual(ids.sort());
});

test('what people wrote is text on the list and on the page, wherever it stands', async () => {
  const hostile = '<script>alert(1)</script>" onmouseover="alert(2)';
  const description = `Hostile ${hostile}`;
  const id = await create(on, {
    description,
    url: 'https://example.com/%3Cscript%3E?token=very-secret',
    filter: { 'contact.status': hostile },
    metadata: { [hostile]: hostile },
  });
  const browser = await on.signedIn();
  const paths = ['', '/deliveries', '/edit', '/replay', '/secret', '/delete'];
  const pages = [
    await browser.get('/subscriptions?search=Hostile'),
    await browser.get(`/subscriptions?search=${encodeURIComponent(hostile)}`),
  ];
  for (const path of paths) pages.push(await browser.get(`/subscriptions/${id}${path}`));
  for (const { status, text } of pages) {
    expect(status).toBe(200);
    expect(text).toContain('&lt;script&gt;alert(1)');
    expect(text).not.toContain('<script>alert');
    expect(text).not.toContain('" onmouseover');
    expect(text).not.toMatch(/<style|\sstyle=/);
  }
});

test('an address is shown without what follows its question mark', async () => {
  const id = await create(on, { url: 'https://example.com/in?token=very-secret' });
  const browser = await on.signedIn();
  for (const path of ['/subscriptions', `/subscriptions/${id}`, `/subscriptions/${id}/delete`]) {
    const { text } = await browser.get(path);
    expect(text).toContain('https://example.com/in?…');
    expect(text).not.toContain('very-secret');
  }
});

test('the page of one that there is not says so', async () => {
  const browser = await on.signedIn();
  for (const path of ['', '/deliveries', '/edit', '/replay', '/secret', '/delete']) {
    const { status, text } = await browser.get(`/subscriptions/sub_nobody${path}`);
    expect(status).toBe(404);
    expect(text).toContain('There is nothing here');
  }
});

test('its settings are readable, and no header’s value is among them', async () => {
  const id = await create(on, {
    events: ['contact.created', 'contact.assigned'],
    sources: ['default'],
    filter: { 'contact.status': 'OPEN' },
    format: 'slack',
    ordering: 'contact',
    maxInFlight: 3,
    ratePerSecond: 0.5,
    headers: { 'X-Key': 'hidden-value' },
    metadata: { owner: 'The sales team' },
  });
  const { text } = await (await on.signedIn()).get(`/subscriptions/${id}`);
  for (const shown of [
    'contact.assigned',
    'default',
    '{ &quot;contact.status&quot;: &quot;OPEN&quot; }',
    'A message for a Slack incoming webhook',
    'The events of one contact in order',
    'at most 3 deliveries',
    'at most one in 2 s',
    'X-Key (values are hidden)',
    'The sales team',
    'with <code>ADMIN_API_KEY</code>',
  ]) {
    expect(text).toContain(shown);
  }
  expect(text).not.toContain('hidden-value');
  expect(text).not.toContain('whsec_');
});
