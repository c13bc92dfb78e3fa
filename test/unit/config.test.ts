import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { expect, test } from 'vitest';
import { type Config, readConfig } from '../../src/config.ts';

const key = Buffer.alloc(32, 7).toString('base64');
const required = {
  REDIS_URL: 'redis://127.0.0.1:6379',
  ADMIN_API_KEY: 'k'.repeat(24),
  ENCRYPTION_KEY: key,
};

function valid(env: Record<string, string | undefined>): Config {
  const read = readConfig({ ...required, ...env });
  if (read.kind === 'invalid') throw new Error(read.message);
  return read.config;
}

function problems(env: Record<string, string | undefined>): string[] {
  const read = readConfig({ ...required, ...env });
  return read.kind === 'valid' ? [] : read.message.split('\n').slice(1, -1);
}

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

test('only three variables are required; the others have the defaults of the contract', () => {
  expect(valid({})).toEqual({
    redis: { kind: 'single', url: 'redis://127.0.0.1:6379' },
    api: { host: '0.0.0.0', port: 3000, adminKey: 'k'.repeat(24) },
    encryptionKeys: [Buffer.alloc(32, 7)],
    roles: new Set(['api', 'poll', 'deliver']),
    inbox: {
      provider: 'botpenguin',
      baseUrl: null,
      token: null,
      requestsPerMinute: 90,
      timeoutMs: 15_000,
    },
    poll: { intervalMs: 10_000, lookbackMs: 60_000, sweepIntervalMs: 10_000 },
    events: { retentionMs: 168 * hour, retentionMax: 1_000_000 },
    delivery: {
      retryScheduleMs: [
        ...[5 * second, minute, 5 * minute, 30 * minute],
        ...[2, 5, 10, 14, 20, 24].map((hours) => hours * hour),
      ],
      timeoutMs: 15_000,
      allowedNetworks: [],
    },
    logLevel: 'info',
  });
});

test('an empty environment is told of every required variable at once', () => {
  const read = readConfig({});
  expect(read.kind === 'invalid' && read.message.split('\n').map((line) => line.trim())).toEqual([
    'The environment does not fit; nothing was started.',
    expect.stringMatching(/^REDIS_URL is required/),
    expect.stringMatching(/^ADMIN_API_KEY is required/),
    expect.stringMatching(/^ENCRYPTION_KEY is required/),
    'Each variable is described in .env.example.',
  ]);
});

test('an empty or blank string means unset', () => {
  expect(valid({ PORT: '', INBOX_API_TOKEN: ' ', LOG_LEVEL: '' })).toEqual(valid({}));
  expect(problems({ ADMIN_API_KEY: '' })).toEqual([expect.stringContaining('is required')]);
});

test('every variable is read into its place', () => {
  const config = valid({
    ENCRYPTION_KEY: `${Buffer.alloc(32, 1).toString('base64')}, ${key}`,
    HOST: '::1',
    PORT: '0',
    ROLES: 'poll, deliver',
    INBOX_PROVIDER: 'reekolect',
    INBOX_BASE_URL: 'http://inbox.test:8080/api/',
    INBOX_API_TOKEN: 'a-token',
    INBOX_REQUESTS_PER_MINUTE: '1000000',
    INBOX_TIMEOUT_MS: '200',
    POLL_INTERVAL_MS: '100',
    POLL_LOOKBACK_MS: '1000',
    SWEEP_INTERVAL_MS: '0',
    EVENT_RETENTION_HOURS: '0.5',
    EVENT_RETENTION_MAX: '10',
    DELIVERY_RETRY_SCHEDULE: '200ms,5s,1m',
    DELIVERY_TIMEOUT_MS: '300',
    DELIVERY_ALLOWED_NETWORKS: '10.0.0.0/8, fd00::/8',
    LOG_LEVEL: 'silent',
  });
  expect(config).toEqual({
    redis: { kind: 'single', url: 'redis://127.0.0.1:6379' },
    api: { host: '::1', port: 0, adminKey: 'k'.repeat(24) },
    encryptionKeys: [Buffer.alloc(32, 1), Buffer.alloc(32, 7)],
    roles: new Set(['poll', 'deliver']),
    inbox: {
      provider: 'reekolect',
      baseUrl: 'http://inbox.test:8080/api',
      token: 'a-token',
      requestsPerMinute: 1_000_000,
      timeoutMs: 200,
    },
    poll: { intervalMs: 100, lookbackMs: 1000, sweepIntervalMs: 0 },
    events: { retentionMs: hour / 2, retentionMax: 10 },
    delivery: {
      retryScheduleMs: [200, 5000, 60_000],
      timeoutMs: 300,
      allowedNetworks: ['10.0.0.0/8', 'fd00::/8'],
    },
    logLevel: 'silent',
  });
});

test.each([
  ['REDIS_URL', 'http://127.0.0.1'],
  ['ADMIN_API_KEY', 'k'.repeat(23)],
  ['ADMIN_API_KEY', `with a space ${'k'.repeat(24)}`],
  ['ENCRYPTION_KEY', Buffer.alloc(31).toString('base64')],
  ['ENCRYPTION_KEY', `${key},short`],
  ['HOST', 'http://host'],
  ['PORT', '65536'],
  ['PORT', '3e3'],
  ['ROLES', 'api,cook'],
  ['ROLES', ','],
  ['INBOX_PROVIDER', 'other'],
  ['INBOX_BASE_URL', 'inbox.test'],
  ['INBOX_BASE_URL', 'ftp://inbox.test'],
  ['INBOX_BASE_URL', 'https://user:pass@inbox.test'],
  ['INBOX_BASE_URL', 'https://inbox.test/inbox/users'],
  ['INBOX_API_TOKEN', 'two words'],
  ['INBOX_REQUESTS_PER_MINUTE', '0'],
  ['INBOX_REQUESTS_PER_MINUTE', '1000001'],
  ['INBOX_TIMEOUT_MS', '0'],
  ['POLL_INTERVAL_MS', '99'],
  ['POLL_LOOKBACK_MS', '-1'],
  ['SWEEP_INTERVAL_MS', '0.5'],
  ['EVENT_RETENTION_HOURS', '0'],
  ['EVENT_RETENTION_HOURS', 'week'],
  ['EVENT_RETENTION_MAX', '0'],
  ['DELIVERY_RETRY_SCHEDULE', '5s,soon'],
  ['DELIVERY_RETRY_SCHEDULE', '0s'],
  ['DELIVERY_RETRY_SCHEDULE', ','],
  ['DELIVERY_TIMEOUT_MS', '15s'],
  ['DELIVERY_ALLOWED_NETWORKS', '10.0.0.0/33'],
  ['LOG_LEVEL', 'loud'],
])('%s=%s is the one problem that is named', (name, value) => {
  expect(problems({ [name]: value })).toEqual([expect.stringMatching(new RegExp(`^ {2}${name} `))]);
});

test('the events must be kept longer than the whole schedule may last with its jitter', () => {
  const schedule = { DELIVERY_RETRY_SCHEDULE: '5h,5h' };
  expect(problems({ ...schedule, EVENT_RETENTION_HOURS: '12' })).toEqual([
    expect.stringMatching(/^ {2}EVENT_RETENTION_HOURS .*set it to 13 or more/),
  ]);
  expect(problems({ ...schedule, EVENT_RETENTION_HOURS: '13' })).toEqual([]);
});

test('problems of one variable do not hide those of another', () => {
  const named = problems({
    REDIS_URL: '',
    PORT: 'x',
    LOG_LEVEL: 'x',
    DELIVERY_RETRY_SCHEDULE: '1h,2h',
    EVENT_RETENTION_HOURS: '1',
  }).map((line) => line.trim().split(' ')[0]);
  expect(named.sort()).toEqual(['EVENT_RETENTION_HOURS', 'LOG_LEVEL', 'PORT', 'REDIS_URL']);
});

test('no problem shows a secret', () => {
  const secret = 'not-to-be-seen';
  const read = readConfig({
    REDIS_URL: `redis+cluster://:${secret}@host:1/0`,
    ADMIN_API_KEY: secret,
    ENCRYPTION_KEY: secret,
    INBOX_API_TOKEN: `${secret} `.repeat(2),
    INBOX_BASE_URL: `https://user:${secret}@inbox.test`,
  });
  expect(read.kind === 'invalid' && read.message.split('\n')).toHaveLength(7);
  expect(JSON.stringify(read)).not.toContain(secret);
});

const variables =
  `REDIS_URL ADMIN_API_KEY ENCRYPTION_KEY HOST PORT ROLES INBOX_PROVIDER INBOX_BASE_URL
  INBOX_API_TOKEN INBOX_REQUESTS_PER_MINUTE INBOX_TIMEOUT_MS POLL_INTERVAL_MS POLL_LOOKBACK_MS
  SWEEP_INTERVAL_MS EVENT_RETENTION_HOURS EVENT_RETENTION_MAX DELIVERY_RETRY_SCHEDULE
  DELIVERY_TIMEOUT_MS DELIVERY_ALLOWED_NETWORKS LOG_LEVEL`.split(/\s+/);

test('.env.example describes every variable, each with the default that holds', () => {
  const example = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8');
  const documented = parseEnv(example.replaceAll(/^# (?=[A-Z_]+=)/gm, ''));
  expect(Object.keys(documented).sort()).toEqual([...variables].sort());
  expect(valid({ ...documented, ...required })).toEqual(valid({}));
});
