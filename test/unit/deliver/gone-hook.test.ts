import { expect, test } from 'vitest';
import type { LaneAlarm } from '#deliver/lane-health.ts';
import { announceNotices, noticeOf } from '#deliver/lane-notices.ts';
import type { SubscriptionStatus } from '#domain/subscription.ts';
import { healthy, silentLog } from '../../support/stage.ts';

/** What becomes of one alarm of a subscription, step by step. */
async function announce(
  alarm: LaneAlarm,
  hook?: true,
  status: SubscriptionStatus = 'disabled',
): Promise<string[]> {
  const steps: string[] = [];
  const notice = JSON.stringify(noticeOf('sub_1', alarm, healthy, 0));
  const ports: Parameters<typeof announceNotices>[0] = {
    work: {
      notices: async () => [notice],
      announced: async () => void steps.push('off the lane'),
    },
    eventLog: {
      async append() {
        steps.push('in the log');
        return '1-0';
      },
    },
    lanes: { standings: async () => [{ status, failures: 1 }] },
    subscriptions: {
      async remove(id) {
        steps.push(`${id} removed`);
        return true;
      },
    },
    relaySoon: () => {},
    onSubscriptionEvent: () => {},
    log: silentLog,
  };
  await announceNotices(ports, { id: 'sub_1', hook });
  return steps;
}

test('a hook that is gone is removed before its notice leaves the lane, so that a crash repeats it', async () => {
  expect(await announce({ kind: 'disabled', reason: 'gone' }, true)).toEqual([
    'in the log',
    'sub_1 removed',
    'off the lane',
  ]);
});

test.each<[string, LaneAlarm, true | undefined]>([
  ['a hook that failed for days', { kind: 'disabled', reason: 'failing' }, true],
  ['a hook that is failing', { kind: 'failing', percent: 75 }, true],
  ['any other subscription that is gone', { kind: 'disabled', reason: 'gone' }, undefined],
])('%s stays', async (_, alarm, hook) => {
  expect(await announce(alarm, hook)).toEqual(['in the log', 'off the lane']);
});

test('a hook that was resumed before its notice was announced stays', async () => {
  const steps = await announce({ kind: 'disabled', reason: 'gone' }, true, 'active');
  expect(steps).toEqual(['in the log', 'off the lane']);
});
