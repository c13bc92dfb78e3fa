import { expect, test } from 'vitest';
import { type ChangeEvent, eventTypes } from '#domain/change-event.ts';
import type { Wish } from '#relay/matching.ts';
import { createWhyNot } from '#relay/why-not.ts';
import { makeEvent } from '../../support/stage.ts';

type Filter = NonNullable<Wish['filter']>;

const whyNot = (filter: Filter, data: Readonly<Record<string, unknown>>) => {
  const event: ChangeEvent = { ...makeEvent(1), data: { source: 'shop', ...data } };
  return createWhyNot({ events: eventTypes, filter })(event);
};

test('each operator that does not hold is told by itself, with what is there instead', () => {
  const filter = { 'a.b': { $gt: 1, $lt: 5, $ne: 9 }, c: 'x', d: { $exists: true } };
  expect(whyNot(filter, { a: { b: 9 }, c: 'x' })).toEqual([
    { path: 'a.b', condition: { $lt: 5 }, actual: 9 },
    { path: 'a.b', condition: { $ne: 9 }, actual: 9 },
    { path: 'd', condition: { $exists: true } },
  ]);
});

test('of joined queries the branch is named', () => {
  const filter = {
    $and: [{ a: 1 }, { b: 2 }],
    $or: [{ a: 3 }, { $and: [{ b: 4 }] }],
    $nor: [{ c: 5 }, { a: 0 }],
  };
  expect(whyNot(filter, { a: 0, b: 2 })).toEqual([
    { path: '$and.0.a', condition: 1, actual: 0 },
    { path: '$or.0.a', condition: 3, actual: 0 },
    { path: '$or.1.$and.0.b', condition: 4, actual: 2 },
    { path: '$nor.1', condition: { $nor: [{ a: 0 }] } },
  ]);
});

test('a branch that does not hold is no reason where another one does', () => {
  const filter = { $or: [{ a: 3 }, { a: 0 }], b: 1 };
  expect(whyNot(filter, { a: 0 })).toEqual([{ path: 'b', condition: 1 }]);
});

test.each<[path: string, data: Readonly<Record<string, unknown>>, actual: unknown]>([
  ['a.b', { a: [{ b: 1 }, { c: 2 }, 'x', { b: [3] }] }, [1, [3]]],
  ['a.1', { a: ['x', 'y'] }, 'y'],
  ['a', { a: null }, null],
  ['a', { a: 'x'.repeat(500) }, `${'x'.repeat(100)}…`],
  ['a', { a: [1, 2, 3, 4, 5, 6] }, [1, 2, 3, 4, 5, '…']],
  ['a', { a: { b: { c: { d: 1 }, e: 2 } } }, { b: { c: '…', e: 2 } }],
  ['a', { a: { b: 1, c: 1, d: 1, e: 1, f: 1, g: 1 } }, { b: 1, c: 1, d: 1, e: 1, f: 1, '…': '…' }],
])('of what is at %s in %j it shows %j', (path, data, actual) => {
  expect(whyNot({ [path]: 'wanted' }, data)).toEqual([{ path, condition: 'wanted', actual }]);
});

test.each<[path: string, data: Readonly<Record<string, unknown>>]>([
  ['a.length', { a: ['x'] }],
  ['a.length', { a: 'x' }],
  ['a.b', { a: null }],
  ['a.b', { a: [{ c: 1 }, null] }],
])('there is nothing at %s in %j', (path, data) => {
  expect(whyNot({ [path]: 'wanted' }, data)).toEqual([{ path, condition: 'wanted' }]);
});

test('no more than 20 conditions are told', () => {
  const filter = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`a${index}`, 1]));
  expect(whyNot(filter, {})).toHaveLength(20);
});
