import { expect, test } from 'vitest';
import type { LaneAlarm } from '#deliver/lane-health.ts';
import { noticeOf } from '#deliver/lane-notices.ts';
import { healthy } from '../../support/stage.ts';

const half: LaneAlarm = { kind: 'failing', percent: 50 };
const health = { ...healthy, failures: 10, failingSinceMs: Date.parse('2026-06-12T10:00:00Z') };
const nowMs = Date.parse('2026-06-15T10:00:00Z');

test('a notice tells what, since when and after how many failures', () => {
  expect(noticeOf('sub_1', half, health, nowMs)).toMatchObject({
    type: 'subscription.failing',
    timestamp: '2026-06-15T10:00:00.000Z',
    data: {
      source: 'service',
      subscription: 'sub_1',
      percent: 50,
      failingSince: '2026-06-12T10:00:00.000Z',
      failures: 10,
    },
  });
});

test('the same alarm has the same id whenever it is raised, another has another', () => {
  const { id } = noticeOf('sub_1', half, health, nowMs);
  const later = { ...health, failures: 11 };
  expect(noticeOf('sub_1', half, later, nowMs + 1).id).toBe(id);
  const others = [
    noticeOf('sub_2', half, health, nowMs),
    noticeOf('sub_1', { kind: 'failing', percent: 75 }, health, nowMs),
    noticeOf('sub_1', { kind: 'disabled', reason: 'failing' }, health, nowMs),
    noticeOf('sub_1', half, { ...health, resumes: 1 }, nowMs),
    noticeOf('sub_1', half, { ...health, failingSinceMs: nowMs }, nowMs),
  ];
  expect(new Set([id, ...others.map((other) => other.id)]).size).toBe(6);
});
