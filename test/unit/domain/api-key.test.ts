import { describe, expect, test } from 'vitest';
import { type Access, accessTo, hasScope, type KeyScope, type Principal } from '#domain/api-key.ts';

function asker(...scopes: KeyScope[]): Principal {
  return { keyId: 'key_mine', name: 'mine', scopes };
}

test.each<[scopes: KeyScope[], wanted: KeyScope[], opens: boolean]>([
  [['admin'], ['read'], true],
  [['admin'], ['admin'], true],
  [['read'], ['read', 'subscriptions'], true],
  [['subscriptions'], ['read', 'subscriptions'], true],
  [['read', 'subscriptions'], ['admin'], false],
  [['read'], ['subscriptions'], false],
  [[], ['read'], false],
])('a key with the scopes %j against %j: %j', (scopes, wanted, opens) => {
  expect(hasScope(asker(...scopes), wanted)).toBe(opens);
});

describe('what a key may do with a subscription', () => {
  test.each<[scopes: KeyScope[], own: Access, foreign: Access]>([
    [['admin'], 'change', 'change'],
    [['read'], 'read', 'read'],
    [['subscriptions'], 'change', 'none'],
    [['read', 'subscriptions'], 'change', 'read'],
    [[], 'none', 'none'],
  ])('%j: its own %s, another’s %s', (scopes, own, foreign) => {
    const principal = asker(...scopes);
    expect(accessTo(principal, { createdBy: 'key_mine' })).toBe(own);
    expect(accessTo(principal, { createdBy: 'key_theirs' })).toBe(foreign);
    expect(accessTo(principal, {})).toBe(foreign);
  });
});
