import { expect, test } from 'vitest';

import { readEnvironment } from '#simulator/environment.ts';
import { completeSettings } from '#simulator/settings.ts';

function settingsOf(env: Record<string, string>) {
  const read = readEnvironment(env);
  if (read.kind === 'invalid') throw new Error(read.message);
  return { ...read, settings: completeSettings(read.options) };
}

test('unset and empty variables leave the documented defaults', () => {
  const { host, port, settings } = settingsOf({ SIMULATOR_PORT: '', SIMULATOR_TOKEN: ' ' });
  expect({ host, port }).toEqual({ host: '127.0.0.1', port: 4010 });
  expect(settings).toEqual(completeSettings({}));
});

test.each([
  ['CONTACTS', '7', { contacts: 7 }],
  ['SEED', '-3', { seed: -3 }],
  ['TOKEN', 'abc', { tokens: ['abc'] }],
  ['PROVIDER', 'reekolect', { provider: 'reekolect' }],
  ['PAGE_SIZE', '50', { pageSize: 50 }],
  ['SORT', 'none', { sort: 'none' }],
  ['REQUESTS_PER_MINUTE', '5', { requestsPerMinute: 5 }],
  ['LATENCY_MIN_MS', '20', { latencyMs: { min: 20, max: 20 } }],
  ['LATENCY_MAX_MS', '90', { latencyMs: { min: 0, max: 90 } }],
  ['CLOCK_OFFSET_MS', '-500', { clockOffsetMs: -500 }],
  ['DELETED', 'listed', { deleted: 'listed' }],
  ['ERROR_HANG', '0.1', { errorRates: { hang: 0.1, cut: 0 } }],
  ['CONTROLS', 'false', { controls: false }],
  ['ACTIVITY', '0', { activityPerMinute: { visitorMessages: 0, deletions: 0 } }],
  ['ACTIVITY', '3', { activityPerMinute: { visitorMessages: 60, agentStatusChanges: 30 } }],
])('SIMULATOR_%s=%s is heard', (name, value, expected) => {
  expect(settingsOf({ [`SIMULATOR_${name}`]: value }).settings).toMatchObject(expected);
});

test('every problem is named in one message', () => {
  const read = readEnvironment({
    SIMULATOR_PORT: 'http',
    SIMULATOR_SORT: 'newest',
    SIMULATOR_TOKEN: 'two words',
    SIMULATOR_ERROR_CUT: '50',
  });
  const lines = read.kind === 'invalid' ? read.message.split('\n') : [];
  expect(lines.map((line) => /SIMULATOR_\w+/.exec(line)?.[0]).filter(Boolean)).toEqual([
    'SIMULATOR_PORT',
    'SIMULATOR_TOKEN',
    'SIMULATOR_SORT',
    'SIMULATOR_ERROR_CUT',
  ]);
});
