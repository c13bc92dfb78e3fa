import { expect, test } from 'vitest';
import type { SubscriptionId } from '#domain/subscription.ts';
import { createRelay } from '#relay/relay-log.ts';
import { relaying, store } from '../../support/relaying.ts';

const { eventLog, lanes } = store;

test('a lane that was awake is drained right behind the next push, and is not woken besides', async () => {
  const { source, subscribe, commit, ports, waiting, woken } = relaying();
  const id = await subscribe('a');
  const found: Promise<string[]>[] = [];
  const drainNow = (lane: SubscriptionId) => found.push(waiting(lane)) > 0;
  const relay = createRelay(ports({ drainNow }));
  const refs = await commit(1);
  await relay(source);
  expect(woken).toMatchObject([{ lane: id, failing: false }]);
  expect(found).toEqual([]);
  woken.length = 0;
  refs.push(...(await commit(1)));
  await relay(source);
  expect(woken).toEqual([]);
  expect(await Promise.all(found)).toEqual([refs]);
});

test('a lane that is drained already, or was not awake, is woken as always', async () => {
  const { source, subscribe, commit, ports, woken } = relaying();
  const [busy, paused] = [await subscribe('busy'), await subscribe('paused')];
  const asked: string[] = [];
  const relay = createRelay(ports({ drainNow: (lane) => asked.push(lane) < 0 }));
  await commit(1);
  await relay(source);
  await lanes.pause(paused);
  await commit(1);
  await relay(source);
  await commit(1);
  await relay(source);
  expect(asked.filter((lane) => lane === paused)).toHaveLength(1);
  expect(woken.filter(({ lane }) => lane === busy)).toHaveLength(3);
});

test('who subscribes while the log is read is not passed over', async () => {
  const { subscribe, commit, relay, waiting } = relaying();
  await subscribe('early');
  const late: SubscriptionId[] = [];
  const refs: string[] = [];
  await commit(1);
  const readAfter: typeof eventLog.readAfter = async (...args) => {
    late.push(await subscribe('late'));
    refs.push(...(await commit(1)));
    return eventLog.readAfter(...args);
  };
  await relay({ eventLog: { ...eventLog, readAfter } });
  expect(await Promise.all(late.map(waiting))).toEqual([refs]);
});
