import { expect, test } from 'vitest';
import { readWish } from '#dashboard/replay-wish.ts';
import {
  bodyOf,
  newInput,
  readInput,
  type SubscriptionInput,
  wishText,
  withoutNulls,
} from '#dashboard/subscription-input.ts';
import { filterText } from '#dashboard/subscription-settings.ts';

const input = (changes: Partial<SubscriptionInput> = {}): SubscriptionInput => ({
  ...newInput,
  url: 'https://example.com/in',
  ...changes,
});

function bodyWith(changes: Partial<SubscriptionInput>): Record<string, unknown> {
  const read = bodyOf(input(changes));
  if (read.kind === 'unclear') throw new Error(JSON.stringify(read.errors));
  return { ...read.body };
}

test('what is left empty is taken away by a change, and left out of something new', () => {
  const body = bodyWith({});
  expect(body).toMatchObject({
    description: null,
    sources: null,
    filter: null,
    template: null,
    contentType: null,
    ratePerSecond: null,
  });
  expect(body).not.toHaveProperty('headers');
  expect(Object.keys(withoutNulls(body)).sort()).toEqual([
    'events',
    'format',
    'maxInFlight',
    'ordering',
    'url',
  ]);
});

test('a template goes with its format alone', () => {
  const written = { template: '{{ id }}', contentType: 'text/plain' };
  expect(bodyWith({ ...written, format: 'template' })).toMatchObject(written);
  expect(bodyWith({ ...written, format: 'slack' })).toMatchObject({
    template: null,
    contentType: null,
  });
});

test.each([
  ['8', 8],
  [' 0.5 ', 0.5],
  ['', null],
  ['many', 'many'],
])('a number that is written %j goes to the API as %j', (written, sent) => {
  expect(bodyWith({ ratePerSecond: written }).ratePerSecond).toBe(sent);
});

test('ids of sources stand between commas or spaces', () => {
  expect(bodyWith({ sources: ' shop,  desk other,' }).sources).toEqual(['shop', 'desk', 'other']);
});

test.each([
  ['X-Key: a: b\n\n X-Other :c ', { 'X-Key': 'a: b', 'X-Other': 'c' }],
  ['X-Empty:', { 'X-Empty': '' }],
])('headers are read line by line: %j', (headers, sent) => {
  expect(bodyWith({ headers }).headers).toEqual(sent);
});

test.each([['X-Key'], [': value'], ['X-Key: fine\nno header']])(
  'a line that is no header is said so: %j',
  (headers) => {
    const read = bodyOf(input({ headers }));
    expect(read).toMatchObject({ kind: 'unclear', errors: [{ path: 'headers' }] });
  },
);

test('everything that cannot be read is named at once', () => {
  const read = bodyOf(input({ filter: '{', headers: 'none' }));
  const paths = read.kind === 'unclear' ? read.errors.map(({ path }) => path) : [];
  expect(paths).toEqual(['filter', 'headers']);
});

test('a form that lacks fields, or holds files, is read as empty', () => {
  const read = readInput({
    url: ['https://one.example', 'https://two.example'],
    filter: new File([], 'x'),
  });
  expect(read).toMatchObject({ url: 'https://one.example', filter: '', events: [] });
});

test('a filter counts as tried only with the same events and sources', () => {
  const tried = wishText(input({ filter: '{}' }));
  expect(wishText(input({ filter: '{}', description: 'another' }))).toBe(tried);
  expect(wishText(input({ filter: '{ }' }))).not.toBe(tried);
  expect(wishText(input({ filter: '{}', events: ['contact.deleted'] }))).not.toBe(tried);
  expect(wishText(input({ filter: '{}', sources: 'shop' }))).not.toBe(tried);
});

test('a filter stands on one line where it is short, and says the same', () => {
  const short = { 'contact.status': { $in: ['OPEN', 'a  b\n c'] } };
  expect(filterText(short)).not.toContain('\n');
  expect(JSON.parse(filterText(short))).toEqual(short);
  const long = { $or: Array.from({ length: 20 }, (_, index) => ({ 'contact.age': index })) };
  expect(filterText(long).split('\n').length).toBeGreaterThan(20);
});

const nowMs = Date.parse('2026-06-12T10:00:00.000Z');
const choice = { what: 'span', from: '', to: '', types: [] };

test.each([
  ['2026-06-12T08:00', '2026-06-12T08:00:00.000Z'],
  ['2026-06-12T08:00:30', '2026-06-12T08:00:30.000Z'],
  ['2026-06-12 08:00:30.5', '2026-06-12T08:00:30.500Z'],
])('a moment that is written %s is one in UTC', (from, since) => {
  const until = '2026-06-12T10:00:00.000Z';
  expect(readWish({ ...choice, from }, nowMs)).toEqual({ kind: 'wish', wish: { since, until } });
});

test.each([['2026-02-30T25:00'], ['08:00'], ['2026-06-12'], ['2026-06-12T08:00Z']])(
  'what is no moment is asked for again: %s',
  (from) => {
    expect(readWish({ ...choice, from }, nowMs)).toMatchObject({ kind: 'unclear', field: 'from' });
  },
);

test('what has failed needs no moments and no types', () => {
  const wish = { ...choice, what: 'failed', from: 'x', types: ['contact.created'] };
  expect(readWish(wish, nowMs)).toEqual({ kind: 'wish', wish: { status: 'failed' } });
});
