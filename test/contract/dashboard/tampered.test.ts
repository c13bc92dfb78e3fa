import { expect, test } from 'vitest';
import { openDashboard } from './dashboard-under-test.ts';

const browser = await (await openDashboard()).signedIn();

test.each(['constructor', 'hasOwnProperty', '__proto__', 'toString', '<b>', ''])(
  'a page says nothing for an address that claims that %j was done',
  async (done) => {
    const plain = await browser.get('/keys');
    const shown = await browser.get(`/keys?done=${encodeURIComponent(done)}`);
    expect(shown).toMatchObject({ status: 200, text: plain.text });
  },
);

const made = { url: 'https://example.com', events: 'contact.created', maxInFlight: 'many' };

test.each([
  ['/subscriptions/new', { ...made, token: 'é\u4e2d' }, 400],
  ['/subscriptions/new', { ...made, token: 'two\nlines' }, 400],
  ['/subscriptions/sub_x/secret', { once: '\u4e2d', overlapSeconds: '0' }, 404],
  ['/subscriptions/sub_x/edit', { token: '\u4e2d' }, 404],
])(
  'a form for %s whose hidden field no header can hold is refused, not broken',
  async (path, fields, status) => {
    expect(await browser.submit(path, fields)).toMatchObject({ status });
  },
);
