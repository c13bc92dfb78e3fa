import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { makeEvent } from '../../support/stage.ts';
import { makeSource } from '../api/api-under-test.ts';
import { openDashboard } from './dashboard-under-test.ts';
import { blank, errorAt, hidden, rowsOf, send, sendAgain } from './subscribing.ts';

const on = await openDashboard({ newId: randomUUID });
const { api } = on;
await api.store.sources.create(makeSource('default'));
for (const number of [1, 2, 3]) await api.store.eventLog.append('default', makeEvent(number));

async function idsOf(search: string): Promise<string[]> {
  const { json } = await api.call('GET', `/v1/subscriptions?search=${search}`);
  return json.data.map(({ id }: { id: string }) => id);
}

test('one is made with everything that was chosen, and its secret is shown this one time', async () => {
  const browser = await on.signedIn();
  const made = await send(browser, '/subscriptions/new', {
    description: 'Whole one',
    url: ' https://example.com/whole ',
    sources: 'default, other',
    format: 'template',
    template: '{ "id": {{ id | json }} }',
    contentType: 'application/json',
    ordering: 'contact',
    maxInFlight: '2',
    ratePerSecond: '0.5',
    headers: 'X-Key: hidden-value\r\nX-Other: a: b',
  });
  expect(made.status).toBe(201);
  expect(made.text).toContain('Subscribed: Whole one');
  const [secret = ''] = /whsec_[\w+/=]+/.exec(made.text) ?? [];
  const [id = ''] = await idsOf('Whole');
  expect(made.text).toContain(`/subscriptions/${id}`);
  const stored = await api.store.subscriptions.get(id as `sub_${string}`);
  expect(stored).toMatchObject({
    url: 'https://example.com/whole',
    events: ['contact.created'],
    sources: ['default', 'other'],
    format: 'template',
    template: '{ "id": {{ id | json }} }',
    contentType: 'application/json',
    ordering: 'contact',
    maxInFlight: 2,
    ratePerSecond: 0.5,
    headers: { 'X-Key': 'hidden-value', 'X-Other': 'a: b' },
    secrets: [{ value: secret, until: null }],
  });
  expect(stored?.filter).toBeUndefined();
});

test('the same form sent twice makes one', async () => {
  const browser = await on.signedIn();
  const page = await browser.get('/subscriptions/new');
  const fields = { description: 'Twice' };
  const first = await sendAgain(browser, '/subscriptions/new', page, fields);
  const second = await sendAgain(browser, '/subscriptions/new', page, fields);
  const secretOf = ({ text }: { text: string }) => /whsec_[\w+/=]+/.exec(text)?.[0];
  expect(secretOf(second)).toBe(secretOf(first));
  expect(await idsOf('Twice')).toHaveLength(1);
});

test('what the API refuses stands at its field, and the input is kept', async () => {
  const browser = await on.signedIn();
  const refused = await send(browser, '/subscriptions/new', {
    description: 'Refused <one>',
    url: 'http://10.0.0.1/private',
    maxInFlight: 'many',
    headers: 'Content-Length: 3',
    ratePerSecond: '5000',
  });
  expect(refused.status).toBe(400);
  expect(refused.text).toContain('It was not saved; each field says why.');
  expect(refused.text).toContain('value="Refused &lt;one&gt;"');
  expect(refused.text).toContain('value="http://10.0.0.1/private"');
  expect(refused.text).toContain('value="many"');
  for (const name of ['maxInFlight', 'ratePerSecond', 'headers']) {
    expect(errorAt(refused.text, name), name).not.toBe('');
    expect(refused.text).toContain(`aria-describedby="${name}-help ${name}-error"`);
  }
  // The address is looked at when all the rest fits.
  const fields = { description: 'Refused', url: 'http://10.0.0.1/private' };
  const again = await sendAgain(browser, '/subscriptions/new', refused, fields);
  expect(errorAt(again.text, 'url')).not.toBe('');
  expect(await idsOf('Refused')).toEqual([]);
  const url = 'https://example.com/in';
  const made = await sendAgain(browser, '/subscriptions/new', again, { ...fields, url });
  expect(made.status).toBe(201);
});

test('without an event nothing is made, and the group of events says why', async () => {
  const browser = await on.signedIn();
  const { text } = await browser.get('/subscriptions/new');
  const { events, ...others } = blank;
  expect(events).toBe('contact.created');
  const token = hidden(text, 'token');
  const answer = await browser.submit('/subscriptions/new', { ...others, token });
  expect(answer.status).toBe(400);
  expect(errorAt(answer.text, 'events')).not.toBe('');
  expect(answer.text).toContain('aria-describedby="events-error"');
});

test.each([
  ['is no JSON', '{ status: }', 'This is no JSON'],
  ['is no filter', '{ "$near": 1 }', '$near'],
  ['is no object', '[1]', 'Must'],
])('a filter that %s is said so, and kept', async (_, filter, sentence) => {
  const browser = await on.signedIn();
  for (const intent of ['try', 'save']) {
    const answer = await send(browser, '/subscriptions/new', { filter, intent });
    expect(answer.status).toBe(400);
    expect(errorAt(answer.text, 'filter')).toContain(sentence);
    expect(answer.text).toContain(`>${filter.replaceAll('"', '&quot;')}</textarea>`);
  }
});

test('a filter is tried on the latest events, and says why others are left out', async () => {
  const browser = await on.signedIn();
  const filter = '{ "contact._id": "contact-2" }';
  const answer = await send(browser, '/subscriptions/new', { filter, intent: 'try' });
  expect(answer.status).toBe(200);
  expect(answer.text).toContain('1 of the 3 latest events would be sent.');
  const rows = rowsOf(answer.text);
  expect(rows[0]).toContain('Sent');
  expect(rows[1]).toContain(
    'contact._id: it is &quot;contact-3&quot;, wanted &quot;contact-2&quot;',
  );
});

test('a filter that lets nothing through is warned of', async () => {
  const browser = await on.signedIn();
  const sent = { filter: '{ "contact.status": "NEVER" }', intent: 'try' };
  const { text } = await send(browser, '/subscriptions/new', sent);
  expect(text).toContain('None of the 3 latest events would be sent.');
});

test('a filter is shown at work before it is saved, and again when it was changed since', async () => {
  const browser = await on.signedIn();
  const path = '/subscriptions/new';
  const fields = { description: 'Filtered', filter: '{ "contact.status": "OPEN" }' };
  const shown = await send(browser, path, fields);
  expect(shown.status).toBe(200);
  expect(shown.text).toContain('Not saved yet');
  expect(shown.text).toContain('3 of the 3 latest events would be sent.');
  const other = { ...fields, filter: '{ "contact.status": "CLOSED" }' };
  const changed = await sendAgain(browser, path, shown, other);
  expect(changed.text).toContain('Not saved yet');
  expect(await idsOf('Filtered')).toEqual([]);
  const made = await sendAgain(browser, path, changed, other);
  expect(made.status).toBe(201);
  const [id = ''] = await idsOf('Filtered');
  expect(await api.store.subscriptions.get(id as `sub_${string}`)).toMatchObject({
    filter: { 'contact.status': 'CLOSED' },
  });
});

test('a key that may see no events saves a filter without seeing it at work', async () => {
  const browser = await on.signedIn('subscriptions');
  const page = await browser.get('/subscriptions/new');
  expect(page.text).not.toContain('Try the filter');
  const filter = '{ "contact.status": "OPEN" }';
  const made = await sendAgain(browser, '/subscriptions/new', page, { filter });
  expect(made.status).toBe(201);
  const tried = await send(browser, '/subscriptions/new', { filter, intent: 'try' });
  expect(tried.status).toBe(403);
  expect(tried.text).not.toContain('contact-1');
});
