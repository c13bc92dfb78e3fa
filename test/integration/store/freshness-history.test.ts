import { expect, test } from 'vitest';
import { sourceKeys } from '#store/keys.ts';
import { openConnection, openStore } from '../../support/stage.ts';

const connection = await openConnection();
const { freshness } = openStore(connection);
const minuteMs = 60_000;
const nowMs = 29_687_000 * minuteMs;
const ages = { hotSeconds: 1, activeSeconds: 2.5, coldSeconds: null };

test('the last hour is read from the oldest on, and what is older is not', async () => {
  for (const minutes of [60, 0, 59, 3]) {
    await freshness.note('shop', { atMs: nowMs - minutes * minuteMs, ...ages });
  }
  const found = await freshness.read('shop', nowMs);
  expect(found.map(({ atMs }) => (nowMs - atMs) / minuteMs)).toEqual([59, 3, 0]);
  expect(found[0]).toEqual({ atMs: nowMs - 59 * minuteMs, ...ages });
});

test('an hour later a minute takes the place of the one before, and all is forgotten after two', async () => {
  await freshness.note('other', { atMs: nowMs, ...ages });
  await freshness.note('other', { atMs: nowMs + 60 * minuteMs, ...ages });
  const { freshness: key } = sourceKeys('other');
  expect(await connection.redis.hlen(key)).toBe(1);
  expect(await connection.redis.ttl(key)).toBeLessThanOrEqual(7200);
  expect(await freshness.read('nobody', nowMs)).toEqual([]);
});
