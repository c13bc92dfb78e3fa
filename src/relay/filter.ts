import {
  asksElements,
  type FieldOperator,
  type FilterObject,
  fieldOperators,
  isExpression,
  isFieldOperator,
  isJoining,
  isObject,
  joiningOperators,
} from './filter-operators.ts';
import { compilePattern } from './filter-pattern.ts';

export interface FilterProblem {
  /** Where, such as `changes.status.to.$in.0`; empty for the whole. */
  readonly path: string;
  /** What is wrong there, and what to do. */
  readonly message: string;
}

const mostNested = 8;
const mostConditions = 100;
const mostPatterns = 10;
const mostEntries = 100;
const mostCharacters = 1000;
const mostPathCharacters = 200;
const mostPathSegments = 20;
const mostJsonCharacters = 16_384;
const mostProblems = 20;

/** Names that mean something to JavaScript wherever they stand. */
const unsafeSegments = ['__proto__', 'constructor', 'prototype'];

/** A place within a filter. */
interface Place {
  readonly path: readonly string[];
  /** How many objects and lists are around it. */
  readonly nested: number;
  /** Of the whole filter, counted on the way. */
  readonly counts: { conditions: number; patterns: number };
}

type Check = (value: unknown, place: Place) => readonly FilterProblem[];

const fine: readonly FilterProblem[] = [];

/** What keeps a filter from being written; nothing for one that can be compiled. */
export function filterProblems(filter: unknown): FilterProblem[] {
  const root: Place = { path: [], nested: 0, counts: { conditions: 0, patterns: 0 } };
  const problems = [...checkQuery(filter, root), ...checkCounts(root)];
  if (problems.length > 0) return problems.slice(0, mostProblems);
  // Only what is not nested too deep can be written as JSON without running out of stack.
  if (JSON.stringify(filter).length <= mostJsonCharacters) return [];
  return say(root, `must be at most ${mostJsonCharacters} characters as JSON`);
}

function checkCounts(root: Place): FilterProblem[] {
  const { conditions, patterns } = root.counts;
  return [
    ...(conditions > mostConditions
      ? say(root, `must be at most ${mostConditions} conditions; it has ${conditions}`)
      : fine),
    ...(patterns > mostPatterns
      ? say(root, `must be at most ${mostPatterns} of \`$regex\`; join patterns with \`|\``)
      : fine),
  ];
}

function checkQuery(query: unknown, place: Place): readonly FilterProblem[] {
  if (!isObject(query)) {
    return say(place, 'must be an object, such as { "changes.status.to": "CLOSED" }');
  }
  return within(Object.entries(query), place, (operand, at, key) => {
    if (isJoining(key)) return checkBranches(operand, at);
    if (key.startsWith('$')) return say(at, misplacedInQuery(key));
    return checkField(key, operand, at);
  });
}

function checkBranches(branches: unknown, place: Place): readonly FilterProblem[] {
  if (!Array.isArray(branches) || branches.length === 0) {
    return say(
      place,
      'must be a list of at least one query, such as [{ "contact.status": "OPEN" }]',
    );
  }
  return within(branches.entries(), place, checkQuery);
}

function checkField(path: string, operand: unknown, place: Place): readonly FilterProblem[] {
  const message = pathProblem(path);
  if (message !== null) return say(place, message);
  if (isExpression(operand)) return checkExpression(operand, place);
  place.counts.conditions += 1;
  return checkValue(operand, place);
}

function checkExpression(expression: FilterObject, place: Place): readonly FilterProblem[] {
  return within(Object.entries(expression), place, (operand, at, name) => {
    if (!isFieldOperator(name)) return say(at, misplacedInField(name));
    at.counts.conditions += 1;
    return operandChecks[name](operand, at);
  });
}

const operandChecks: Readonly<Record<FieldOperator, Check>> = {
  $eq: checkValue,
  $ne: checkValue,
  $gt: checkBound,
  $gte: checkBound,
  $lt: checkBound,
  $lte: checkBound,
  $in: checkList,
  $nin: checkList,
  $exists: (operand, place) =>
    typeof operand === 'boolean' ? fine : say(place, 'must be true or false'),
  // MongoDB matches nothing by an empty list, which nobody means.
  $all: (operand, place) =>
    Array.isArray(operand) && operand.length === 0
      ? say(place, 'must name at least one value')
      : checkList(operand, place),
  $size: (operand, place) =>
    Number.isSafeInteger(operand) && Number(operand) >= 0
      ? fine
      : say(place, 'must be a whole number, 0 or more'),
  $regex: checkPattern,
  $not: (operand, place) =>
    isExpression(operand)
      ? checkExpression(operand, place)
      : say(place, 'must be an object of operators, such as { "$regex": "^VIP" }; or use `$ne`'),
  $elemMatch: checkElement,
};

function checkElement(operand: unknown, place: Place): readonly FilterProblem[] {
  if (!isObject(operand) || Object.keys(operand).length === 0) {
    return say(
      place,
      'must be a query over one element, such as { "name": "vip" } or { "$gt": 5 }',
    );
  }
  return asksElements(operand) ? checkExpression(operand, place) : checkQuery(operand, place);
}

function checkBound(operand: unknown, place: Place): readonly FilterProblem[] {
  if (typeof operand !== 'string' && typeof operand !== 'number') {
    return say(place, 'must be a number, or a string such as an ISO 8601 time');
  }
  return checkValue(operand, place);
}

function checkList(operand: unknown, place: Place): readonly FilterProblem[] {
  if (Array.isArray(operand)) return checkValue(operand, place);
  return say(place, 'must be a list of values, such as ["OPEN", "CLOSED"]');
}

function checkPattern(operand: unknown, place: Place): readonly FilterProblem[] {
  place.counts.patterns += 1;
  if (typeof operand !== 'string') {
    return say(place, 'must be a pattern as a string, such as "(?i)^vip"');
  }
  // One too many is refused anyway, and compiling takes time.
  if (place.counts.patterns > mostPatterns) return fine;
  const compiled = compilePattern(operand);
  return compiled.kind === 'refused' ? say(place, compiled.message) : fine;
}

function checkValue(value: unknown, place: Place): readonly FilterProblem[] {
  if (Array.isArray(value)) return within(value.entries(), place, checkValue);
  if (isObject(value)) {
    return within(Object.entries(value), place, (each, at, key) =>
      key.startsWith('$')
        ? say(at, 'is an operator where only a value can stand')
        : checkValue(each, at),
    );
  }
  if (typeof value === 'string' && value.length > mostCharacters) {
    return say(place, `must be at most ${mostCharacters} characters`);
  }
  return isJson(value) ? fine : say(place, 'must be a value as JSON has it');
}

function isJson(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  return value === null || typeof value === 'string' || typeof value === 'boolean';
}

function pathProblem(path: string): string | null {
  const segments = path.split('.');
  if (segments.includes('')) return 'must be names joined by single dots, such as `contact.status`';
  if (segments[0] === 'data') return 'starts at `data` already: leave `data.` out';
  if (path.length > mostPathCharacters || segments.length > mostPathSegments) {
    return `must be at most ${mostPathSegments} names, ${mostPathCharacters} characters in all`;
  }
  const unsafe = segments.find((each) => each.startsWith('$') || unsafeSegments.includes(each));
  return unsafe === undefined ? null : `must not hold the name \`${unsafe}\``;
}

function misplacedInQuery(key: string): string {
  if (key === '$not') return 'stands inside a field; around whole queries use `$nor`';
  if (isFieldOperator(key)) {
    return `stands inside a field, such as { "contact.status": { "${key}": … } }`;
  }
  return `is no operator that can stand here; these can: ${joiningOperators.join(' ')}`;
}

function misplacedInField(name: string): string {
  if (name === '$options') return 'is not offered: begin the pattern with `(?i)`, `(?m)` or `(?s)`';
  if (isJoining(name)) {
    return `stands around fields, such as { "${name}": [{ "contact.status": "OPEN" }] }`;
  }
  if (!name.startsWith('$')) return 'stands beside operators: write its path out, with dots';
  return `is no operator that can stand here; these can: ${fieldOperators.join(' ')}`;
}

/** Looks into an object or a list, unless it is too deep or too large for that. */
function within(
  entries: Iterable<[key: string | number, value: unknown]>,
  place: Place,
  check: (value: unknown, place: Place, key: string) => readonly FilterProblem[],
): readonly FilterProblem[] {
  if (place.nested === mostNested) {
    return say(place, `must not be nested deeper than ${mostNested} levels`);
  }
  const all = [...entries];
  if (all.length > mostEntries) return say(place, `must be at most ${mostEntries} entries`);
  return all.flatMap(([name, value]) => {
    const key = String(name);
    return check(value, { ...place, path: [...place.path, key], nested: place.nested + 1 }, key);
  });
}

function say({ path }: Place, message: string): FilterProblem[] {
  return [{ path: path.join('.'), message }];
}
