import { expect, test } from 'vitest';
import type { Finding } from '#doctor/finding.ts';
import { judgeInbox, judgeRate, judgeSources } from '#doctor/judge-inbox.ts';
import { judgeAdminKey, judgeEncryptionKeys } from '#doctor/judge-keys.ts';
import { judgeNetworks, judgePort } from '#doctor/judge-reach.ts';
import { describeFindings, hasProblem, sortFindings } from '#doctor/report.ts';

const randomKey = Buffer.from('9XjvVh0sVh3uS1y1F7Xw8i1lq1m0mTg5C0pGkq5Jx2E=', 'base64');
const where = 'https://inbox.example';

function levels(findings: readonly Finding[]): string[] {
  return findings.map(({ check, level }) => `${level} ${check}`);
}

test.each([
  ['f2a09d51c7e84b3690d8e1f7a4c5b263', 'ok'],
  ['aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'warning'],
  ['my-password-f2a09d51c7e84b3690d8', 'warning'],
  ['demo-key-that-everybody-knows', 'warning'],
])('the admin key %s: %s', (key, level) => {
  const finding = judgeAdminKey(key);
  expect(finding.level).toBe(level);
  expect(JSON.stringify(finding)).not.toContain(key);
});

test('an encryption key that is no chance, or that everybody can read, is complained of', () => {
  const stored = { kind: 'unknown' } as const;
  const known = Buffer.from('demo-key-that-everybody-knows-01');
  expect(levels(judgeEncryptionKeys([randomKey], stored))).toEqual([]);
  expect(levels(judgeEncryptionKeys([Buffer.alloc(32)], stored))).toEqual([
    'warning keys.encryption',
  ]);
  expect(levels(judgeEncryptionKeys([randomKey, known], stored))).toEqual([
    'warning keys.encryption',
  ]);
});

test('what is stored is told to be opened, or not to be', () => {
  const opened = { kind: 'opened', sources: 2, subscriptions: 7 } as const;
  expect(judgeEncryptionKeys([randomKey], opened)).toMatchObject([
    { level: 'ok', what: expect.stringContaining('sources 2, subscriptions 7') },
  ]);
  const closed = { kind: 'closed', message: 'another key' } as const;
  expect(levels(judgeEncryptionKeys([randomKey], closed))).toEqual(['problem keys.stored']);
});

test.each([
  [{ kind: 'not_used' }, []],
  [{ kind: 'free' }, ['ok api.port']],
  [{ kind: 'this_service', ready: true, detail: '' }, ['ok api.port']],
  [{ kind: 'this_service', ready: false, detail: 'Redis is away.' }, ['problem api.port']],
  [{ kind: 'taken' }, ['problem api.port']],
  [{ kind: 'refused', code: 'EACCES' }, ['problem api.port']],
] as const)('the port is %o', (found, expected) => {
  expect(levels(judgePort(found, '[::]:3000'))).toEqual(expected);
});

test.each([
  [[], false, 'ok'],
  [['10.0.0.0/8'], false, 'ok'],
  [['10.0.0.0/7'], false, 'warning'],
  [['0.0.0.0/0'], true, 'warning'],
  [['::/0'], true, 'warning'],
  [['fd00::/8'], true, 'warning'],
  [['169.254.0.0/16'], true, 'warning'],
])('the allowed networks %j: %s', (networks, opensMetadata, level) => {
  expect(judgeNetworks(networks, opensMetadata).level).toBe(level);
});

test('an inbox that answers tells of its filter and of its clock', () => {
  const answered = {
    kind: 'answered',
    roundTripMs: 80,
    clockAheadMs: -400,
    recordCount: 0,
  } as const;
  expect(levels(judgeInbox(answered, where))).toEqual([
    'ok inbox',
    'ok inbox.filters',
    'ok inbox.clock',
  ]);
  const odd = { ...answered, clockAheadMs: 120_000, recordCount: 20 };
  expect(levels(judgeInbox(odd, where))).toEqual([
    'ok inbox',
    'warning inbox.filters',
    'warning inbox.clock',
  ]);
  const timeless = judgeInbox({ ...answered, clockAheadMs: null }, where);
  expect(levels(timeless)).toContain('warning inbox.clock');
});

test('a Date header of whole seconds, half a second late, makes no clock wrong', () => {
  const answered = { kind: 'answered', roundTripMs: 0, recordCount: 0 } as const;
  for (const clockAheadMs of [-3000, 2000]) {
    expect(levels(judgeInbox({ ...answered, clockAheadMs }, where))).toContain('ok inbox.clock');
  }
  for (const clockAheadMs of [-3001, 2001]) {
    const findings = judgeInbox({ ...answered, clockAheadMs }, where);
    expect(levels(findings)).toContain('warning inbox.clock');
  }
});

test('an inbox that refuses is a problem; one that asks for patience is none', () => {
  const said = 'POST /inbox/users was answered 401.';
  const refused = { kind: 'failed', failure: { kind: 'unauthorized', message: said } } as const;
  expect(judgeInbox(refused, where)).toMatchObject([
    { level: 'problem', remedy: expect.stringContaining('INBOX_API_TOKEN') },
  ]);
  const failure = { kind: 'limited', retryAfterMs: null, message: said } as const;
  expect(levels(judgeInbox({ kind: 'failed', failure }, where))).toEqual(['warning inbox']);
  expect(levels(judgeInbox({ kind: 'no_room' }, where))).toEqual(['warning inbox']);
  expect(levels(judgeInbox({ kind: 'not_named' }, ''))).toEqual(['ok inbox']);
});

test('more requests than the inbox allows are complained of', () => {
  expect(judgeRate(100)).toEqual([]);
  expect(levels(judgeRate(101))).toEqual(['warning inbox.rate']);
});

test('each source is told of: failing, slow, or well', () => {
  const source = { id: 'shop', state: 'watching', said: null, warnings: [] } as const;
  expect(levels(judgeSources([source]))).toEqual(['ok source.shop']);
  const failing = { ...source, state: 'failing', said: 'It said 401.' } as const;
  expect(judgeSources([failing])).toMatchObject([{ level: 'problem', why: 'It said 401.' }]);
  const slow = { ...source, warnings: ['It ignores a filter.', 'It sends short pages.'] };
  expect(levels(judgeSources([slow]))).toEqual(['warning source.shop', 'warning source.shop']);
});

const well: Finding = { check: 'a', level: 'ok', what: 'Well.', why: null, remedy: null };
const bad: Finding = { check: 'b', level: 'problem', what: 'Bad.', why: 'So.', remedy: 'Do.' };
const so: Finding = { ...bad, check: 'c', level: 'warning', what: 'So so.' };

test('people read what has to be done first, with why and what to do', () => {
  expect(describeFindings(sortFindings([well, so, bad])).split('\n')).toEqual([
    'problem  Bad.',
    '         Why: So.',
    '         Do:  Do.',
    'warning  So so.',
    '         Why: So.',
    '         Do:  Do.',
    'ok       Well.',
    '',
    '1 problem, 1 warning.',
  ]);
  expect(describeFindings([well])).toBe('ok       Well.\n\nAll is well.');
});

test('only a problem makes the command fail', () => {
  expect(hasProblem([well, so])).toBe(false);
  expect(hasProblem([well, bad])).toBe(true);
});
