import { expect, test } from 'vitest';
import type { SendResult } from '#webhook/send.ts';
import { answered } from '../../support/answers.ts';
import { setUpLane } from '../../support/lane.ts';
import { openConnection, openStore } from '../../support/stage.ts';

const connection = await openConnection();
const store = openStore(connection);

/** A subscriber that keeps when each attempt began. */
function keepStarts(answer: (attempt: number) => SendResult = () => answered(200)) {
  const starts: number[] = [];
  const sender = {
    async send() {
      starts.push(Date.now());
      return answer(starts.length);
    },
  };
  return { starts, sender };
}

test('a lane of one a second lets go of its slot while it waits, and says when it goes on', async () => {
  const { starts, sender } = keepStarts();
  const { drain, clock } = await setUpLane(store, {
    events: 3,
    subscription: { ratePerSecond: 1 },
    wrap: { sender },
  });
  const first = await drain();
  expect(starts).toHaveLength(1);
  expect(first).toMatchObject({ kind: 'idle', failing: false });
  const dueMs = first.kind === 'idle' ? (first.nextDueMs ?? 0) : 0;
  expect(dueMs - clock.nowMs).toBeGreaterThanOrEqual(1000);
  expect(dueMs - clock.nowMs).toBeLessThan(1100);
  expect(await drain()).toEqual(first);
  clock.nowMs = dueMs;
  await drain();
  expect(starts).toHaveLength(2);
});

test('Slack gets one message a second, whatever waits', async () => {
  const { starts, sender } = keepStarts();
  const { drain } = await setUpLane(store, {
    events: 3,
    subscription: { format: 'slack' },
    wrap: { sender },
  });
  await drain();
  await drain();
  expect(starts).toHaveLength(1);
});

test('frain-dev/convoy#1927, svix, hook0 (by reading): no second holds more attempts than the rate, whatever is answered and however often drains die', async () => {
  const ratePerSecond = 50;
  const events = 90;
  let abort = new AbortController();
  const { starts, sender } = keepStarts((attempt) => {
    if (attempt % 23 === 0) abort.abort();
    return answered(attempt % 11 === 0 ? 500 : 200);
  });
  const { drain, summary } = await setUpLane(store, {
    events,
    schedule: Array(9).fill(1),
    subscription: { ratePerSecond },
    wrap: {
      sender,
      now: Date.now,
      work: {
        ...store.laneWork,
        async record(...call) {
          if (starts.length % 41 === 0) throw new Error('Dead before recording.');
          return store.laneWork.record(...call);
        },
      },
    },
  });
  while ((await summary())?.counts.delivered !== events) {
    abort = new AbortController();
    const signals = { stopping: new AbortController().signal, abort: abort.signal };
    await drain('probe', signals).catch(() => {});
  }
  expect(starts.length).toBeGreaterThan(events);
  for (const [index, startMs] of starts.entries()) {
    const after = starts[index + ratePerSecond];
    if (after !== undefined) expect(after - startMs).toBeGreaterThanOrEqual(1000);
  }
  const lastedMs = (starts.at(-1) ?? 0) - (starts[0] ?? 0);
  // It also uses most of what it may, in spite of all that died.
  expect(starts.length / (lastedMs / 1000)).toBeGreaterThan(ratePerSecond / 3);
});

test('a rate that is taken away holds no longer than the next look', async () => {
  const { starts, sender } = keepStarts();
  const { id, drain } = await setUpLane(store, {
    events: 5,
    subscription: { ratePerSecond: 1 },
    wrap: { sender },
  });
  await drain();
  expect(starts).toHaveLength(1);
  await store.subscriptions.update(id, ({ ratePerSecond: _, ...rest }) => rest);
  await drain();
  expect(starts).toHaveLength(5);
});
