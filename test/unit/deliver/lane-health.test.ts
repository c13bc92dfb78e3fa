import { expect, test } from 'vitest';
import type { Verdict } from '#deliver/classify.ts';
import { judge, type LaneAlarm } from '#deliver/lane-health.ts';
import type { LaneHealth } from '#store/lane-health.ts';
import { healthy } from '../../support/stage.ts';

const failing: LaneHealth = {
  failures: 3,
  unreachable: 2,
  holdUntilMs: 0,
  probeByMs: 0,
  failingSinceMs: 1,
  warnedPercent: 0,
  resumes: 0,
};
const refused: Verdict = { kind: 'retry', answered: true, holdMs: null };
const dayMs = 24 * 3_600_000;

const healthAfter = (health: LaneHealth, verdict: Verdict, nowMs = 0) =>
  judge(health, verdict, nowMs).health;

test('a success makes a lane healthy', () => {
  const warned = { ...failing, warnedPercent: 75 };
  expect(healthAfter(warned, { kind: 'delivered' })).toEqual(healthy);
});

test('an answer, however bad, shows that the subscriber can be reached', () => {
  expect(healthAfter(failing, refused)).toMatchObject({ failures: 4, unreachable: 0 });
});

test.each<Verdict>([refused, { kind: 'retry', answered: true, holdMs: 1 }, { kind: 'gone' }])(
  'of a subscriber that could not be reached no answer is believed but a success: %j',
  (verdict) => {
    const dead = { ...failing, failures: 5, unreachable: 5 };
    expect(healthAfter(dead, verdict)).toMatchObject({ failures: 6, unreachable: 5 });
    const nearly = { ...failing, failures: 4, unreachable: 4 };
    expect(healthAfter(nearly, verdict)).toMatchObject({ failures: 5, unreachable: 0 });
    expect(healthAfter(dead, { kind: 'delivered' })).toMatchObject({ unreachable: 0 });
  },
);

test('a subscriber that cannot be reached is tried again within five minutes', () => {
  const verdict = { kind: 'retry', answered: false, holdMs: null } as const;
  const withinMs = 5 * 60_000;
  const fourth = healthAfter({ ...failing, unreachable: 3 }, verdict, 1000);
  expect(fourth.probeByMs).toBe(0);
  const fifth = healthAfter(fourth, verdict, 2000);
  expect(fifth.probeByMs).toBe(2000 + withinMs);
  expect(healthAfter(fifth, refused, 3000).probeByMs).toBe(3000 + withinMs);
  expect(healthAfter(fifth, { kind: 'unsent' }, 4000).probeByMs).toBe(4000 + withinMs);
  expect(healthAfter(fifth, { kind: 'aborted' }, 4000)).toEqual(fifth);
  expect(healthAfter(fifth, { kind: 'delivered' }, 5000).probeByMs).toBe(0);
});

test('attempts without an answer add up', () => {
  const verdict = { kind: 'retry', answered: false, holdMs: null } as const;
  expect(healthAfter(failing, verdict)).toMatchObject({ failures: 4, unreachable: 3 });
});

test('the longest time asked for holds', () => {
  const ask = (holdMs: number) => ({ kind: 'retry', answered: true, holdMs }) as const;
  const held = healthAfter(failing, ask(60_000), 1000);
  expect(held.holdUntilMs).toBe(61_000);
  expect(healthAfter(held, ask(5000), 2000).holdUntilMs).toBe(61_000);
});

test.each(['aborted', 'unsent'] as const)(
  'an attempt that was %s leaves the health as it was',
  (kind) => {
    expect(judge(failing, { kind }, 9 * dayMs)).toEqual({ health: failing, alarm: null });
  },
);

test('a lane is failing from its first failure on', () => {
  const once = healthAfter(healthy, refused, 1000);
  expect(once.failingSinceMs).toBe(1000);
  expect(healthAfter(once, refused, 2000).failingSinceMs).toBe(1000);
});

/** What is told when the failure of this number comes this long after the first. */
function alarmAt(failures: number, ageMs: number, warnedPercent = 0): LaneAlarm | null {
  const before = { ...failing, failures: failures - 1, failingSinceMs: 1000, warnedPercent };
  return judge(before, refused, 1000 + ageMs).alarm;
}

const half: LaneAlarm = { kind: 'failing', percent: 50 };
const threeQuarters: LaneAlarm = { kind: 'failing', percent: 75 };
const disabled: LaneAlarm = { kind: 'disabled', reason: 'failing' };

test.each([
  ['nothing', 9, 9 * dayMs, 0, null],
  ['nothing', 99, 2.5 * dayMs - 1, 0, null],
  ['half', 10, 2.5 * dayMs, 0, half],
  ['half, only once', 11, 3 * dayMs, 50, null],
  ['three quarters', 15, 3.75 * dayMs, 50, threeQuarters],
  ['three quarters, without half before', 15, 9 * dayMs, 0, threeQuarters],
  ['three quarters, only once', 19, 9 * dayMs, 75, null],
  ['nothing more', 99, 5 * dayMs - 1, 75, null],
  ['the end', 20, 5 * dayMs, 75, disabled],
  ['the end, without warnings before', 20, 5 * dayMs, 0, disabled],
] as const)('%s is told at failure %i after %i ms', (_, failures, ageMs, warned, alarm) => {
  expect(alarmAt(failures, ageMs, warned)).toEqual(alarm);
});

test('what was warned of is kept', () => {
  const before = { ...failing, failures: 9, failingSinceMs: 0 };
  expect(healthAfter(before, refused, 3 * dayMs).warnedPercent).toBe(50);
});

test('410 ends it at once', () => {
  expect(judge(healthy, { kind: 'gone' }, 1000)).toEqual({
    health: { ...healthy, failures: 1, failingSinceMs: 1000 },
    alarm: { kind: 'disabled', reason: 'gone' },
  });
});
