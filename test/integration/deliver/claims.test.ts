import { expect, test } from 'vitest';
import { setUpLane } from '../../support/lane.ts';
import { openConnection, openStore } from '../../support/stage.ts';
import { startSubscriber } from '../../support/subscriber.ts';

const store = openStore(await openConnection());

test('a slice of a long lane looks up as many deliveries as it sends, in few claims', async () => {
  const subscriber = await startSubscriber();
  const lookedUp: number[] = [];
  const bodies: typeof store.eventLog.bodies = (refs) => {
    lookedUp.push(refs.length);
    return store.eventLog.bodies(refs);
  };
  const wrap = { eventLog: { ...store.eventLog, bodies } };
  const { drain } = await setUpLane(store, { events: 600, url: subscriber.url, wrap });
  expect(await drain()).toEqual({ kind: 'more', failing: false });
  expect(subscriber.received).toHaveLength(500);
  const claims = lookedUp.filter((count) => count > 0);
  expect(claims.length).toBeLessThanOrEqual(5);
  // What Redis has recorded and has not answered yet counts as known, and makes room for as many more.
  const mostBetweenRecords = 25;
  const all = claims.reduce((sum, count) => sum + count, 0);
  expect(all).toBeGreaterThanOrEqual(500);
  expect(all).toBeLessThanOrEqual(500 + mostBetweenRecords);
});
