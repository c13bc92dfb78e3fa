import { afterAll, expect, test } from 'vitest';
import { createWakes } from '#queues/wakes.ts';
import { openConnection } from '../../support/stage.ts';

const { redis } = await openConnection();
const wakes = createWakes(redis, () => {});
afterAll(() => wakes.close());

test('jobs are counted by queue, those that are due later apart', async () => {
  await wakes.lanes([
    { lane: 'sub_1', failing: false },
    { lane: 'sub_2', failing: false },
    { lane: 'sub_3', failing: true },
  ]);
  await wakes.laneLater({ lane: 'sub_4', failing: true }, 60_000);
  await wakes.poll('default', 60_000);
  const none = { waiting: 0, active: 0, delayed: 0, failed: 0 };
  expect(await wakes.countJobs()).toEqual({
    poll: { ...none, delayed: 1 },
    drain: { ...none, waiting: 2 },
    probe: { ...none, waiting: 1, delayed: 1 },
    tend: none,
  });
});
