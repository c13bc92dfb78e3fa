import { expect, test } from 'vitest';
import { noteFreshness } from '#freshness-notes.ts';
import type { PollOutcome } from '#poll/poll-job.ts';
import type { FreshnessThen } from '#store/freshness-history.ts';

const never = new AbortController().signal;

function stage(outcome: PollOutcome = { kind: 'polled', again: false }) {
  const noted: [string, FreshnessThen][] = [];
  const clock = { nowMs: 600_000 };
  const warnings: string[] = [];
  const ports = {
    freshness: {
      note: async (sourceId: string, then: FreshnessThen) => {
        noted.push([sourceId, then]);
      },
    },
    readSourceState: async () => ({ hotReadAtMs: 598_000 }),
    now: () => clock.nowMs,
    log: { warn: (_: unknown, message?: string) => void warnings.push(message ?? '') },
  };
  const poll = noteFreshness(async () => outcome, ports);
  return { poll, ports, noted, clock, warnings };
}

test('once a minute it is noted how fresh each source is', async () => {
  const { poll, noted, clock } = stage();
  await poll('one', never);
  await poll('one', never);
  await poll('two', never);
  clock.nowMs += 60_000;
  await poll('one', never);
  expect(noted.map(([sourceId, { atMs, hotSeconds }]) => [sourceId, atMs, hotSeconds])).toEqual([
    ['one', 600_000, 2],
    ['two', 600_000, 2],
    ['one', 660_000, 62],
  ]);
});

test('what is not known yet is not made up', async () => {
  const { poll, noted } = stage();
  await poll('one', never);
  expect(noted[0]?.[1]).toMatchObject({ activeSeconds: null, coldSeconds: null });
});

test('a poll that did not take place tells nothing', async () => {
  const { poll, noted } = stage({ kind: 'skipped', reason: 'paused' });
  await poll('one', never);
  expect(noted).toEqual([]);
});

test('a poll is a poll, also when nothing can be noted', async () => {
  const outcome = { kind: 'failed', again: true } as const;
  const { poll, ports, warnings } = stage(outcome);
  ports.freshness.note = () => Promise.reject(new Error('away'));
  expect(await poll('one', never)).toEqual(outcome);
  expect(warnings).toEqual(['freshness.not_noted']);
});
