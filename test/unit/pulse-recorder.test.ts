import { expect, test } from 'vitest';
import { createMetrics } from '#api/metrics.ts';
import { recordPulse } from '#pulse-recorder.ts';
import type { MinuteCounts } from '#store/pulse.ts';

const report = {
  subscriptionId: 'sub_1',
  outcome: 'delivered',
  failure: null,
  durationMs: 10,
  sinceCommitMs: 40,
  isFirst: true,
};

function stage() {
  const written: [number, Partial<MinuteCounts>][] = [];
  const calls: (() => void)[] = [];
  const clock = { nowMs: 600_000 };
  const errors: unknown[] = [];
  const pulse = {
    add: async (minute: number, counts: Partial<MinuteCounts>) => {
      written.push([minute, counts]);
    },
  };
  const recorder = recordPulse(createMetrics('1'), {
    pulse,
    now: () => clock.nowMs,
    later: (callback) => void calls.push(callback),
    onError: (error) => void errors.push(error),
  });
  return { ...recorder, pulse, written, calls, clock, errors };
}

test('many attempts are one writing, by minute', async () => {
  const { metrics, calls, clock, written, close } = stage();
  metrics.onEventsCommitted('default', 3);
  metrics.onAttempt(report);
  metrics.onAttempt({ ...report, sinceCommitMs: 60 });
  clock.nowMs += 60_000;
  metrics.onAttempt({ ...report, outcome: 'retry', failure: 'timeout' });
  expect(calls).toHaveLength(1);
  expect(written).toEqual([]);
  await close();
  expect(written).toEqual([
    [600_000, { events: 3, delivered: 2, refused: 0, lateMs: 100 }],
    [660_000, { events: 0, delivered: 0, refused: 1, lateMs: 0 }],
  ]);
});

test('what was written is not written again', async () => {
  const { metrics, calls, written, close } = stage();
  metrics.onAttempt(report);
  calls[0]?.();
  await close();
  metrics.onAttempt(report);
  expect(calls).toHaveLength(2);
  await close();
  expect(written.map(([, { delivered }]) => delivered)).toEqual([1, 1]);
});

test('a clock of Redis that is ahead makes nothing early', async () => {
  const { metrics, written, close } = stage();
  metrics.onAttempt({ ...report, sinceCommitMs: -5 });
  await close();
  expect(written[0]?.[1].lateMs).toBe(0);
});

test('a writing that fails is told and ends nothing', async () => {
  const { metrics, pulse, errors, close } = stage();
  const failure = new Error('away');
  pulse.add = () => Promise.reject(failure);
  metrics.onAttempt(report);
  await close();
  expect(errors).toEqual([failure]);
});

test('the metrics are told as before', async () => {
  const { metrics } = stage();
  metrics.onEventsCommitted('default', 3);
  const text = await metrics.text({
    isReady: true,
    sources: [],
    lanes: null,
    queues: null,
    nowMs: 0,
  });
  expect(text).toMatch(/events_committed_total\{[^}]*\} 3/);
});
