/** Joins whole queries; stands beside paths. */
export const joiningOperators = ['$and', '$or', '$nor'] as const;
export type JoiningOperator = (typeof joiningOperators)[number];

/** Says something of the value at a path; stands within it. */
export const fieldOperators = [
  '$eq',
  '$ne',
  '$gt',
  '$gte',
  '$lt',
  '$lte',
  '$in',
  '$nin',
  '$exists',
  '$all',
  '$size',
  '$regex',
  '$not',
  '$elemMatch',
] as const;
export type FieldOperator = (typeof fieldOperators)[number];

export type FilterObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is FilterObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isJoining(name: string): name is JoiningOperator {
  return (joiningOperators as readonly string[]).includes(name);
}

export function isFieldOperator(name: string): name is FieldOperator {
  return (fieldOperators as readonly string[]).includes(name);
}

/** `{ "$gt": 1 }`, where any other object is a value to be equal to. */
export function isExpression(value: unknown): value is FilterObject {
  return isObject(value) && Object.keys(value).some((key) => key.startsWith('$'));
}

/** Whether the operand of `$elemMatch` asks the elements themselves, instead of the fields that they have. */
export function asksElements(operand: FilterObject): boolean {
  return isExpression(operand) && !Object.keys(operand).some(isJoining);
}
