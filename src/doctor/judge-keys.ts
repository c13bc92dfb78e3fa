import { type Finding, fine, problem, warning } from './finding.ts';

export type StoredSecrets =
  /** Redis was not reached. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'opened'; readonly sources: number; readonly subscriptions: number }
  | { readonly kind: 'closed'; readonly message: string };

/** Keys that are written down in this project, for trials and tests. */
const publicKeys: ReadonlySet<string> = new Set([
  'demo-key-that-everybody-knows',
  'ZGVtby1rZXktdGhhdC1ldmVyeWJvZHkta25vd3MtMDE=',
]);
const words = /password|secret|admin|change|example|test|demo|default|letmein|12345|qwerty|abcdef/i;
const leastDifferent = 12;

export function judgeAdminKey(key: string): Finding {
  const check = 'keys.admin';
  const what = weaknessOf(key);
  if (what === null) return fine(check, 'ADMIN_API_KEY looks random.');
  return warning(check, {
    what: `ADMIN_API_KEY ${what}.`,
    why: 'It opens all of /v1: contacts, secrets, and where they are sent.',
    remedy: 'Make one with openssl rand -hex 24, set it, and restart.',
  });
}

function weaknessOf(key: string): string | null {
  if (publicKeys.has(key)) return 'is the one that everybody can read in this project';
  if (new Set(key).size < leastDifferent) return 'repeats few characters';
  if (words.test(key)) return 'holds a word that is easy to guess';
  return null;
}

export function judgeEncryptionKeys(keys: readonly Buffer[], stored: StoredSecrets): Finding[] {
  const check = 'keys.encryption';
  if (keys.some(isGuessable)) {
    return [
      warning(check, {
        what: 'ENCRYPTION_KEY is not random.',
        why: 'Whoever gets hold of Redis or of a backup could open the tokens and secrets in it.',
        remedy:
          'Put a new one before it: ENCRYPTION_KEY="$(openssl rand -base64 32),OLD"; see docs/operating.md.',
      }),
      ...judgeStored(stored),
    ];
  }
  return judgeStored(stored);
}

function isGuessable(key: Buffer): boolean {
  return new Set(key).size < leastDifferent || publicKeys.has(key.toString('base64'));
}

function judgeStored(stored: StoredSecrets): Finding[] {
  const check = 'keys.stored';
  if (stored.kind === 'unknown') return [];
  if (stored.kind === 'closed') {
    return [
      problem(check, {
        what: `ENCRYPTION_KEY does not open what is stored: ${stored.message}`,
        why: 'The service does not start with it, so that nothing is overwritten.',
        remedy:
          'Set the key that it was stored with, or list it behind the new one: ENCRYPTION_KEY=new,old.',
      }),
    ];
  }
  const { sources, subscriptions } = stored;
  if (sources + subscriptions === 0) {
    return [fine(check, 'Nothing is stored yet that ENCRYPTION_KEY would have to open.')];
  }
  return [
    fine(
      check,
      `ENCRYPTION_KEY opens what is stored: sources ${sources}, subscriptions ${subscriptions}.`,
    ),
  ];
}
