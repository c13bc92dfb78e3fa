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

test('n8n-io/n8n#35251: each source has one schedule, however often and by whomever it is installed', async () => {
  const wakes = await openWakes();
  const [one, other] = [
    createSchedules(wakes, 1000, Date.now),
    createSchedules(wakes, 1000, Date.now),
  ];
  await Promise.all([
    one.install(async () => ['a', 'b']),
    other.install(async () => ['a', 'b']),
    one.install(async () => ['a', 'b']),
  ]);
  const found = await wakes.pollQueue.getJobSchedulers();
  expect(found.map(({ key, every }) => [key, every]).sort()).toEqual([
    ['a', 1000],
    ['b', 1000],
  ]);
  const jobs = await wakes.pollQueue.getJobs(['delayed', 'waiting']);
  expect(jobs.filter(({ repeatJobKey }) => repeatJobKey !== undefined)).toHaveLength(2);
});

test('a source that is gone is no longer polled', async () => {
  const wakes = await openWakes();
  const schedules = createSchedules(wakes, 1000, Date.now);
  await schedules.install(async () => ['a', 'b']);
  await schedules.install(async () => ['b']);
  expect((await wakes.pollQueue.getJobSchedulers()).map(({ key }) => key)).toEqual(['b']);
});

test('a source that is added or removed has its schedule at once, and both may happen twice', async () => {
  const wakes = await openWakes();
  const schedules = createSchedules(wakes, 1000, Date.now);
  await schedules.add('a');
  await Promise.all([schedules.add('a'), schedules.add('b')]);
  await schedules.remove('b');
  await schedules.remove('b');
  expect((await wakes.pollQueue.getJobSchedulers()).map(({ key }) => key)).toEqual(['a']);
});

const thousand = Array.from({ length: 1000 }, (_, index) => `source-${index}`);

test('dgtlmoon/changedetection.io#3178: a thousand sources are spread over the interval, the same in every process', async () => {
  const wakes = await openWakes();
  await createSchedules(wakes, 10_000, Date.now).install(async () => thousand);
  const found = await wakes.pollQueue.getJobSchedulers();
  const perSecond = Array.from({ length: 10 }, () => 0);
  for (const { offset = 0 } of found) {
    const second = Math.floor(offset / 1000);
    perSecond[second] = (perSecond[second] ?? 0) + 1;
  }
  // Even to within the luck of a hash: 100 are expected, give or take 10.
  expect(Math.min(...perSecond)).toBeGreaterThan(60);
  expect(Math.max(...perSecond)).toBeLessThan(140);
  for (const { next = 0, offset } of found) expect(next % 10_000).toBe(offset);
  const other = createSchedules(wakes, 10_000, Date.now);
  await other.install(async () => thousand);
  const offsets = (list: typeof found) => list.map(({ key, offset }) => `${key} ${offset}`).sort();
  expect(offsets(await wakes.pollQueue.getJobSchedulers())).toEqual(offsets(found));
});

test('dgtlmoon/changedetection.io#3178: what is overdue after an outage is caught up with evenly, not all at once', async () => {
  const wakes = await openWakes();
  const names = thousand.slice(0, 100);
  await createSchedules(wakes, 10_000, Date.now).install(async () => names);
  await wakes.redis.eval(
    `for _, id in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do redis.call('ZADD', KEYS[1], ARGV[1], id) end`,
    1,
    '{queue:poll}:poll:repeat',
    Date.now() - 30_000,
  );
  await wakes.pollQueue.drain(true);
  await createSchedules(wakes, 10_000, Date.now).install(async () => names);
  const next = (await wakes.pollQueue.getJobSchedulers()).map((each) => each.next ?? 0);
  expect(Math.min(...next)).toBeGreaterThan(Date.now() - 1000);
  const jobs = await wakes.pollQueue.getJobs(['delayed', 'waiting']);
  const caughtUp = jobs.filter(({ repeatJobKey }) => repeatJobKey === undefined);
  const delays = caughtUp.map(({ delay }) => delay).sort((one, other) => one - other);
  expect(delays).toEqual(names.map((_, index) => index * 100));
});

test('a look at a thousand sound schedules asks Redis a handful of questions', async () => {
  const wakes = await openWakes();
  const schedules = createSchedules(wakes, 10_000, Date.now);
  const look = () => schedules.install(async () => thousand);
  await look();
  const send = wakes.redis.sendCommand;
  let commands = 0;
  Object.assign(wakes.redis, {
    sendCommand(...command: unknown[]) {
      commands += 1;
      return Reflect.apply(send, wakes.redis, command);
    },
  });
  await look();
  expect(commands).toBeGreaterThan(0);
  expect(commands).toBeLessThan(10);
});

test('a shortened interval keeps nothing of the long one, which would delay polls after a missed tick', async () => {
  const wakes = await openWakes();
  await createSchedules(wakes, 3_600_000, Date.now).install(async () => ['a']);
  const [long] = await wakes.pollQueue.getJobSchedulers();
  // Where in the interval the ticks lie; in the first 300 ms of an hour the two could not be told apart.
  expect(long?.offset).toBeDefined();
  await createSchedules(wakes, 300, Date.now).install(async () => ['a']);
  const [short] = await wakes.pollQueue.getJobSchedulers();
  expect(short).toMatchObject({ key: 'a', every: 300 });
  expect(short?.offset ?? 0).toBeLessThan(300);
});

test('a next run that a clock far ahead has set is not waited for', async () => {
  const wakes = await openWakes();
  const hourMs = 3_600_000;
  await createSchedules(wakes, 1000, Date.now).install(async () => ['a']);
  const keys = { poll: '{queue:poll}:poll:repeat', tend: '{queue:tend}:tend:repeat' };
  await wakes.redis.zadd(keys.poll, Date.now() + 2 * hourMs, 'a');
  await wakes.redis.zadd(keys.tend, Date.now() + 2 * hourMs, 'tend');
  await createSchedules(wakes, 1000, Date.now).install(async () => ['a']);
  for (const queue of [wakes.pollQueue, wakes.tendQueue]) {
    const [scheduler] = await queue.getJobSchedulers();
    expect(scheduler?.next).toBeLessThan(Date.now() + hourMs);
  }
});

test('a sound schedule is left alone', async () => {
  const wakes = await openWakes();
  const schedules = createSchedules(wakes, 60_000, Date.now);
  await schedules.install(async () => ['a']);
  const [before] = await wakes.pollQueue.getJobSchedulers();
  await schedules.install(async () => ['a']);
  expect(await wakes.pollQueue.getJobSchedulers()).toEqual([before]);
});
