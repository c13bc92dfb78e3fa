import { expect, test } from 'vitest';
import { makeSubscription, secret, subscribe } from '../../support/stage.ts';
import { makeSource } from '../api/api-under-test.ts';
import { fillLane } from '../api/filled-lane.ts';
import { adminKey, type Browser, openDashboard } from './dashboard-under-test.ts';

/** Every page that links lead to, from the overview on. */
async function* everyPage(browser: Browser): AsyncGenerator<{ path: string; text: string }> {
  const seen = new Set(['/']);
  for (const path of seen) {
    const { text } = await browser.get(path);
    yield { path, text };
    for (const [, link = ''] of text.matchAll(/href="(\/[^"#]*)"/g)) {
      if (!/^\/(assets|docs)/.test(link)) seen.add(link.replaceAll('&amp;', '&'));
    }
  }
}

test('no page shows a secret, a token, a header’s value or a key', async () => {
  const on = await openDashboard();
  const { store } = on.api;
  await store.sources.create(makeSource('shop'));
  const headers = { 'x-token': 'a-value-of-a-header' };
  await subscribe(store, makeSubscription('sub_headers', { headers }));
  await fillLane(on.api, 'sub_filled', ['delivered', 'failed', 'retry']);
  const { key } = await on.makeKey('read');
  const browser = await on.signedIn();
  const paths: string[] = [];
  for await (const { path, text } of everyPage(browser)) {
    paths.push(path);
    const hidden = [secret, 'token-of-shop', 'a-value-of-a-header', key, adminKey];
    for (const each of hidden) expect(text, path).not.toContain(each);
  }
  for (const path of ['/sources/shop', '/subscriptions/sub_headers', '/keys']) {
    expect(paths).toContain(path);
  }
  expect(paths.some((path) => path.startsWith('/events/evt_'))).toBe(true);
});
