import { expect, test } from 'vitest';
import type { LaneGrant } from '#store/lane-work.ts';
import { setUpLane } from '../../support/lane.ts';
import { openConnection, openStore } from '../../support/stage.ts';
import { startSubscriber } from '../../support/subscriber.ts';

const connection = await openConnection();
const store = openStore(connection);

test('a first claim that Redis answered before the lease is made again, and nothing waits for the next tend', async () => {
  const claims: unknown[] = [];
  const subscriber = await startSubscriber();
  const { drain } = await setUpLane(store, {
    events: 3,
    url: subscriber.url,
    wrap: {
      work: {
        ...store.laneWork,
        async acquire(id, wish): Promise<LaneGrant> {
          const grant = await store.laneWork.acquire(id, wish);
          if (grant.kind !== 'acquired') return grant;
          claims.push(grant.claim?.kind);
          return { ...grant, claim: { kind: 'fenced' } };
        },
      },
    },
  });
  // It claims with the lease only what it knows.
  await store.subscriptions.list();
  await drain();
  expect(claims).toEqual(['claimed']);
  expect(subscriber.received).toHaveLength(3);
});
