import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { eventTypes } from '#domain/change-event.ts';
import { filterProblems } from '#relay/filter.ts';
import { compileFilter } from '#relay/filter-query.ts';
import { wants } from '#relay/matching.ts';
import { createWhyNot } from '#relay/why-not.ts';
import { makeEvent } from '../../support/stage.ts';

type Json = Readonly<Record<string, unknown>>;

/** What MongoDB's manual says, written down as plainly as can be; `filter-semantics.test.ts` has the same by example. */
function holds(query: Json, data: unknown): boolean {
  return Object.entries(query).every(([key, operand]) => {
    const branches = operand as readonly Json[];
    if (key === '$and') return branches.every((branch) => holds(branch, data));
    if (key === '$or') return branches.some((branch) => holds(branch, data));
    if (key === '$nor') return !branches.some((branch) => holds(branch, data));
    return expressionHolds(asExpression(operand), endsOf(data, key.split('.')));
  });
}

const isJson = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function asExpression(operand: unknown): Json {
  const isExpression = isJson(operand) && Object.keys(operand).some((key) => key.startsWith('$'));
  return isExpression ? operand : { $eq: operand };
}

/** The values where a path ends, undefined for each that is missing. */
function endsOf(value: unknown, [name, ...rest]: readonly string[]): unknown[] {
  if (name === undefined) return [value];
  if (Array.isArray(value)) return value.flatMap((each) => endsOf(each, [name, ...rest]));
  return endsOf(isJson(value) ? value[name] : undefined, rest);
}

/** `ends` without looking into lists, `values` with their elements too. */
function expressionHolds(expression: Json, ends: readonly unknown[]): boolean {
  const values = ends.flatMap((end) => (Array.isArray(end) ? [...end, end] : [end]));
  return Object.entries(expression).every(([name, operand]) =>
    operatorHolds(name, operand, ends, values),
  );
}

function operatorHolds(
  name: string,
  operand: unknown,
  ends: readonly unknown[],
  values: readonly unknown[],
): boolean {
  const again = (other: Json) => expressionHolds(other, ends);
  const isSame = (value: unknown, wanted: unknown) => isDeepStrictEqual(value ?? null, wanted);
  const some = (test: (value: string | number) => boolean) =>
    values.some((value) => typeof value === typeof operand && test(value as string | number));
  const bound = operand as string | number;
  const list = operand as readonly unknown[];
  const asked: Readonly<Record<string, () => boolean>> = {
    $eq: () => values.some((value) => isSame(value, operand)),
    $ne: () => !again({ $eq: operand }),
    $in: () => list.some((each) => again({ $eq: each })),
    $nin: () => !again({ $in: operand }),
    $all: () => list.every((each) => again({ $eq: each })),
    $gt: () => some((value) => value > bound),
    $gte: () => some((value) => value >= bound),
    $lt: () => some((value) => value < bound),
    $lte: () => some((value) => value <= bound),
    $exists: () => ends.some((end) => end !== undefined) === operand,
    $size: () => ends.some((end) => Array.isArray(end) && end.length === operand),
    $regex: () => some((value) => new RegExp(String(operand)).test(String(value))),
    $not: () => !again(operand as Json),
    $elemMatch: () =>
      ends.some(
        (end) => Array.isArray(end) && end.some((each) => elementHolds(operand as Json, each)),
      ),
  };
  const ask = asked[name];
  if (ask === undefined) throw new Error(`nothing is written down for ${name}`);
  return ask();
}

function elementHolds(operand: Json, element: unknown): boolean {
  const asksFields = Object.keys(operand).some((key) => !/^\$(?!and|or|nor)/.test(key));
  return asksFields ? holds(operand, element) : expressionHolds(operand, [element]);
}

/** Few enough that they meet. */
const scalar = fc.constantFrom(0, 1, 2, 'x', 'y', 'xy', '', true, null);
const end = fc.oneof(scalar, fc.array(scalar, { maxLength: 3 }));
const inner = fc.record({ c: end, d: scalar }, { requiredKeys: [] });
/** No lists within lists and none of both objects and scalars, where sift differs and a test of its own says so. */
const dataOf = fc.record(
  { a: end, b: fc.oneof(scalar, inner, fc.array(inner, { maxLength: 3 })) },
  { requiredKeys: [] },
);

const bound = fc.constantFrom(0, 1, 2, 'x', 'xy');
const operators = {
  $eq: end,
  $ne: end,
  $gt: bound,
  $gte: bound,
  $lt: bound,
  $lte: bound,
  $in: fc.array(end, { maxLength: 3 }),
  $nin: fc.array(end, { maxLength: 3 }),
  $all: fc.array(end, { minLength: 1, maxLength: 2 }),
  $exists: fc.boolean(),
  $size: fc.nat(3),
  $regex: fc.constantFrom('x', '^x', 'y$', '^$', '[xy]{2}'),
};
type Operators = Partial<typeof operators>;

/** One or two of them: of more, hardly ever would all hold. */
function expressionOf(offered: Operators): fc.Arbitrary<Json> {
  const one = fc.oneof(
    ...Object.entries(offered).map(([name, operand]) =>
      (operand as fc.Arbitrary<unknown>).map((value) => [name, value] as const),
    ),
  );
  return fc.array(one, { minLength: 1, maxLength: 2 }).map((all) => Object.fromEntries(all));
}

const plain = expressionOf(operators);
const negated = plain.map(($not) => ({ $not }));
const { $all: _all, $size: _size, ...ofOne } = operators;
const element = expressionOf(ofOne);
const expression = fc.oneof(
  plain,
  negated,
  negated.map(($not) => ({ $not })),
  element.map(($elemMatch) => ({ $elemMatch })),
);
const ofInner = fc.oneof(
  fc.record({ c: fc.oneof(end, plain, negated) }),
  fc.record({ d: plain, c: plain }),
);
const joinedInner = fc.record({ $nor: fc.array(ofInner, { minLength: 1, maxLength: 2 }) });
const ofList = fc.oneof(ofInner, joinedInner).map(($elemMatch) => ({ $elemMatch }));
const field = fc.oneof(
  fc.record({ a: fc.oneof(end, expression) }),
  fc.record({
    b: fc.oneof(
      scalar,
      ofList,
      ofList.map(($not) => ({ $not })),
    ),
  }),
  fc.record({ 'b.c': fc.oneof(end, expression) }),
  fc.record({ a: plain, 'b.d': plain }),
);
const { query } = fc.letrec<{ query: Json }>((tie) => {
  const branches = fc.array(tie('query'), { minLength: 1, maxLength: 2 });
  return {
    query: fc.oneof(
      { maxDepth: 2 },
      field,
      fc.record({ $and: branches }),
      fc.record({ $or: branches }),
      fc.record({ $nor: branches }),
      fc.record({ $or: branches, a: plain }),
    ),
  };
});

test('a filter says what MongoDB would say', () => {
  fc.assert(
    fc.property(query, fc.array(dataOf, { minLength: 1, maxLength: 4 }), (filter, list) => {
      fc.pre(filterProblems(filter).length === 0);
      const compiled = compileFilter(filter);
      for (const data of list) {
        expect([data, compiled({ source: 'shop', ...data })]).toEqual([data, holds(filter, data)]);
      }
    }),
    { numRuns: 1500 },
  );
});

test('there is a reason for every event that is not wanted, and none for another', () => {
  fc.assert(
    fc.property(query, dataOf, (filter, data) => {
      fc.pre(filterProblems(filter).length === 0);
      const wish = { events: eventTypes, filter };
      const event = { ...makeEvent(1), data: { source: 'shop', ...data } };
      expect(createWhyNot(wish)(event).length === 0).toBe(wants(wish, event));
    }),
    { numRuns: 500 },
  );
});
