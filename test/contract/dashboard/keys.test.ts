import { expect, test } from 'vitest';
import { openDashboard } from './dashboard-under-test.ts';

const on = await openDashboard();

test('a key is made, shown once, and opens what it may', async () => {
  const browser = await on.signedIn();
  const made = await browser.submit('/keys', { name: 'CRM <sync>', scopes: 'read' });
  expect(made.status).toBe(201);
  const [key = ''] = /ink_[\w-]{43}/.exec(made.text) ?? [];
  expect(made.text).toContain('CRM &lt;sync&gt;');
  expect((await browser.get('/keys')).text).not.toContain(key);
  const other = on.open();
  expect((await other.signIn(key)).status).toBe(303);
  expect((await other.get('/sources')).status).toBe(200);
  expect((await other.get('/keys')).status).toBe(403);
});

test('a key that may nothing is not made', async () => {
  const { status, text } = await (await on.signedIn()).submit('/keys', { name: 'Nothing' });
  expect(status).toBe(400);
  expect(text).toContain('<b>scopes</b>');
  expect(text).not.toMatch(/ink_[\w-]{43}/);
});

test('a key is revoked, and with it everybody who signed in with it', async () => {
  const browser = await on.signedIn();
  const { id, key } = await on.makeKey('read');
  const other = on.open();
  await other.signIn(key);
  const { headers } = await browser.submit(`/keys/${id}/revoke`);
  expect((await browser.get(headers.get('location') ?? '')).text).toContain('The key is revoked.');
  expect((await other.get('/sources')).status).toBe(303);
});
