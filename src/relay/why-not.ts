import type { ChangeEvent } from '#domain/change-event.ts';
import {
  type FilterObject,
  isExpression,
  isJoining,
  isObject,
  type JoiningOperator,
} from './filter-operators.ts';
import { compileFilter, owns } from './filter-query.ts';
import type { Wish } from './matching.ts';

/** A condition that an event does not meet. */
export interface Unmet {
  /** Where the condition stands, such as `changes.status.to` or `$or.1.contact.status`; `type` for the event's own. */
  readonly path: string;
  readonly condition: unknown;
  /** What the event has there, cut short; absent where it has nothing. */
  readonly actual?: unknown;
}

const mostUnmet = 20;

type Data = ChangeEvent['data'];
type Explain = (data: Data) => readonly Unmet[];

/** Tells why an event is not wanted; only to be asked about one that is not. */
export function createWhyNot({ events, sources, filter }: Wish): (event: ChangeEvent) => Unmet[] {
  const explain = filter === undefined ? () => [] : explainQuery(filter, '');
  return ({ type, data }) => {
    const unmet: Unmet[] = [];
    if (type === 'subscription.test') {
      unmet.push({ path: 'type', condition: { $ne: type }, actual: type });
    } else if (!events.includes(type)) {
      unmet.push({ path: 'type', condition: { $in: events }, actual: type });
    }
    if (sources?.includes(data.source) === false) {
      unmet.push({ path: 'source', condition: { $in: sources }, actual: data.source });
    }
    return [...unmet, ...explain(data)].slice(0, mostUnmet);
  };
}

function explainQuery(query: FilterObject, prefix: string): Explain {
  const explains = Object.entries(query).flatMap(([key, operand]) => {
    if (isJoining(key)) return joined[key](operand as readonly FilterObject[], `${prefix}${key}.`);
    if (!isExpression(operand)) return explainCondition(key, operand, prefix);
    // One operator at a time, so that the one that holds is not named beside the one that does not.
    return Object.entries(operand).map(([name, value]) =>
      explainCondition(key, { [name]: value }, prefix),
    );
  });
  return (data) => explains.flatMap((explain) => explain(data));
}

const joined: Readonly<
  Record<JoiningOperator, (branches: readonly FilterObject[], prefix: string) => Explain>
> = {
  $and: explainEach,
  /** Any branch would do, so all of them are told when none holds. */
  $or(branches, prefix) {
    const holds = compileFilter({ $or: branches });
    const explain = explainEach(branches, prefix);
    return (data) => (holds(data) ? [] : explain(data));
  },
  $nor(branches, prefix) {
    const compiled = branches.map((condition, index) => {
      return { path: `${prefix}${index}`, condition, holds: compileFilter(condition) };
    });
    return (data) =>
      compiled
        .filter(({ holds }) => holds(data))
        .map(({ path, condition }) => ({ path, condition: { $nor: [condition] } }));
  },
};

function explainEach(branches: readonly FilterObject[], prefix: string): Explain {
  const explains = branches.map((branch, index) => explainQuery(branch, `${prefix}${index}.`));
  return (data) => explains.flatMap((explain) => explain(data));
}

function explainCondition(path: string, condition: unknown, prefix: string): Explain {
  const holds = compileFilter({ [path]: condition });
  const names = path.split('.');
  return (data) => {
    if (holds(data)) return [];
    const actual = valueAt(data, names);
    const unmet = { path: `${prefix}${path}`, condition };
    return [actual === undefined ? unmet : { ...unmet, actual: cutShort(actual, 0) }];
  };
}

/** Where a list is on the way, a list of what its elements have. */
function valueAt(value: unknown, names: readonly string[]): unknown {
  const [name, ...rest] = names;
  if (name === undefined) return value;
  if (owns(value, name)) return valueAt(value[name], rest);
  if (!Array.isArray(value)) return undefined;
  const found = value
    .map((element) => (isObject(element) ? valueAt(element, names) : undefined))
    .filter((each) => each !== undefined);
  return found.length === 0 ? undefined : found;
}

const mostCharacters = 100;
const mostEntries = 5;
const mostNested = 2;

function cutShort(value: unknown, nested: number): unknown {
  if (typeof value === 'string') {
    return value.length > mostCharacters ? `${value.slice(0, mostCharacters)}…` : value;
  }
  if (typeof value !== 'object' || value === null) return value;
  if (nested === mostNested) return '…';
  const cut = Object.entries(value)
    .slice(0, mostEntries)
    .map(([name, each]) => [name, cutShort(each, nested + 1)] as const);
  const isWhole = Object.keys(value).length <= mostEntries;
  if (Array.isArray(value)) return [...cut.map(([, each]) => each), ...(isWhole ? [] : ['…'])];
  return Object.fromEntries(isWhole ? cut : [...cut, ['…', '…']]);
}
