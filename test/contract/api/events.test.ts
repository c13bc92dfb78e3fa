import { expect, test } from 'vitest';
import { type ChangeEvent, serviceSourceId } from '#domain/change-event.ts';
import { makeEvent } from '../../support/stage.ts';
import { errorPaths, expectProblem, makeSource, openApi } from './api-under-test.ts';

async function openLogs() {
  const api = await openApi();
  for (const id of ['east', 'west']) await api.store.sources.create(makeSource(id));
  return api;
}

const ids = (events: readonly { id: string }[]) => events.map(({ id }) => id);

/** Contact, type and source vary, so that each filter lets some through. */
function makeEvents(count: number): ChangeEvent[] {
  return Array.from({ length: count }, (_, number) => {
    const event = makeEvent(number, number % 3 === 0 ? 'east' : 'west');
    return number % 2 === 0 ? event : { ...event, type: 'contact.status_changed' };
  });
}

async function appendAll(api: Awaited<ReturnType<typeof openLogs>>, events: ChangeEvent[]) {
  for (const event of events) await api.store.eventLog.append(event.data.source, event);
}

test('events of all logs are listed as they are sent, the newest first', async () => {
  const api = await openLogs();
  const events = makeEvents(4);
  const odd = { ...makeEvent(4, serviceSourceId), type: 'subscription.test' as const };
  await appendAll(api, [...events, odd]);
  const { json } = await api.call('GET', '/v1/events');
  expect(new Set(ids(json.data))).toEqual(new Set(ids([...events, odd])));
  expect(json.next).toBeNull();
  const east = await api.call('GET', '/v1/events?source=east');
  expect(east.json).toEqual({ data: [events[3], events[0]], next: null });
});

test('an event is found by its id in whichever log it is', async () => {
  const api = await openLogs();
  const events = [makeEvent(1, 'east'), makeEvent(2, 'west'), makeEvent(3, serviceSourceId)];
  await appendAll(api, events);
  for (const event of events) {
    expect((await api.call('GET', `/v1/events/${event.id}`)).json).toEqual(event);
  }
  expectProblem(await api.call('GET', '/v1/events/evt_nowhere'), 404);
});

test.each([
  ['type=contact.created', (event: ChangeEvent) => event.type === 'contact.created'],
  ['source=west', (event: ChangeEvent) => event.data.source === 'west'],
  ['contact=contact-4', (event: ChangeEvent) => event.data.contact?._id === 'contact-4'],
  [
    'source=east&type=contact.status_changed',
    (event: ChangeEvent) => event.data.source === 'east' && event.type === 'contact.status_changed',
  ],
])('?%s lists these and no others, over pages', async (query, wanted) => {
  const api = await openLogs();
  const events = makeEvents(12);
  await appendAll(api, events);
  const seen: ChangeEvent[] = [];
  let next = '';
  do {
    const { json } = await api.call('GET', `/v1/events?limit=2&${query}${next}`);
    expect(json.data.length).toBeLessThanOrEqual(2);
    seen.push(...json.data);
    next = json.next === null ? '' : `&cursor=${json.next}`;
  } while (next !== '');
  expect(ids(seen).sort()).toEqual(ids(events.filter(wanted)).sort());
});

test('no event comes twice or is missing while new ones arrive', async () => {
  const api = await openLogs();
  const events = makeEvents(10);
  await appendAll(api, events);
  const seen: string[] = [];
  let next = '';
  for (let page = 0; page < 20; page += 1) {
    const { json } = await api.call('GET', `/v1/events?limit=3${next}`);
    seen.push(...ids(json.data));
    await appendAll(api, [makeEvent(100 + page, 'east'), makeEvent(200 + page, 'west')]);
    if (json.next === null) break;
    next = `&cursor=${json.next}`;
  }
  expect(seen).toHaveLength(10);
  expect(new Set(seen)).toEqual(new Set(ids(events)));
});

test('events before and after one are those between which it stands', async () => {
  const api = await openLogs();
  const events = Array.from({ length: 6 }, (_, number) => makeEvent(number, 'east'));
  await appendAll(api, events);
  const [zero, one, two, , four, five] = events.map(({ id }) => id);
  const list = async (query: string) => {
    const { json } = await api.call('GET', `/v1/events?${query}`);
    return ids(json.data);
  };
  expect(await list(`before=${two}`)).toEqual([one, zero]);
  expect(await list(`before=${zero}`)).toEqual([]);
  expect(await list(`after=${events[3]?.id}`)).toEqual([five, four]);
  expect(await list(`after=${five}`)).toEqual([]);
  expect(await list(`after=${zero}&before=${two}`)).toEqual([one]);
  const first = await api.call('GET', `/v1/events?before=${five}&limit=2`);
  const next = await api.call('GET', `/v1/events?before=${five}&limit=9&cursor=${first.json.next}`);
  expect(ids([...first.json.data, ...next.json.data])).toEqual(ids(events.slice(0, 5).reverse()));
});

test.each(['before', 'after'])('%s names an event that is kept', async (name) => {
  const api = await openLogs();
  const answer = await api.call('GET', `/v1/events?${name}=evt_gone`);
  expectProblem(answer, 400);
  expect(errorPaths(answer)).toEqual([name]);
});

test('a source without a log, or none at all, lists nothing', async () => {
  const api = await openApi();
  const nothing = { data: [], next: null };
  expect((await api.call('GET', '/v1/events')).json).toEqual(nothing);
  expect((await api.call('GET', '/v1/events?source=gone')).json).toEqual(nothing);
});

test.each([
  ['type', 'type=contact.vanished'],
  ['source', 'source=Not%20An%20Id'],
  ['contact', 'contact='],
])('%s is refused in ?%s', async (name, query) => {
  const api = await openApi();
  const answer = await api.call('GET', `/v1/events?${query}`);
  expectProblem(answer, 400);
  expect(errorPaths(answer)).toEqual([name]);
});
