import { expect, onTestFinished, test } from 'vitest';
import { createSchedules } from '#queues/schedules.ts';
import { createWakes } from '#queues/wakes.ts';
import { openConnection } from '../../support/stage.ts';

async function openWakes() {
  const { redis } = await openConnection();
  const wakes = createWakes(redis, () => {});
  onTestFinished(() => wakes.close());
  return { ...wakes, redis };
}

test('each source has one schedule, however often and by whomever it is installed', async () => {
  const wakes = await openWakes();
  const [one, other] = [
    createSchedules(wakes, 1000, Date.now),
    createSchedules(wakes, 1000, Date.now),
  ];
  await Promise.all([one.install(['a', 'b']), other.install(['a', 'b']), one.install(['a', 'b'])]);
  const found = await wakes.pollQueue.getJobSchedulers();
  expect(found.map(({ key, every }) => [key, every]).sort()).toEqual([
    ['a', 1000],
    ['b', 1000],
  ]);
  expect(await wakes.pollQueue.getJobCountByTypes('delayed', 'waiting')).toBe(2);
});

test('a source that is gone is no longer polled', async () => {
  const wakes = await openWakes();
  const schedules = createSchedules(wakes, 1000, Date.now);
  await schedules.install(['a', 'b']);
  await schedules.install(['b']);
  expect((await wakes.pollQueue.getJobSchedulers()).map(({ key }) => key)).toEqual(['b']);
});

test('a shortened interval keeps nothing of the long one, which would delay polls after a missed tick', async () => {
  const wakes = await openWakes();
  await createSchedules(wakes, 3_600_000, Date.now).install(['a']);
  const [long] = await wakes.pollQueue.getJobSchedulers();
  // Where in the interval the ticks lie; in the first 300 ms of an hour the two could not be told apart.
  expect(long?.offset).toBeDefined();
  await createSchedules(wakes, 300, Date.now).install(['a']);
  const [short] = await wakes.pollQueue.getJobSchedulers();
  expect(short).toMatchObject({ key: 'a', every: 300 });
  expect(short?.offset ?? 0).toBeLessThan(300);
});

test('a next run that a clock far ahead has set is not waited for', async () => {
  const wakes = await openWakes();
  const hourMs = 3_600_000;
  await createSchedules(wakes, 1000, Date.now).install(['a']);
  const keys = { poll: '{queue:poll}:poll:repeat', tend: '{queue:tend}:tend:repeat' };
  await wakes.redis.zadd(keys.poll, Date.now() + 2 * hourMs, 'a');
  await wakes.redis.zadd(keys.tend, Date.now() + 2 * hourMs, 'tend');
  await createSchedules(wakes, 1000, Date.now).install(['a']);
  for (const queue of [wakes.pollQueue, wakes.tendQueue]) {
    const [scheduler] = await queue.getJobSchedulers();
    expect(scheduler?.next).toBeLessThan(Date.now() + hourMs);
  }
});

test('a sound schedule is left alone', async () => {
  const wakes = await openWakes();
  const schedules = createSchedules(wakes, 60_000, Date.now);
  await schedules.install(['a']);
  const [before] = await wakes.pollQueue.getJobSchedulers();
  await schedules.install(['a']);
  expect(await wakes.pollQueue.getJobSchedulers()).toEqual([before]);
});
