import { expect, test } from 'vitest';
import { laneKeys } from '#store/keys.ts';
import type { SendResult } from '#webhook/send.ts';
import { answered } from '../../support/answers.ts';
import { setUpLane } from '../../support/lane.ts';
import { openConnection, openStore } from '../../support/stage.ts';

const connection = await openConnection();
const store = openStore(connection);

/** A lane with one delivery that failed for good after two attempts. */
async function failedLane() {
  const say: { answer: SendResult } = { answer: answered(500) };
  const sent: string[] = [];
  const lane = await setUpLane(store, {
    schedule: [1000],
    wrap: {
      sender: {
        async send({ eventId }) {
          sent.push(eventId);
          return say.answer;
        },
      },
    },
  });
  const tryOnce = async () => {
    await lane.drain('probe');
    lane.clock.nowMs += 1000;
    return (await lane.list()).map(({ status, attempts }) => [status, attempts.length]);
  };
  await tryOnce();
  expect(await tryOnce()).toEqual([['failed', 2]]);
  const refs = lane.pushed.map(({ ref }) => ref);
  return { ...lane, say, sent, tryOnce, refs };
}

test('a delivery that is reopened begins its schedule anew, under its id and with its attempts kept', async () => {
  const { id, refs, list, tryOnce, sent } = await failedLane();
  expect(await store.lanes.reopen(id, refs)).toBe(1);
  expect((await list()).map(({ status, attempts }) => [status, attempts.length])).toEqual([
    ['pending', 2],
  ]);
  expect(await tryOnce()).toEqual([['retrying', 3]]);
  expect(await tryOnce()).toEqual([['failed', 4]]);
  expect(new Set(sent).size).toBe(1);
});

test('a delivery that succeeds after it was reopened leaves no record behind', async () => {
  const { id, refs, say, tryOnce } = await failedLane();
  await store.lanes.reopen(id, refs);
  say.answer = answered(200);
  expect(await tryOnce()).toEqual([['delivered', 3]]);
  expect(await connection.redis.exists(laneKeys(id).records)).toBe(0);
});

test('a delivery that was made is made again when it is reopened', async () => {
  const { id, refs, say, sent, tryOnce } = await failedLane();
  say.answer = answered(200);
  for (const _time of [1, 2]) {
    await store.lanes.reopen(id, refs);
    await tryOnce();
  }
  expect(sent).toHaveLength(4);
});

test('of very many attempts the latest fifty are kept', async () => {
  let attempts = 0;
  const { drain, clock, list } = await setUpLane(store, {
    schedule: Array(80).fill(1),
    wrap: {
      sender: {
        async send() {
          attempts += 1;
          return { ...answered(500), atMs: attempts };
        },
      },
    },
  });
  for (; attempts < 60; clock.nowMs += 1) await drain('probe');
  const [delivery] = await list();
  expect(delivery?.attempts).toHaveLength(50);
  expect(Date.parse(delivery?.attempts.at(-1)?.at ?? '')).toBe(attempts);
});
