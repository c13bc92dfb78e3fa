import { expect, test } from 'vitest';
import { sampleEvent } from '#webhook/sample-events.ts';
import { errorPaths, expectProblem, openApi } from './api-under-test.ts';
import { readDocument } from './documented-answers.ts';

const api = await openApi();
const document = await readDocument(api.app);

const event = sampleEvent('contact.created');
await api.store.eventLog.append('service', event);
await api.store.eventLog.append('service', sampleEvent('contact.deleted'));
const subscriptions = await makeThree('subscriptions', (name) => ({
  url: `https://example.com/${name}`,
  events: ['contact.created'],
}));
await makeThree('sources', () => ({ provider: 'botpenguin', token: 'TOKEN' }));
await makeThree('keys', (name) => ({ name, scopes: ['read'] }));
await makeThree('hooks', (name) => ({
  targetUrl: `https://example.com/${name}`,
  event: 'contact.created',
}));
for (let sent = 0; sent < 2; sent += 1) {
  await api.call('POST', `/v1/subscriptions/${subscriptions[0]}/test`);
}

async function makeThree(kind: string, bodyOf: (name: string) => object): Promise<string[]> {
  const ids: string[] = [];
  for (const name of ['one', 'two', 'three']) {
    const { json } = await api.call('POST', `/v1/${kind}`, { body: bodyOf(name) });
    ids.push(json.id);
  }
  return ids;
}

const lists = Object.entries(document.paths)
  .filter(([, operations]) => JSON.stringify(operations.get ?? '').includes('"name":"cursor"'))
  .map(([path]) =>
    path.replace('{id}', path.includes('/events/') ? event.id : `${subscriptions[0]}`),
  );

test('there are the lists that there are', () => {
  const names = lists.map((path) => path.split('/').at(-1)).sort();
  const wanted = [
    'deliveries',
    'deliveries',
    'events',
    'hooks',
    'keys',
    'sources',
    'subscriptions',
  ];
  expect(names).toEqual(wanted);
});

test.each(lists)('%s comes page after page, each thing once', async (path) => {
  const all = (await api.call('GET', `${path}?limit=200`)).json;
  expect(all.next).toBeNull();
  expect(all.data.length).toBeGreaterThan(1);
  const paged: unknown[] = [];
  let next: string | null = '';
  for (let pages = 0; next !== null && pages < 20; pages += 1) {
    const cursor: string = next === '' ? '' : `&cursor=${next}`;
    const { json } = await api.call('GET', `${path}?limit=1${cursor}`);
    expect(json.data.length).toBeLessThanOrEqual(1);
    paged.push(...json.data);
    next = json.next;
  }
  expect(paged).toEqual(all.data);
});

test.each(lists)('%s refuses limits and cursors that are none', async (path) => {
  for (const limit of ['0', '201', '-1', '1.5', 'x', '']) {
    const answer = await api.call('GET', `${path}?limit=${limit}`);
    expectProblem(answer, 400);
    expect(errorPaths(answer)).toEqual(['limit']);
  }
  for (const cursor of ['', 'x', 'bnVsbA', 'e30', '%00']) {
    const answer = await api.call('GET', `${path}?cursor=${cursor}`);
    expectProblem(answer, 400);
    expect(errorPaths(answer)).toEqual(['cursor']);
  }
});
