/** A record may be of any shape: what is missing, or is no object, has no fields. */
export function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return (value as Record<string, unknown>)[name];
}

/** A text as it is; a number as digits; anything else says nothing. */
export function textOf(value: unknown): string {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? value : '';
}

const mostEntries = 20;
const mostDepth = 3;

/** Any value of a record in words; empty where there is nothing to say. */
export function describeValue(value: unknown, depth = 0): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value !== 'object' || value === null) return textOf(value);
  if (depth === mostDepth) return '…';
  if (Array.isArray(value)) return listed(value, value.length, depth);
  const { prefix, number, key } = value as Readonly<Record<string, unknown>>;
  if (typeof number === 'string') return `${textOf(prefix)} ${number}`.trim();
  // The inbox's custom attributes.
  if (typeof key === 'string')
    return `${key}: ${describeValue(fieldOf(value, 'value'), depth + 1)}`;
  const entries = Object.entries(value).slice(0, mostEntries);
  return entries
    .map(([name, one]) => [name, describeValue(one, depth + 1)] as const)
    .filter(([, text]) => text !== '')
    .map(([name, text]) => `${name}: ${text}`)
    .join(', ');
}

function listed(list: readonly unknown[], count: number, depth: number): string {
  const texts = list.slice(0, mostEntries).map((one) => describeValue(one, depth + 1));
  const rest = count > mostEntries ? ['…'] : [];
  return [...texts.filter((text) => text !== ''), ...rest].join(', ');
}
