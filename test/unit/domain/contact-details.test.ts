import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ContactDetails, detailNames, digestDetails } from '#domain/contact-details.ts';

const nothing: ContactDetails = {
  name: undefined,
  email: undefined,
  phone: undefined,
  tags: undefined,
  segments: undefined,
  attributes: undefined,
  hasOrdered: undefined,
  isSubscriber: undefined,
  isUserBlocked: undefined,
};
const digestOf = (tags: unknown) => digestDetails({ ...nothing, tags }).tags;

test.each([
  ['null', null],
  ['an empty text', ''],
  ['an empty list', []],
  ['a list of empty texts', ['']],
  ['false', false],
  ['an object of nothing but empty fields', { number: '', prefix: '' }],
  ['an order that was not made', { status: false }],
])('%s says as little as a value that is missing', (_name, value) => {
  expect(digestOf(value)).toBe(digestOf(undefined));
});

test('two different texts have different digests', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 20 }), fc.string({ maxLength: 20 }), (left, right) => {
      expect(digestOf(left) === digestOf(right)).toBe(left === right);
    }),
    { seed: 1 },
  );
});

test('a list in another order is the same list', () => {
  const list = fc.array(fc.jsonValue({ maxDepth: 2 }), { maxLength: 6 });
  fc.assert(
    fc.property(list, fc.infiniteStream(fc.nat()), (values, keys) => {
      const shuffled = values
        .map((value) => ({ value, key: keys.next().value ?? 0 }))
        .sort((left, right) => left.key - right.key)
        .map(({ value }) => value);
      expect(digestOf(shuffled)).toBe(digestOf(values));
    }),
  );
});

test('an object whose keys come in another order is the same object', () => {
  expect(digestOf([{ key: 'size', value: 'L' }])).toBe(digestOf([{ value: 'L', key: 'size' }]));
});

test.each([
  ['a tag more', ['vip', 'new'], ['vip']],
  ['another value of an attribute', [{ key: 'a', value: 'x' }], [{ key: 'a', value: 'y' }]],
  [
    'values that changed places between attributes',
    [
      { key: 'a', value: 'x' },
      { key: 'b', value: 'y' },
    ],
    [
      { key: 'a', value: 'y' },
      { key: 'b', value: 'x' },
    ],
  ],
  ['a key that became a value', { a: 'b' }, { b: 'a' }],
  ['a number that became a text', 7, '7'],
  ['true instead of an empty text', true, ''],
])('%s is another digest', (_name, before, after) => {
  expect(digestOf(after)).not.toBe(digestOf(before));
});

test('every digest fits its three bytes, whatever the inbox sends', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const digests = digestDetails({ ...nothing, name: value, phone: value, isSubscriber: value });
      for (const name of detailNames) {
        expect(Number.isInteger(digests[name])).toBe(true);
        expect(digests[name]).toBeGreaterThanOrEqual(0);
        expect(digests[name]).toBeLessThan(2 ** 24);
      }
    }),
  );
});

test('a value nested deeper than any stack is digested all the same', () => {
  let value: unknown = 'deep';
  for (let level = 0; level < 200_000; level += 1) value = [value];
  expect(digestOf(value)).toBe(0);
});

test.each(['isSubscriber', 'isUserBlocked'] as const)('only true itself sets %s', (name) => {
  const flags = [true, false, 'true', 1, undefined].map(
    (flag) => digestDetails({ ...nothing, [name]: flag })[name],
  );
  expect(flags).toEqual([1, 0, 0, 0, 0]);
});
