import { expect, onTestFinished, test } from 'vitest';
import { createSchedules } from '#queues/schedules.ts';
import { createWakes } from '#queues/wakes.ts';
import { openConnection } from '../../support/stage.ts';

async function openWakes() {
  const { redis } = await openConnection();
  const wakes = createWakes(redis, () => {});
  onTestFinished(() => wakes.close());
  return wakes;
}

test('each source has one schedule, however often and by whomever it is installed', async () => {
  const wakes = await openWakes();
  const [one, other] = [createSchedules(wakes, 1000), createSchedules(wakes, 1000)];
  await Promise.all([one.install(['a', 'b']), other.install(['a', 'b']), one.install(['a', 'b'])]);
  const found = await wakes.pollQueue.getJobSchedulers();
  expect(found.map(({ key, every }) => [key, every]).sort()).toEqual([
    ['a', 1000],
    ['b', 1000],
  ]);
  expect(await wakes.pollQueue.getJobCountByTypes('delayed', 'waiting')).toBe(2);
  expect(await one.areComplete(2)).toBe(true);
});

test('a source that is gone is no longer polled', async () => {
  const wakes = await openWakes();
  const schedules = createSchedules(wakes, 1000);
  await schedules.install(['a', 'b']);
  await schedules.install(['b']);
  expect((await wakes.pollQueue.getJobSchedulers()).map(({ key }) => key)).toEqual(['b']);
  expect(await schedules.areComplete(2)).toBe(false);
});

test('a shortened interval keeps nothing of the long one, which would delay polls after a missed tick', async () => {
  const wakes = await openWakes();
  await createSchedules(wakes, 3_600_000).install(['a']);
  const [long] = await wakes.pollQueue.getJobSchedulers();
  // Where in the interval the ticks lie; in the first 300 ms of an hour the two could not be told apart.
  expect(long?.offset).toBeDefined();
  await createSchedules(wakes, 300).install(['a']);
  const [short] = await wakes.pollQueue.getJobSchedulers();
  expect(short).toMatchObject({ key: 'a', every: 300 });
  expect(short?.offset ?? 0).toBeLessThan(300);
});
