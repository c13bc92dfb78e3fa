import { expect, test } from 'vitest';
import { keptMinutes } from '#store/pulse.ts';
import { openConnection, openStore } from '../../support/stage.ts';

const connection = await openConnection();
const { pulse } = openStore(connection);
const minuteMs = 60_000;
const atMs = 29_687_000 * minuteMs;

test('what several processes count in a minute is added up', async () => {
  await Promise.all([
    pulse.add(atMs, { events: 2, delivered: 1, lateMs: 30 }),
    pulse.add(atMs, { events: 3, refused: 4 }),
  ]);
  const [minute] = await pulse.read(atMs + 59_999, 1);
  expect(minute).toEqual({ atMs, events: 5, delivered: 1, refused: 4, lateMs: 30 });
});

test('minutes are read from the oldest to that of now, also those in which nothing happened', async () => {
  await pulse.add(atMs - minuteMs, { events: 7 });
  const minutes = await pulse.read(atMs + 1, 4);
  expect(minutes.map((minute) => minute.atMs)).toEqual([
    atMs - 3 * minuteMs,
    atMs - 2 * minuteMs,
    atMs - minuteMs,
    atMs,
  ]);
  expect(minutes.map(({ events }) => events)).toEqual([0, 0, 7, 5]);
});

test('a minute is forgotten after three hours', async () => {
  const [key = ''] = await connection.redis.keys('pulse:*');
  const left = await connection.redis.ttl(key);
  expect(left).toBeGreaterThan((keptMinutes - 1) * 60);
  expect(left).toBeLessThanOrEqual(keptMinutes * 60);
});
