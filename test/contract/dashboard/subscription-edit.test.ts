import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { makeSource } from '../api/api-under-test.ts';
import { openDashboard } from './dashboard-under-test.ts';
import { create, errorAt, follow, send, sendAgain } from './subscribing.ts';

const on = await openDashboard({ newId: randomUUID });
const { api } = on;
await api.store.sources.create(makeSource('default'));

test('a change begins with what is there, and takes away what is emptied', async () => {
  const id = await create(on, {
    description: 'Before',
    url: 'https://example.com/before?token=1',
    sources: ['default'],
    ratePerSecond: 4,
    headers: { 'X-Key': 'hidden-value' },
    metadata: { owner: 'sales' },
  });
  const path = `/subscriptions/${id}/edit`;
  const browser = await on.signedIn();
  const { text } = await browser.get(path);
  expect(text).toContain('value="https://example.com/before?token=1"');
  expect(text).toContain('value="Before"');
  expect(text).toContain('Stored: X-Key.');
  expect(text).not.toContain('hidden-value');
  const answer = await send(browser, path, { description: 'After', url: 'https://example.com/2' });
  expect(await follow(browser, answer)).toContain('Saved.');
  const stored = await api.store.subscriptions.get(id as `sub_${string}`);
  expect(stored).toMatchObject({
    description: 'After',
    url: 'https://example.com/2',
    headers: { 'X-Key': 'hidden-value' },
    metadata: { owner: 'sales' },
  });
  expect(stored?.sources).toBeUndefined();
  expect(stored?.ratePerSecond).toBeUndefined();
});

test('a change that the API refuses keeps the input, and can be repeated', async () => {
  const id = await create(on);
  const path = `/subscriptions/${id}/edit`;
  const browser = await on.signedIn();
  const refused = await send(browser, path, { description: 'Kept', maxInFlight: '65' });
  expect(refused.status).toBe(400);
  expect(errorAt(refused.text, 'maxInFlight')).not.toBe('');
  expect(refused.text).toContain('value="Kept"');
  const saved = await sendAgain(browser, path, refused, { description: 'Kept' });
  expect(saved.status).toBe(303);
});

test('what somebody else changed meanwhile is not put over unseen', async () => {
  const id = await create(on);
  const path = `/subscriptions/${id}/edit`;
  const browser = await on.signedIn();
  const page = await browser.get(path);
  api.nowMs += 1000;
  await api.call('PATCH', `/v1/subscriptions/${id}`, { body: { description: 'Theirs' } });
  const refused = await sendAgain(browser, path, page, { description: 'Mine' });
  expect(refused.status).toBe(412);
  expect(refused.text).toContain('Somebody else changed it while you wrote.');
  expect(refused.text).toContain('value="Mine"');
  const description = async () =>
    (await api.call('GET', `/v1/subscriptions/${id}`)).json.description;
  expect(await description()).toBe('Theirs');
  expect((await sendAgain(browser, path, refused, { description: 'Mine' })).status).toBe(303);
  expect(await description()).toBe('Mine');
});
