import { expect, test } from 'vitest';
import { compileFilter } from '#relay/filter-query.ts';

type Json = Readonly<Record<string, unknown>>;

const matches = (filter: Json, data: Json) => compileFilter(filter)({ source: 'shop', ...data });

/** As MongoDB's manual has it, one line for each sentence: a filter, what it matches, what it does not. */
test.each<[sentence: string, filter: Json, matched: readonly Json[], others: readonly Json[]]>([
  ['nothing asks for nothing', {}, [{}, { a: 1 }], []],
  ['a value is equal', { a: 'x' }, [{ a: 'x' }], [{ a: 'X' }, { a: ['y'] }, {}]],
  ['a number is not its text', { a: 1 }, [{ a: 1 }], [{ a: '1' }, { a: true }]],
  [
    'a dot leads into an object',
    { 'a.b': 1 },
    [{ a: { b: 1 } }],
    [{ a: 1 }, { 'a.b': 1 }, { b: 1 }],
  ],
  [
    'and into each object of a list',
    { 'a.b': 1 },
    [{ a: [{ b: 2 }, { b: 1 }] }],
    [{ a: [{ c: 1 }] }],
  ],
  ['a number leads to an element', { 'a.1': 'y' }, [{ a: ['x', 'y'] }], [{ a: ['y', 'x'] }]],
  ['an element of a list is enough', { a: 'x' }, [{ a: ['y', 'x'] }], [{ a: [] }]],
  [
    'a whole list is equal in its order',
    { a: ['x', 'y'] },
    [{ a: ['x', 'y'] }],
    [{ a: ['y', 'x'] }],
  ],
  [
    'a whole object is equal',
    { a: { b: 1 } },
    [{ a: { b: 1 } }],
    [{ a: { b: 1, c: 2 } }, { a: {} }],
  ],
  [
    'null is also what is missing',
    { a: null },
    [{}, { a: null }, { a: [null] }],
    [{ a: 0 }, { a: [] }],
  ],
  ['$eq', { a: { $eq: 0 } }, [{ a: 0 }, { a: [1, 0] }], [{ a: null }, { a: '' }, { a: false }]],
  ['$ne matches what is missing', { a: { $ne: 'x' } }, [{}, { a: 'y' }, { a: [] }], [{ a: 'x' }]],
  ['$ne wants no element to be equal', { a: { $ne: 'x' } }, [{ a: ['y'] }], [{ a: ['y', 'x'] }]],
  ['$ne null wants a value', { a: { $ne: null } }, [{ a: 0 }, { a: [] }], [{}, { a: null }]],
  ['$gt', { a: { $gt: 5 } }, [{ a: 6 }, { a: [1, 9] }], [{ a: 5 }, { a: '6' }, { a: null }, {}]],
  ['$gte', { a: { $gte: 5 } }, [{ a: 5 }, { a: 5.5 }], [{ a: 4 }, { a: true }, {}]],
  ['$lt', { a: { $lt: 5 } }, [{ a: 4 }, { a: -1 }], [{ a: 5 }, { a: null }, { a: '' }, {}]],
  ['$lte', { a: { $lte: 5 } }, [{ a: 5 }], [{ a: 6 }, { a: [] }, { a: {} }, {}]],
  [
    'times compare as the texts they are',
    { a: { $gte: '2026-06-12T10:00:00.000Z' } },
    [{ a: '2026-06-12T10:00:00.000Z' }, { a: '2026-11-01' }],
    [{ a: '2026-06-12T09:59:59.999Z' }, { a: 1_781_258_402_910 }],
  ],
  [
    'each operator may hold for another element',
    { a: { $gt: 1, $lt: 5 } },
    [{ a: 3 }, { a: [0, 10] }],
    [{ a: 9 }, { a: [0, 1] }],
  ],
  ['$in', { a: { $in: ['x', null] } }, [{ a: 'x' }, { a: ['y', 'x'] }, {}], [{ a: 'y' }]],
  ['$in nothing matches nothing', { a: { $in: [] } }, [], [{}, { a: null }, { a: [] }]],
  ['$in may name lists', { a: { $in: [['x']] } }, [{ a: ['x'] }], [{ a: 'x' }, { a: ['x', 'y'] }]],
  [
    '$nin',
    { a: { $nin: ['x', 'y'] } },
    [{}, { a: 'z' }, { a: [] }],
    [{ a: 'x' }, { a: ['z', 'y'] }],
  ],
  ['$nin with null wants a value', { a: { $nin: [null] } }, [{ a: 1 }], [{}, { a: null }]],
  ['$exists', { a: { $exists: true } }, [{ a: null }, { a: [] }, { a: 0 }], [{}]],
  ['$exists false', { a: { $exists: false } }, [{}], [{ a: null }, { a: [] }]],
  [
    '$exists within a list',
    { 'a.b': { $exists: true } },
    [{ a: [{}, { b: null }] }],
    [{ a: [{}] }],
  ],
  [
    '$exists false within one',
    { 'a.b': { $exists: false } },
    [{ a: [{}] }, { a: 1 }],
    [{ a: [{ b: 1 }] }],
  ],
  ['$all', { a: { $all: ['x', 'y'] } }, [{ a: ['y', 'z', 'x'] }], [{ a: ['x'] }, { a: 'x' }, {}]],
  ['$all of one is equality', { a: { $all: ['x'] } }, [{ a: 'x' }, { a: ['x'] }], [{ a: ['y'] }]],
  [
    '$all over fields of elements',
    { 'a.b': { $all: [1, 2] } },
    [{ a: [{ b: 1 }, { b: 2 }] }],
    [{ a: [{ b: 1 }] }],
  ],
  [
    '$size',
    { a: { $size: 2 } },
    [{ a: [1, 'x'] }],
    [{ a: [1] }, { a: 'xy' }, { a: { length: 2 } }, {}],
  ],
  ['$size 0 is not what is missing', { a: { $size: 0 } }, [{ a: [] }], [{}, { a: '' }]],
  [
    '$regex finds anywhere',
    { a: { $regex: 'ip' } },
    [{ a: 'vip' }, { a: ['no', 'tip'] }],
    [{ a: 'VIP' }, {}],
  ],
  [
    '$regex of any case',
    { a: { $regex: '(?i)^vip' } },
    [{ a: 'VIPs' }, { a: 'vip' }],
    [{ a: 'a vip' }],
  ],
  ['$regex asks only texts', { a: { $regex: '1|null' } }, [], [{ a: 1 }, { a: null }, {}]],
  [
    '$not matches what is missing',
    { a: { $not: { $gt: 5 } } },
    [{}, { a: 'x' }, { a: 5 }],
    [{ a: 6 }],
  ],
  ['$not wants no element to do so', { a: { $not: { $gt: 5 } } }, [{ a: [1, 2] }], [{ a: [1, 6] }]],
  [
    '$not denies all of its operators together',
    { a: { $not: { $gt: 1, $lt: 5 } } },
    [{ a: 1 }, { a: 5 }, {}],
    [{ a: 3 }, { a: [0, 10] }],
  ],
  ['$not twice', { a: { $not: { $not: { $gt: 5 } } } }, [{ a: 6 }], [{ a: 5 }, {}]],
  ['$and', { $and: [{ a: 1 }, { b: 2 }] }, [{ a: 1, b: 2 }], [{ a: 1 }, { b: 2 }]],
  ['paths side by side are $and', { a: 1, b: 2 }, [{ a: 1, b: 2 }], [{ a: 1 }, { b: 2 }]],
  ['$or', { $or: [{ a: 1 }, { b: 2 }] }, [{ a: 1 }, { b: 2 }], [{ a: 2, b: 1 }, {}]],
  ['$nor', { $nor: [{ a: 1 }, { b: 2 }] }, [{}, { a: 2 }], [{ a: 1 }, { b: 2 }]],
  [
    '$or beside a path',
    { c: 3, $or: [{ a: 1 }, { b: 2 }] },
    [{ c: 3, a: 1 }],
    [{ a: 1 }, { c: 3 }],
  ],
  [
    '$elemMatch wants one element for all of it',
    { a: { $elemMatch: { b: 1, c: { $gt: 1 } } } },
    [{ a: [{ b: 2 }, { b: 1, c: 2 }] }],
    [{ a: [{ b: 1 }, { c: 2 }] }, { a: { b: 1, c: 2 } }, { a: [] }, {}],
  ],
  [
    '$elemMatch asks elements themselves',
    { a: { $elemMatch: { $gt: 1, $lt: 5 } } },
    [{ a: [0, 3] }],
    [{ a: [0, 10] }, { a: 3 }],
  ],
  [
    '$elemMatch with what it is not',
    { a: { $elemMatch: { $ne: 'x' } } },
    [{ a: ['x', 'y'] }],
    [{ a: ['x'] }, { a: [] }, {}],
  ],
  [
    '$elemMatch with one of two fields',
    { a: { $elemMatch: { $or: [{ b: 1 }, { c: 2 }] } } },
    [{ a: [{}, { c: 2 }] }],
    [{ a: [{ b: 2, c: 1 }] }],
  ],
  [
    '$elemMatch within $elemMatch',
    { a: { $elemMatch: { b: { $elemMatch: { $gt: 1 } } } } },
    [{ a: [{ b: [1] }, { b: [2] }] }],
    [{ a: [{ b: [1] }, { b: 2 }] }],
  ],
  [
    '$not of $elemMatch',
    { a: { $not: { $elemMatch: { b: 1 } } } },
    [{}, { a: [{ b: 2 }] }],
    [{ a: [{ b: 1 }] }],
  ],
])('%s', (_, filter, matched, others) => {
  for (const data of matched) expect([data, matches(filter, data)]).toEqual([data, true]);
  for (const data of others) expect([data, matches(filter, data)]).toEqual([data, false]);
});

test.each<[sentence: string, filter: Json, matched: Json]>([
  ['a list within a list is searched too', { a: 1 }, { a: [[1]] }],
  ['also for its size', { a: { $size: 2 } }, { a: [[1, 2]] }],
  ['what an element cannot have is null', { 'a.b': null }, { a: [1] }],
  ['nor do the fields of an object have an order', { a: { b: 1, c: 2 } }, { a: { c: 2, b: 1 } }],
])('%s, other than in MongoDB', (_, filter, matched) => {
  expect(matches(filter, matched)).toBe(true);
});

test('what JavaScript has put into every value is not there', () => {
  for (const path of [
    'a.length',
    'a.at',
    'a.toString',
    'a.at.name',
    'a.__proto__',
    'hasOwnProperty',
  ]) {
    for (const a of ['text', ['x', 'y'], 7, {}]) {
      expect(matches({ [path]: { $gt: '' } }, { a })).toBe(false);
      expect(matches({ [path]: { $gt: -1 } }, { a })).toBe(false);
      expect(matches({ [path]: { $exists: true } }, { a })).toBe(false);
    }
  }
  expect(matches({ 'a.0': 't' }, { a: 'text' })).toBe(false);
  expect(matches({ 'a.length': 3 }, { a: { length: 3 } })).toBe(true);
});

test('a filter says the same however often it is asked, and in which order', () => {
  const test_ = compileFilter({ a: { $in: [1, 2], $not: { $size: 2 } }, $nor: [{ b: 1 }] });
  const asked = [{ a: 1 }, { a: [1, 2] }, { a: 2, b: 1 }, { a: 3 }, {}, { a: [2] }];
  const ask = (list: readonly Json[]) => list.map((data) => test_({ source: 'shop', ...data }));
  const said = [true, false, false, false, false, true];
  expect(ask(asked)).toEqual(said);
  expect(ask(asked.toReversed())).toEqual(said.toReversed());
});

test('a pattern takes no time to speak of on a text made to fool it, and sees its first 4,000 characters', () => {
  const fooled = compileFilter({ a: { $regex: '^(([a-z])+.)+[A-Z]([a-z])+$' } });
  const text = 'a'.repeat(100_000);
  const startedAtMs = performance.now();
  expect(fooled({ source: 'shop', a: text })).toBe(false);
  expect(performance.now() - startedAtMs).toBeLessThan(1000);
  expect(matches({ a: { $regex: 'b$' } }, { a: `${'a'.repeat(3999)}b` })).toBe(true);
  expect(matches({ a: { $regex: 'b$' } }, { a: `${'a'.repeat(4000)}b` })).toBe(false);
});
