import { expect, test } from 'vitest';
import { filterProblems } from '#relay/filter.ts';
import { compileFilter } from '#relay/filter-query.ts';

const status = 'contact.status';
const list = (length: number) => Array.from({ length }, (_, index) => index);
/** As many paths as that, each with its condition. */
const wide = (count: number) => ({
  $and: [list(60), list(count - 60)].map((each, half) =>
    Object.fromEntries(each.map((index) => [`a${half}.${index}`, 1])),
  ),
});

test.each<[name: string, filter: Readonly<Record<string, unknown>>]>([
  ['nothing', {}],
  ['a value', { [status]: 'CLOSED' }],
  ['a value that is a list or an object', { a: ['x', { b: null }], b: { c: [1, true] } }],
  ['the example of the contract', { 'changes.status.to': 'CLOSED', 'a.tags': { $in: ['vip'] } }],
  ['comparisons', { a: { $eq: 1, $ne: null, $gt: 1, $gte: 'b', $lt: 9.5, $lte: 'z' } }],
  ['lists', { a: { $in: [], $nin: [1, null, 'x'], $all: ['x'] } }],
  ['shapes', { a: { $exists: false, $size: 0, $regex: '(?i)^vip\\b' } }],
  ['operators of its own within `$not`', { a: { $not: { $gt: 1, $not: { $eq: 5 } } } }],
  [
    'elements by value and by field',
    { a: { $elemMatch: { $gt: 1 } }, b: { $elemMatch: { c: 1 } } },
  ],
  ['elements by one of two fields', { a: { $elemMatch: { $or: [{ b: 1 }, { c: 2 }] } } }],
  ['joined queries', { $and: [{ a: 1 }], $or: [{ a: 1 }, {}], $nor: [{ $and: [{ b: 2 }] }] }],
  ['100 conditions', wide(100)],
  ['a text of 1000 characters', { a: 'x'.repeat(1000) }],
  ['a list of 100 values', { a: { $in: list(100) } }],
  [
    '10 patterns',
    { a: { $not: { $regex: 'x' } }, $or: list(9).map(() => ({ a: { $regex: 'x' } })) },
  ],
])('%s can be written, and compiled', (_, filter) => {
  expect(filterProblems(filter)).toEqual([]);
  expect(() => compileFilter(filter)).not.toThrow();
});

test.each<[path: string, advice: string, filter: unknown]>([
  ['', 'must be an object', null],
  ['', 'must be an object', 'OPEN'],
  ['', 'must be an object', [{ a: 1 }]],
  ['$or', 'list of at least one query', { $or: { a: 1 } }],
  ['$and', 'list of at least one query', { $and: [] }],
  ['$nor.1', 'must be an object', { $nor: [{ a: 1 }, 'x'] }],
  ['$or.0.$gt', 'inside a field', { $or: [{ $gt: 1 }] }],
  ['$not', 'use `$nor`', { $not: { a: 1 } }],
  ['$where', '$and $or $nor', { $where: 'sleep(1000)' }],
  ['$expr', '$and $or $nor', { $expr: { $gt: ['$a', '$b'] } }],
  ['a.$where', '$elemMatch', { a: { $where: '1' } }],
  ['a.$mod', '$elemMatch', { a: { $mod: [2, 0] } }],
  ['a.$type', '$elemMatch', { a: { $type: 'string' } }],
  ['a.$options', '(?i)', { a: { $regex: 'x', $options: 'i' } }],
  ['a.$or', 'around fields', { a: { $or: [{ $gt: 1 }] } }],
  ['a.b', 'with dots', { a: { $gt: 1, b: 2 } }],
  ['a.$in', 'list of values', { a: { $in: 'x' } }],
  ['a.$nin', 'list of values', { a: { $nin: null } }],
  ['a.$in.0.$gt', 'only a value', { a: { $in: [{ $gt: 1 }] } }],
  ['a.$eq.$regex', 'only a value', { a: { $eq: { $regex: 'x' } } }],
  ['a.b.$ne', 'only a value', { a: { b: { $ne: 1 } } }],
  ['a.$all', 'at least one', { a: { $all: [] } }],
  ['a.$all.0.$elemMatch', 'only a value', { a: { $all: [{ $elemMatch: { b: 1 } }] } }],
  ['a.$exists', 'true or false', { a: { $exists: 1 } }],
  ['a.$size', 'whole number', { a: { $size: 1.5 } }],
  ['a.$size', 'whole number', { a: { $size: -1 } }],
  ['a.$size', 'whole number', { a: { $size: { $gt: 1 } } }],
  ['a.$gt', 'number', { a: { $gt: null } }],
  ['a.$lte', 'number', { a: { $lte: [1] } }],
  ['a.$regex', 'as a string', { a: { $regex: { source: 'x' } } }],
  ['a.$regex', 'RE2 syntax: missing closing )', { a: { $regex: '(vip' } }],
  ['a.$regex', 'RE2 syntax', { a: { $regex: '(?=x)' } }],
  ['a.$regex', 'RE2 syntax', { a: { $regex: '(x)\\1' } }],
  ['a.$regex', 'at most 200', { a: { $regex: 'x'.repeat(201) } }],
  ['a.$regex', 'smaller counts', { a: { $regex: 'x{900}' } }],
  ['a.$not', 'use `$ne`', { a: { $not: 'x' } }],
  ['a.$not', 'use `$ne`', { a: { $not: {} } }],
  ['a.$not.$bad', '$elemMatch', { a: { $not: { $bad: 1 } } }],
  ['a.$elemMatch', 'one element', { a: { $elemMatch: [1] } }],
  ['a.$elemMatch', 'one element', { a: { $elemMatch: {} } }],
  ['a.$elemMatch.b.$bad', '$elemMatch', { a: { $elemMatch: { b: { $bad: 1 } } } }],
  ['a.$elemMatch.b', 'with dots', { a: { $elemMatch: { $gt: 1, b: 1 } } }],
  ['data.contact.status', 'leave `data.` out', { 'data.contact.status': 'OPEN' }],
  ['', 'single dots', { '': 1 }],
  ['a..b', 'single dots', { 'a..b': 1 }],
  ['__proto__', 'must not hold', JSON.parse('{ "__proto__": 1 }')],
  ['a.constructor.name', 'must not hold', { 'a.constructor.name': 'Object' }],
  ['a.prototype', 'must not hold', { 'a.prototype': 1 }],
  ['a.$b', 'must not hold', { 'a.$b': 1 }],
  ['a', 'at most 1000 characters', { a: 'x'.repeat(1001) }],
  ['a.$in', 'at most 100 entries', { a: { $in: list(101) } }],
  ['a', 'as JSON has it', { a: undefined }],
  ['a', 'as JSON has it', { a: Number.NaN }],
  ['', 'at most 100 conditions; it has 101', wide(101)],
  ['', 'at most 10 of `$regex`', { $or: list(11).map(() => ({ a: { $regex: 'x' } })) }],
  ['', 'characters as JSON', { a: { $in: list(20).map(() => 'x'.repeat(999)) } }],
  [`${'n'.repeat(201)}`, '200 characters', { ['n'.repeat(201)]: 1 }],
  [`${'n.'.repeat(20)}n`, '20 names', { [`${'n.'.repeat(20)}n`]: 1 }],
])('at `%s` it says "%s" of %j', (path, advice, filter) => {
  const problems = filterProblems(filter);
  expect(problems.map((each) => each.path)).toEqual([path]);
  expect(problems[0]?.message).toContain(advice);
});

test('every problem is told at once, but no flood of them', () => {
  const filter = { a: { $gt: null, $size: 'x' }, $or: [{ b: { $in: 1 } }] };
  expect(filterProblems(filter).map(({ path }) => path)).toEqual([
    'a.$gt',
    'a.$size',
    '$or.0.b.$in',
  ]);
  const flood = { a: { $in: list(99).map(() => ({ $x: 1 })) } };
  expect(filterProblems(flood)).toHaveLength(20);
});

test('a filter may be eight levels deep, whatever makes them, and any deeper one is refused at once', () => {
  const nestedIn = (open: string, close: string, times: number) =>
    JSON.parse(`${open.repeat(times)}{"a":1}${close.repeat(times)}`);
  expect(filterProblems(nestedIn('{"a":', '}', 7))).toEqual([]);
  expect(filterProblems(nestedIn('{"$and":[', ']}', 3))).toEqual([]);
  for (const deep of [
    nestedIn('{"a":', '}', 8),
    nestedIn('{"$and":[', ']}', 4),
    nestedIn('{"a":', '}', 50_000),
    nestedIn('{"$nor":[', ']}', 50_000),
    JSON.parse(`{"a":${'{"$not":'.repeat(8)}{"$gt":1}${'}'.repeat(8)}}`),
    JSON.parse(`{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}`),
  ]) {
    const [problem, ...others] = filterProblems(deep);
    expect(problem?.message).toContain('8 levels');
    expect(others).toEqual([]);
  }
});
