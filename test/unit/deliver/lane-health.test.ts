import { expect, test } from 'vitest';
import type { Verdict } from '#deliver/classify.ts';
import { judge } from '#deliver/lane-health.ts';
import type { LaneHealth } from '#store/lane-work.ts';

const failing: LaneHealth = {
  failures: 3,
  unreachable: 2,
  holdUntilMs: 0,
  failingSinceMs: 1,
  warnedPercent: 0,
  resumes: 0,
};
const healthAfter = (health: LaneHealth, verdict: Verdict, nowMs: number) =>
  judge(health, verdict, nowMs).health;

test('a success makes a lane healthy', () => {
  expect(healthAfter(failing, { kind: 'delivered' }, 0)).toMatchObject({
    failures: 0,
    unreachable: 0,
  });
});

test('an answer, however bad, shows that the subscriber can be reached', () => {
  const verdict = { kind: 'retry', answered: true, holdMs: null } as const;
  expect(healthAfter(failing, verdict, 0)).toMatchObject({ failures: 4, unreachable: 0 });
});

test('attempts without an answer add up', () => {
  const verdict = { kind: 'retry', answered: false, holdMs: null } as const;
  expect(healthAfter(failing, verdict, 0)).toMatchObject({ failures: 4, unreachable: 3 });
});

test('the longest time asked for holds', () => {
  const ask = (holdMs: number) => ({ kind: 'retry', answered: true, holdMs }) as const;
  const held = healthAfter(failing, ask(60_000), 1000);
  expect(held.holdUntilMs).toBe(61_000);
  expect(healthAfter(held, ask(5000), 2000).holdUntilMs).toBe(61_000);
});

test('an attempt that we ended leaves the health as it was', () => {
  expect(healthAfter(failing, { kind: 'aborted' }, 0)).toEqual(failing);
});
