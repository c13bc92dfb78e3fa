import sift from 'sift';
import type { ChangeEvent } from '#domain/change-event.ts';
import {
  asksElements,
  type FieldOperator,
  type FilterObject,
  isExpression,
  isJoining,
} from './filter-operators.ts';
import { compilePattern } from './filter-pattern.ts';

/** Whether an event's `data` matches. */
export type FilterTest = (data: ChangeEvent['data']) => boolean;

/** Compiles a filter that has no `filterProblems`; throws for some that have. */
export function compileFilter(filter: FilterObject): FilterTest {
  return sift.createQueryTester<ChangeEvent['data']>(plainQuery(filter), { operations });
}

type Query = Record<string, unknown>;

/**
 * The same filter in fewer words. sift asks every operator of a field of one element of a list after the other, where
 * MongoDB asks each for itself whether there is an element that it holds for: so each gets a query of its own, and what is
 * negated is negated around the whole query, which is how MongoDB defines it.
 */
function plainQuery(filter: FilterObject): Query {
  return every(
    Object.entries(filter).map(([key, operand]) => {
      if (isJoining(key)) return { [key]: (operand as FilterObject[]).map(plainQuery) };
      const at = (query: Query) => ({ [key]: query });
      return isExpression(operand) ? plainExpression(operand, at) : at({ $eq: operand });
    }),
  );
}

/** `at` says what is asked: the field at a path, or an element itself. */
function plainExpression(expression: FilterObject, at: (query: Query) => Query): Query {
  return every(
    Object.entries(expression).map(([name, operand]) => {
      const plain = plainOperators[name as FieldOperator];
      return plain === undefined ? at({ [name]: operand }) : plain(operand, at);
    }),
  );
}

const plainOperators: Readonly<
  Partial<Record<FieldOperator, (operand: unknown, at: (query: Query) => Query) => Query>>
> = {
  $ne: (operand, at) => none(at({ $eq: operand })),
  $nin: (operand, at) => none(at({ $in: operand })),
  $not: (operand, at) => none(plainExpression(operand as FilterObject, at)),
  $all: (operand, at) => every((operand as unknown[]).map((each) => at({ $eq: each }))),
  $exists: (operand, at) =>
    operand === true ? at({ $exists: true }) : none(at({ $exists: true })),
  $elemMatch: (operand, at) => at({ $elemMatch: plainElement(operand as FilterObject) }),
};

function plainElement(operand: FilterObject): Query {
  return asksElements(operand) ? plainExpression(operand, (query) => query) : plainQuery(operand);
}

function every(queries: readonly Query[]): Query {
  const [only, ...others] = queries;
  if (only === undefined) return {};
  return others.length === 0 ? only : { $and: queries };
}

function none(query: Query): Query {
  return { $nor: [query] };
}

/** All that sift is told of: what is not here it refuses. */
const operations = {
  $and: sift.$and,
  $or: sift.$or,
  $nor: sift.$nor,
  $exists: existence,
  $size: sift.$size,
  $elemMatch: sift.$elemMatch,
  $eq: valueOperation((operand) => (value, isSame) => isSame(operand, value)),
  $in: valueOperation((operand) => {
    const values = operand as readonly unknown[];
    return (value, isSame) => values.some((each) => isSame(each, value));
  }),
  $gt: comparison((value, bound) => value > bound),
  $gte: comparison((value, bound) => value >= bound),
  $lt: comparison((value, bound) => value < bound),
  $lte: comparison((value, bound) => value <= bound),
  $regex: valueOperation((operand) => {
    const pattern = compilePattern(operand as string);
    if (pattern.kind === 'refused') throw new Error(`The pattern ${pattern.message}.`);
    return (value) => typeof value === 'string' && pattern.finds(value);
  }),
};

type SiftOptions = Parameters<typeof sift.createEqualsOperation>[2];
type IsSame = (left: unknown, right: unknown) => boolean;
type Judge = (value: unknown, isSame: IsSame) => boolean;

/** An operator that looks at one value; `judgeBy` is called once for each filter. */
function valueOperation(judgeBy: (operand: unknown) => Judge) {
  return (operand: unknown, query: unknown, options: SiftOptions) => {
    const judge = judgeBy(operand);
    const test = (found: unknown, key: string | number, owner: unknown) =>
      judge(isOwned(key, owner) ? found : undefined, options.compare);
    return sift.createEqualsOperation(test, query, options);
  };
}

function existence(...given: Parameters<typeof sift.$exists>): ReturnType<typeof sift.$exists> {
  const operation = sift.$exists(...given);
  const next = operation.next.bind(operation);
  operation.next = (found, key, owner, root, leaf) => {
    if (isOwned(key, owner)) next(found, key, owner, root, leaf);
  };
  return operation;
}

/** sift finds the length of a text and the methods of a list as well; only what the inbox sent is a value. */
function isOwned(key: string | number, owner: unknown): boolean {
  return owner === undefined || owner === null || owns(owner, key);
}

/** Whether this is a field that the inbox sent, and nothing that JavaScript has put there. */
export function owns(owner: unknown, key: string | number): owner is FilterObject {
  if (typeof owner !== 'object' || owner === null) return false;
  return Object.prototype.propertyIsEnumerable.call(owner, key);
}

type Ordered = number | string;

/** Numbers and strings, each with its own kind only: `"10" > 9` says nothing. */
function comparison(holds: (value: Ordered, bound: Ordered) => boolean) {
  return valueOperation((operand) => (value) => {
    const isOrdered = typeof value === 'number' || typeof value === 'string';
    return isOrdered && typeof value === typeof operand && holds(value, operand as Ordered);
  });
}
