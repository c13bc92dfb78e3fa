import { expect, test } from 'vitest';
import { changesOf, changeWords, earlierRecord, needsEarlier } from '#dashboard/event-changes.ts';
import type { ShownEvent } from '#dashboard/event-words.ts';

function makeEvent(changes: ShownEvent['data']['changes'], more: Partial<ShownEvent> = {}) {
  const data = { source: 'default', sequence: 7, contact: { _id: '1' }, changes };
  return {
    id: 'evt_1',
    type: 'contact.updated',
    timestamp: '2026-06-12T10:00:04.120Z',
    data,
    ...more,
  } as ShownEvent;
}

const record = (userDetails: object) => ({ _id: '1', profile: { userDetails } });

test('what an event tells of both sides is shown as it tells it, whatever was before', () => {
  const event = makeEvent({ status: { from: 'OPEN', to: 'CLOSED' } });
  const expected = [{ label: 'Status', from: 'OPEN', to: 'CLOSED', list: null }];
  expect(changesOf(event, null)).toEqual(expected);
  expect(changesOf(event, { _id: '1', status: 'ONHOLD' })).toEqual(expected);
  expect(needsEarlier(event)).toBe(false);
});

test('where nobody kept what was before, nothing is made up', () => {
  const event = makeEvent({ name: { to: 'Ada' }, tags: { to: ['vip'] } });
  expect(needsEarlier(event)).toBe(true);
  expect(changesOf(event, null)).toEqual([
    { label: 'Name', from: null, to: 'Ada', list: null },
    { label: 'Tags', from: null, to: 'vip', list: null },
  ]);
});

test('an earlier record tells what was before, and of lists what came and went', () => {
  const event = makeEvent({
    name: { to: 'Ada Lovelace' },
    email: { to: null },
    tags: { to: ['vip', 'new'] },
    attributes: { to: [{ key: 'plan', value: 'pro' }] },
  });
  const earlier = record({
    name: 'Ada',
    contact: { email: 'ada@example.com' },
    tags: ['new', 'lead'],
    attributes: [{ key: 'plan', value: 'free' }],
  });
  expect(changesOf(event, earlier)).toEqual([
    { label: 'Name', from: 'Ada', to: 'Ada Lovelace', list: null },
    { label: 'E-mail', from: 'ada@example.com', to: 'nothing', list: null },
    {
      label: 'Tags',
      from: 'new, lead',
      to: 'vip, new',
      list: { added: ['vip'], removed: ['lead'] },
    },
    {
      label: 'Attributes',
      from: 'plan: free',
      to: 'plan: pro',
      list: { added: ['plan: pro'], removed: ['plan: free'] },
    },
  ]);
});

test('a first list has come as a whole, and a last one has gone', () => {
  const [added] = changesOf(makeEvent({ segments: { to: ['a'] } }), { _id: '1' });
  expect(added).toMatchObject({ from: 'nothing', list: { added: ['a'], removed: [] } });
  const [removed] = changesOf(makeEvent({ segments: { to: null } }), { _id: '1', segments: ['a'] });
  expect(removed).toMatchObject({ to: 'nothing', list: { added: [], removed: ['a'] } });
});

test('the record before is of another observation, and a whole one', () => {
  const event = makeEvent({});
  const before = (sequence: number, type: ShownEvent['type'], name: string) =>
    makeEvent({}, { type, data: { source: 'default', sequence, contact: { _id: name } } });
  const found = earlierRecord(event, [
    before(7, 'contact.status_changed', 'the same observation'),
    before(6, 'contact.deleted', 'a part'),
    before(5, 'contact.created', 'whole'),
    before(4, 'contact.created', 'older'),
  ]);
  expect(found).toEqual({ _id: 'whole' });
  expect(earlierRecord(event, [])).toBeNull();
});

test('a field that nobody foresaw keeps its name, and one of the object’s own makes no trouble', () => {
  const event = makeEvent({ lead: { to: 1 }, constructor: { to: 2 } });
  expect(changesOf(event, { _id: '1', lead: 0 })).toEqual([
    { label: 'lead', from: '0', to: '1', list: null },
    { label: 'constructor', from: 'nothing', to: '2', list: null },
  ]);
});

test('a change on one line names what came and went of a list, else both sides', () => {
  const [tags] = changesOf(makeEvent({ tags: { to: ['a', 'b'] } }), record({ tags: ['b', 'c'] }));
  const [name] = changesOf(makeEvent({ name: { to: 'Ada' } }), record({ name: 'A.' }));
  const [unknown] = changesOf(makeEvent({ name: { to: 'Ada' } }), null);
  expect([tags, name, unknown].map((each) => each && changeWords(each))).toEqual([
    'Tags: + a, − c',
    'Name: A. → Ada',
    'Name: Ada',
  ]);
});
