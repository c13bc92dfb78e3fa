import {
  type ListedOperation,
  type ReferenceDocument,
  type SchemaNode,
  schemaName,
} from './docs-document.ts';

/** A call that can be pasted into a shell; null where the address alone says it. */
export function exampleCall(
  { components }: ReferenceDocument,
  { method, path, operation }: ListedOperation,
): string | null {
  if (operation.security === undefined) return null;
  const verb = method === 'get' ? '' : `-X ${method.toUpperCase()} `;
  const lines = [`curl ${verb}"$URL${path}"`];
  lines.push('  -H "Authorization: Bearer $ADMIN_API_KEY"');
  const { schema, example } = operation.requestBody?.content['application/json'] ?? {};
  const named = schema && components?.schemas?.[schemaName(schema) ?? ''];
  const sent = example ?? (named && exampleOf(named));
  if (sent !== undefined && JSON.stringify(sent) !== '{}') {
    lines.push('  -H "Content-Type: application/json"');
    lines.push(`  -d '${JSON.stringify(sent)}'`);
  }
  return lines.join(' \\\n');
}

/** Of the fields that have an example. */
function exampleOf({ properties = {} }: SchemaNode): Record<string, unknown> {
  const withExample = Object.entries(properties).filter(([, field]) => field.example !== undefined);
  return Object.fromEntries(withExample.map(([name, field]) => [name, field.example]));
}
